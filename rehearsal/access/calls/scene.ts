import { dnsSuffix, partition } from "../../../components/names";
import { type PipelineView, pipelines, variablesOf } from "../../record/pipelines";
import { ofType, type Rehearsed, type Resource } from "../../record/record";
import { arnOf } from "../estate/collect";
import { type Job, jobsOf, kindOf, required } from "../estate/jobs";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { list, map, text } from "../../../packages/iam/src/json";

/** The clean-up job has no action: an event starts it. */
export type AnyJob = Omit<Job, "action"> & Partial<Pick<Job, "action">>;

/** A pipeline with what it works with, all as the stacks registered it. */
export interface Scene {
  readonly name: string;
  readonly view: PipelineView;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly roleArn: string;
  readonly bucketArn: string;
  readonly keyArn: string;
  /** `s3.eu-west-1.amazonaws.com`: what KMS is told when S3 calls it for somebody. */
  readonly viaS3: string;
  readonly jobs: readonly Job[];
  /** Event targets that start this pipeline, or that its events start. */
  readonly targets: readonly Resource[];
  readonly cleanup: readonly AnyJob[];
}

/** Example of a commit; any of the right form is as good. */
export const COMMIT_ID = "0".repeat(40);

const rulesAbout = (record: Rehearsed, arn: string): string[] =>
  ofType(record, "aws:cloudwatch/eventRule:EventRule")
    .filter(({ inputs }) =>
      list(map(JSON.parse(text(inputs, "eventPattern") ?? "{}"))["resources"]).includes(arn),
    )
    .map(({ outputs }) => String(outputs["name"]));

function sceneOf(record: Rehearsed, view: PipelineView): Scene {
  const { resource } = view;
  const {
    account = notKnown(`${resource.name} is in no account`),
    region = notKnown(`${resource.name} is in no Region`),
  } = resource;
  const arn = arnOf(resource);
  const store = map(list(resource.inputs["artifactStores"])[0]);
  const rules = rulesAbout(record, arn);
  const events = ofType(record, "aws:cloudwatch/eventTarget:EventTarget");
  const about = events.filter(
    ({ inputs }) => inputs["arn"] === arn || rules.includes(String(inputs["rule"])),
  );
  // What its events start may be started by others too, such as the deletion of a branch.
  const started = about.map(({ inputs }) => inputs["arn"]);
  const targets = events.filter(({ inputs }) => started.includes(inputs["arn"]));
  const cleanup = ofType(record, "aws:codebuild/project:Project").filter((project) =>
    targets.some(({ inputs }) => inputs["arn"] === arnOf(project)),
  );
  return {
    name: required(resource.inputs, "name", resource.name),
    view,
    arn,
    account,
    region,
    partition: partition(region),
    roleArn: required(resource.inputs, "roleArn", resource.name),
    bucketArn: `arn:${partition(region)}:s3:::${required(store, "location", resource.name)}`,
    keyArn: required(map(store["encryptionKey"]), "id", resource.name),
    viaS3: `s3.${region}.${dnsSuffix(region)}`,
    jobs: jobsOf(record, view),
    targets,
    cleanup: cleanup.map((project) => ({ kind: kindOf(project), project, variables: variablesOf(project) })),
  };
}

/** Every pipeline of every stack. */
export const scenes = (record: Rehearsed): Scene[] => pipelines(record).map((view) => sceneOf(record, view));

/** What a job is told: its project's own variables, and those of its action that are plain text. */
export function variablesIn({ variables, action }: AnyJob): Record<string, string> {
  const written: unknown = JSON.parse(action?.configuration["EnvironmentVariables"] ?? "[]");
  const run = list(written).map((each) => [String(map(each)["name"]), String(map(each)["value"])] as const);
  return { ...variables, ...Object.fromEntries(run.filter(([, value]) => !value.includes("#{"))) };
}
