import { list, map, type Rehearsed, type Resource, text } from "../record";
import { type Action, type PipelineView, pipelines, projectOf } from "../pipelines";
import { notKnown } from "./notKnown";

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
}

/** Variables that every run of a project has. */
export const variablesOf = (project: Resource): Record<string, string> =>
  Object.fromEntries(
    list(map(project.inputs["environment"])["environmentVariables"]).map((each) => [
      String(map(each)["name"]),
      String(map(each)["value"]),
    ]),
  );

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

/** What the workload of a pipeline is called, by what tooling promises the environments. Throws NotKnown without it. */
export function workloadOf(record: Rehearsed, pipeline: string): string {
  const promised = record.flatMap(({ outputs }) =>
    Object.values(map(map(outputs["contract"])["environments"])),
  );
  const found = promised
    .flatMap((each) => list(map(each)["pipelines"]).map(map))
    .find(({ name }) => name === pipeline);
  return required(found ?? {}, "workload", `pipeline ${pipeline}, as tooling promises it,`);
}
