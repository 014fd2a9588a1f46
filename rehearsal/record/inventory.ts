/** Which pipelines there are, with their jobs and environments: the one answer, read from what the stacks registered. */
import { list, map, text } from "../../packages/iam/src/json";
import { notKnown } from "../../packages/iam/src/policy/notKnown";
import { type Action, type PipelineView, pipelines, projectOf, variablesOf } from "./pipelines";
import { ofType, type Rehearsed, type Resource } from "./record";

/** A CodeBuild project of a pipeline, what runs it, and what it is told. */
export interface Job {
  /** `deploy`: name of the script that it runs. */
  readonly kind: string;
  /** A clean-up job has none: an event starts it. */
  readonly action: Action | undefined;
  readonly project: Resource;
  /** Fixed variables of the project. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One environment of one pipeline, by the job that executes its change sets. */
export interface Environment extends Job {
  readonly pipeline: string;
  readonly name: string;
}

/** A pipeline with what it works with. */
export interface Pipeline extends PipelineView {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly roleArn: string;
  readonly bucketArn: string;
  readonly keyArn: string;
  /** `s3.eu-west-1.amazonaws.com`: what KMS is told when S3 calls it for somebody. */
  readonly viaS3: string;
  /** Those that its stages run, in their order, then those that its events start. */
  readonly jobs: readonly Job[];
  /** Those inside environments' accounts, which a job of its stages starts. */
  readonly runners: readonly Job[];
  /** Event targets that start it, or that its events start. */
  readonly targets: readonly Resource[];
  /** None where it releases branches. */
  readonly environments: readonly Environment[];
  /** What its workload is called, by what tooling promises the environments. */
  readonly workload: string;
  /** The pipeline whose branches it releases; undefined where it releases to environments. */
  readonly branchesOf: string | undefined;
}

/** A text that must be there. Throws NotKnown without it. */
export const required = (values: Readonly<Record<string, unknown>>, key: string, of: string): string =>
  text(values, key) ?? notKnown(`${of} has no ${key}`);

/** A variable that a job must have. Throws NotKnown without it. */
export const told = ({ variables, project }: Pick<Job, "variables" | "project">, variable: string): string =>
  required(variables, variable, project.name);

/** All that a job is told: its project's variables, and those of its action that are plain text. */
export function toldTo({ variables, action }: Job): Record<string, string> {
  const written: unknown = JSON.parse(action?.configuration["EnvironmentVariables"] ?? "[]");
  const run = list(written).map((each) => [String(map(each)["name"]), String(map(each)["value"])] as const);
  return { ...variables, ...Object.fromEntries(run.filter(([, value]) => !value.includes("#{"))) };
}

/** What a project does, by the script that its buildspec runs. */
const kindOf = (project: Resource): string =>
  /bash "\$JOB\/([a-z-]+)\.sh"/.exec(text(map(project.inputs["source"]), "buildspec") ?? "")?.[1] ??
  notKnown(`${project.name} runs no script that is known`);

/** Whether its buildspec runs this script. */
const runs = (project: Resource, script: string): boolean =>
  (text(map(project.inputs["source"]), "buildspec") ?? "").includes(`bash "$JOB/${script}.sh"`);

const jobOf = (project: Resource, action?: Action): Job => ({
  kind: kindOf(project),
  action,
  project,
  variables: variablesOf(project),
});

/** Jobs that release to one environment: by change sets, or code alone. */
const DEPLOYS: readonly string[] = ["deploy", "code-deploy"];

/** Those that the stages run. */
const stageJobs = (record: Rehearsed, { resource, actions }: PipelineView): Job[] =>
  actions
    .filter(({ provider }) => provider === "CodeBuild")
    .map((action) =>
      jobOf(
        projectOf(record, resource, action) ??
          notKnown(`action ${action.name} of stage ${action.stage} runs a project that no stack makes`),
        action,
      ),
    );

/** Event targets of a pipeline. What its events start may be started by others too, such as the deletion of a branch. */
function targetsOf(record: Rehearsed, arn: string): Resource[] {
  const rules = ofType(record, "aws:cloudwatch/eventRule:EventRule")
    .filter(({ inputs }) =>
      list(map(JSON.parse(text(inputs, "eventPattern") ?? "{}"))["resources"]).includes(arn),
    )
    .map(({ outputs }) => String(outputs["name"]));
  const events = ofType(record, "aws:cloudwatch/eventTarget:EventTarget");
  const started = events
    .filter(({ inputs }) => inputs["arn"] === arn || rules.includes(String(inputs["rule"])))
    .map(({ inputs }) => inputs["arn"]);
  return events.filter(({ inputs }) => started.includes(inputs["arn"]));
}

/** Where what a job hands on is read, with its key. */
export type Store = Pick<Pipeline, "bucketArn" | "keyArn" | "viaS3">;

/** The bucket that the environment of a job reads: the pipeline's own, or that in the environment's Region. */
export function storeRead(
  record: Rehearsed,
  pipeline: Pipeline,
  job: Pick<Job, "variables" | "project">,
): Store {
  const { variables, project } = job;
  const place = map(map(JSON.parse(variables["PLACES"] ?? "{}"))[variables["ENVIRONMENT"] ?? ""]);
  const bucket = text(place, "bucket") ?? variables["ENVIRONMENT_BUCKET"] ?? variables["ARTIFACT_BUCKET"];
  const bucketArn = `arn:${pipeline.partition}:s3:::${bucket}`;
  if (bucket === undefined || bucketArn === pipeline.bucketArn) return pipeline;
  const encryption = ofType(
    record,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  ).find(({ inputs }) => inputs["bucket"] === bucket);
  const [rule] = list(encryption?.inputs["rules"]).map(map);
  const region = text(place, "region") ?? variables["ENVIRONMENT_REGION"] ?? project.region;
  return {
    bucketArn,
    keyArn: required(map(rule?.["applyServerSideEncryptionByDefault"]), "kmsMasterKeyId", `bucket ${bucket}`),
    viaS3: pipeline.viaS3.replace(/^s3\.[^.]+/, `s3.${region}`),
  };
}

/** What tooling promises the environments of a pipeline: its workload, and whose branches it releases. */
export function promiseOf(record: Rehearsed, pipeline: string): Pick<Pipeline, "workload" | "branchesOf"> {
  const promised = record.flatMap(({ outputs }) =>
    Object.values(map(map(outputs["contract"])["environments"])).map(map),
  );
  const of = `pipeline ${pipeline}, as tooling promises it,`;
  const find = (what: string, key: string, name: string) =>
    promised
      .flatMap((each) => list(each[what]).map(map))
      .find((each) => `${String(each[key])}${name}` === pipeline);
  const branches = find("branches", "prefix", "--br");
  const promise = branches ?? find("pipelines", "name", "") ?? {};
  return {
    workload: required(promise, "workload", of),
    branchesOf: branches && required(branches, "name", of),
  };
}

/** The projects that stages have run inside environments: a variable of the job names each, and its role's ARN the account. */
function runnersOf(record: Rehearsed, jobs: readonly Job[]): Job[] {
  const starting = new Map(
    jobs.flatMap((job) => {
      const { RUNNER, ENVIRONMENT_ACCOUNT } = job.variables;
      return RUNNER === undefined ? [] : [[`${ENVIRONMENT_ACCOUNT} ${RUNNER}`, job] as const];
    }),
  );
  const projects = ofType(record, "aws:codebuild/project:Project");
  return [...starting].map(([key, { project }]) =>
    jobOf(
      projects.find(({ account, outputs }) => `${account} ${String(outputs["name"])}` === key) ??
        notKnown(`${project.name} starts a project that no stack makes`),
    ),
  );
}

function pipelineOf(
  record: Rehearsed,
  view: PipelineView,
  promised: (name: string) => Pick<Pipeline, "workload" | "branchesOf">,
): Pipeline {
  const { resource, actions } = view;
  const of = resource.name;
  const name = required(resource.inputs, "name", of);
  const arn = required(resource.outputs, "arn", of);
  const [, partition = "", , region = "", account = ""] = arn.split(":");
  const store = map(list(resource.inputs["artifactStores"])[0]);
  const targets = targetsOf(record, arn);
  const run = stageJobs(record, view);
  const started = ofType(record, "aws:codebuild/project:Project").filter((project) =>
    targets.some(({ inputs }) => inputs["arn"] === project.outputs["arn"]),
  );
  return {
    resource,
    actions,
    name,
    ...{ arn, account, region, partition, targets },
    roleArn: required(resource.inputs, "roleArn", of),
    bucketArn: `arn:${partition}:s3:::${required(store, "location", of)}`,
    keyArn: required(map(store["encryptionKey"]), "id", of),
    viaS3: `s3.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`,
    jobs: [...run, ...started.map((project) => jobOf(project))],
    runners: runnersOf(record, run),
    environments: run
      .filter(({ kind }) => DEPLOYS.includes(kind))
      .map((job) => ({ ...job, pipeline: name, name: told(job, "ENVIRONMENT") })),
    ...promised(name),
  };
}

/** Whether it brings the stacks up, and releases nothing. */
const isSelf = (record: Rehearsed, { resource, actions }: PipelineView): boolean =>
  actions.some((action) => {
    const project = action.provider === "CodeBuild" ? projectOf(record, resource, action) : undefined;
    return project !== undefined && runs(project, "self-up");
  });

/** Pipelines that release something. */
export const releasing = (record: Rehearsed): PipelineView[] =>
  pipelines(record).filter((view) => !isSelf(record, view));

/** The same with what they work with. Throws NotKnown where something of one is missing. */
export const inventoryOf = (record: Rehearsed): Pipeline[] =>
  releasing(record).map((view) => pipelineOf(record, view, (name) => promiseOf(record, name)));

/** The pipeline that brings the stacks up; none where people do. */
export const selfPipelines = (record: Rehearsed): Pipeline[] =>
  pipelines(record)
    .filter((view) => isSelf(record, view))
    .map((view) => pipelineOf(record, view, () => ({ workload: "none", branchesOf: undefined })));

/** Roles that people have made for the job that brings the stacks up, each with the role of that job. */
export const upRolesOf = (record: Rehearsed): { readonly arn: string; readonly jobRoleArn: string }[] =>
  selfPipelines(record)
    .flatMap(({ jobs }) => jobs.filter(({ kind }) => kind === "self-up"))
    .flatMap(({ project, variables }) => {
      const named = [
        variables["TOOLING_ROLE_ARN"],
        ...Object.values(map(JSON.parse(variables["ROLES"] ?? "{}"))),
      ];
      const jobRoleArn = required(project.inputs, "serviceRole", project.name);
      return [...new Set(named.map(String))].map((arn) => ({ arn, jobRoleArn }));
    });

/** The jobs of pull requests in CodeCommit, which are no pipeline's; none where settings have no such previews. */
export const pullRequestJobs = (record: Rehearsed): Job[] =>
  ofType(record, "aws:codebuild/project:Project")
    .filter(({ inputs }) =>
      /bash "\$JOB\/(preview|comment)\.sh"/.test(text(map(inputs["source"]), "buildspec") ?? ""),
    )
    .map((project) => jobOf(project));
