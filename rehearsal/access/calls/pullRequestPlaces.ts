/** Where calls are made for pull requests in CodeCommit: two jobs that no pipeline runs, and the events that start them. */
import { map, text } from "../../../packages/iam/src/json";
import { session } from "../../../packages/iam/src/policy/principals";
import { type Job, type Pipeline, pullRequestJobs, required } from "../../record/inventory";
import { ofType, type Rehearsed } from "../../record/record";
import { type JobWhere, projectWords, type Where, type Words } from "./places";

/** What findings and reports call all of them, in the place of a pipeline's name. */
const OF = "pull requests";

/** What is the same everywhere in the account that builds is of any pipeline. */
const common = ({ partition, region, account, bucketArn, keyArn, viaS3 }: Pipeline) => ({
  stores: { store: { bucketArn, keyArn, viaS3 }, near: { bucketArn, keyArn, viaS3 } },
  words: { partition, region, tooling: account },
});

const place = (step: string) =>
  ({ pipeline: OF, environment: undefined, phase: "every release", step }) as const;

/** The last part of the address that CodeBuild clones. */
const repositoryOf = ({ project }: Job): string | undefined =>
  text(map(project.inputs["source"]), "location")?.split("/").at(-1);

export function pullRequestJobWheres(record: Rehearsed, pipeline: Pipeline): JobWhere[] {
  const jobs = pullRequestJobs(record);
  const preview = jobs.find(({ kind }) => kind === "preview");
  const shared = common(pipeline);
  const { partition, region, tooling } = shared.words;
  const repositories = jobs.flatMap((job) => job.variables["REPOSITORY"] ?? []);
  const words: Words = {
    ...shared.words,
    previewProject: preview && text(preview.project.outputs, "arn"),
    previewLogGroup: preview && projectWords(preview)["logGroup"],
    previewRoles: record.flatMap(({ outputs }) => text(outputs, "previewRoleArn") ?? []),
    pullRequests: repositories.map((each) => `arn:${partition}:codecommit:${region}:${tooling}:${each}`),
  };
  return jobs.map((job) => {
    const sourceRepository = repositoryOf(job);
    return {
      of: job.project.name,
      place: place(job.kind === "preview" ? "Preview" : "Comment"),
      words: {
        ...words,
        ...job.variables,
        ...projectWords(job),
        ...{ testReports: [], coverageReports: [], sourceRepository },
      },
      has: new Set([
        ...(sourceRepository === undefined ? [] : ["pulls its source"]),
        ...(job.project.inputs["vpcConfig"] === undefined ? [] : ["vpc"]),
      ]),
      ...shared.stores,
      job,
      branch: undefined,
      tags: {},
      principal: () => session(required(job.project.inputs, "serviceRole", job.project.name), "preview"),
    };
  });
}

export function pullRequestTargetWheres(record: Rehearsed, pipeline: Pipeline): Where[] {
  const started = pullRequestJobs(record).map(({ project }) => project.outputs["arn"]);
  const shared = common(pipeline);
  return ofType(record, "aws:cloudwatch/eventTarget:EventTarget")
    .filter(({ inputs }) => started.includes(inputs["arn"]))
    .map(({ inputs, name }) => ({
      of: name,
      place: place("Start"),
      words: {
        ...shared.words,
        target: text(inputs, "arn"),
        role: text(inputs, "roleArn"),
        rule: text(inputs, "rule") ?? name,
      },
      has: new Set(["starts a job of pull requests"]),
      ...shared.stores,
    }));
}
