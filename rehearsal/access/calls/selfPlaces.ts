/** Where the jobs are that preview the stacks, and bring them up, in the pipeline of the program itself. */
import { map } from "../../../packages/iam/src/json";
import { session } from "../../../packages/iam/src/policy/principals";
import { type Pipeline, required } from "../../record/inventory";
import { EXECUTION_ID } from "../estate/deployedParameters";
import { stepOf } from "./call";
import { type JobWhere, place, projectWords, where } from "./places";

export const selfJobWheres = (pipeline: Pipeline): JobWhere[] =>
  pipeline.jobs.map((job) => {
    const { ROLES = "{}", TOOLING_ROLE_ARN } = job.variables;
    const stackRoles = [
      ...new Set([
        ...Object.values(map(JSON.parse(ROLES))).map(String),
        ...(TOOLING_ROLE_ARN === undefined ? [] : [TOOLING_ROLE_ARN]),
      ]),
    ];
    const words = {
      ...job.variables,
      ...projectWords(job),
      ...{ testReports: [], coverageReports: [], stackRoles },
    };
    const has = [
      ...["takes roles for stacks", "run by a stage", "no branch"],
      ...(job.project.inputs["vpcConfig"] === undefined ? [] : ["vpc"]),
    ];
    return {
      ...where(pipeline, place(pipeline, stepOf(job)), words, has),
      of: job.project.name,
      job,
      branch: undefined,
      tags: {},
      principal: () =>
        session(required(job.project.inputs, "serviceRole", job.project.name), `delivery-${EXECUTION_ID}`),
    };
  });
