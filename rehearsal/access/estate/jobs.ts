import type { Rehearsed, Resource } from "../../record/record";
import { type Action, type PipelineView, pipelines, projectOf, variablesOf } from "../../record/pipelines";
import { type Branch, BRANCHES, placeOf } from "./branches";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { list, map, text } from "../../../packages/iam/src/json";

/** A CodeBuild project that a pipeline runs, where it runs it, and what it is told. */
export interface Job {
  /** `deploy`: name of the script that it runs. */
  readonly kind: string;
  readonly action: Action;
  readonly project: Resource;
  /** Fixed variables of the project. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One environment, by the job that deploys to it. */
export interface Target extends Job {
  readonly pipeline: string;
  readonly environment: string;
  /** Whose stack it is, where it is a branch's. */
  readonly branch?: Branch;
}

/** Value of a variable, or a property that must be there. Throws NotKnown without it. */
export const required = (values: Readonly<Record<string, unknown>>, key: string, of: string): string =>
  text(values, key) ?? notKnown(`${of} has no ${key}`);

/** What a job does, by the script that its buildspec runs. */
export const kindOf = (project: Resource): string =>
  /bash "\$JOB\/([a-z-]+)\.sh"/.exec(text(map(project.inputs["source"]), "buildspec") ?? "")?.[1] ??
  notKnown(`${project.name} runs no script that is known`);

/** Jobs of a pipeline in the order in which they run. */
export const jobsOf = (record: Rehearsed, { resource, actions }: PipelineView): Job[] =>
  actions
    .filter(({ provider }) => provider === "CodeBuild")
    .map((action) => {
      const project =
        projectOf(record, resource, action) ??
        notKnown(`action ${action.name} of stage ${action.stage} runs a project that no stack makes`);
      return { kind: kindOf(project), action, project, variables: variablesOf(project) };
    });

/** Environments of all pipelines, each by the job that executes its change sets. */
export const targetsOf = (record: Rehearsed): Target[] =>
  pipelines(record).flatMap((view) =>
    jobsOf(record, view)
      .filter(({ kind }) => kind === "deploy")
      .map((job) => ({
        ...job,
        pipeline: required(job.variables, "PIPELINE", job.project.name),
        environment: required(job.variables, "ENVIRONMENT", job.project.name),
      })),
  );

/** A job that is told of a branch while it runs, once for each of the two. */
export const forBranches = <Of extends Pick<Job, "project" | "variables">>(job: Of) =>
  BRANCHES.map((branch) => ({
    ...job,
    branch,
    environment: placeOf(branch),
    variables: {
      ...job.variables,
      BRANCH_HASH: branch.hash,
      STACK_NAME: required(job.variables, "STACK_PREFIX", job.project.name) + branch.hash,
    },
  }));

/** Whose pipeline of branches this is, as tooling promises it; undefined for every other pipeline. */
export const branchesOf = (
  record: Rehearsed,
  pipeline: string,
): { readonly name: string; readonly workload: string } | undefined =>
  promised(record, "branches")
    .filter(({ prefix }) => `${String(prefix)}--br` === pipeline)
    .map((each) => ({
      name: required(each, "name", `the pipeline of ${pipeline}, as tooling promises it,`),
      workload: required(each, "workload", `the pipeline of ${pipeline}, as tooling promises it,`),
    }))[0];

/** Stacks of branches, those of two for each pipeline of branches. */
export const branchTargetsOf = (record: Rehearsed): Target[] =>
  pipelines(record).flatMap((view) =>
    jobsOf(record, view)
      .filter(({ kind }) => kind === "branch-deploy")
      .flatMap(forBranches)
      .map((job) => ({ ...job, pipeline: required(job.variables, "PIPELINE", job.project.name) })),
  );

/** What tooling promises the environments of their pipelines, or of their pipelines' branches. */
const promised = (record: Rehearsed, what: "pipelines" | "branches") =>
  record
    .flatMap(({ outputs }) => Object.values(map(map(outputs["contract"])["environments"])))
    .flatMap((each) => list(map(each)[what]).map(map));

/** What the workload of a pipeline is called, by what tooling promises the environments. Throws NotKnown without it. */
export function workloadOf(record: Rehearsed, pipeline: string): string {
  const found = promised(record, "pipelines").find(({ name }) => name === pipeline);
  const { workload } = branchesOf(record, pipeline) ?? {};
  return workload ?? required(found ?? {}, "workload", `pipeline ${pipeline}, as tooling promises it,`);
}
