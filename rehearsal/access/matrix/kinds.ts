/** Kinds of principals and resources that rows are about: ARNs and accounts, in the access matrix's own spelling. */
import type { ResourcePattern } from "../../../packages/iam/src/matrix/permission";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Values } from "./bindings";

interface Resource {
  /** `{rest}` is what stands behind the kind. */
  readonly arn: string;
  /** `own`: the caller's, whichever that is. */
  readonly account:
    "{tooling}" | "{account}" | "{stateKeyAccount}" | "{previewAccount}" | "{upAccount}" | "own";
  /** How people call it. Default: kind and name. */
  readonly shown?: string;
}

const inTooling = (arn: string, shown?: string): Resource => ({
  arn,
  account: "{tooling}",
  ...(shown !== undefined && { shown }),
});
const inEnvironment = (arn: string): Resource => ({ arn, account: "{account}" });
const regional = (service: string, account: string, rest: string, region = "{region}") =>
  `arn:{partition}:${service}:${region}:${account}:${rest}`;
/** In tooling's Region, whichever an environment's is. */
const home = (service: string, account: string, rest: string) =>
  regional(service, account, rest, "{toolingRegion}");

export const RESOURCES: Readonly<Record<string, Resource>> = {
  anything: { arn: "*", account: "own", shown: "anything in its own account" },
  bucket: inTooling("{bucket}", "artifact bucket{inRegion}"),
  artifact: inTooling("{bucket}/{rest}", "artifact bucket{inRegion}, {rest}"),
  // What an environment reads, in its own Region.
  "near-bucket": inTooling("{nearBucket}", "artifact bucket{nearRegion}"),
  "near-artifact": inTooling("{nearBucket}/{rest}", "artifact bucket{nearRegion}, {rest}"),
  "near-key": inTooling("{nearKey}", "artifact key{nearRegion}"),
  // All that is in Regions of environments and not in tooling's.
  "bucket-elsewhere": inTooling("{bucketsElsewhere}", "artifact bucket {bucketsElsewhere}"),
  "artifact-elsewhere": inTooling("{bucketsElsewhere}/{rest}", "artifact bucket {bucketsElsewhere}, {rest}"),
  "access-log-bucket": inTooling("{accessLogs}", "access log bucket{inRegion}"),
  "access-log": inTooling("{accessLogs}/{rest}", "access log bucket{inRegion}, {rest}"),
  key: inTooling("{key}", "artifact key"),
  "replica-bucket": inTooling("{replica}", "replica's bucket"),
  "replica-artifact": inTooling("{replica}/{rest}", "replica's bucket, {rest}"),
  "replica-access-log-bucket": inTooling("{replicaLogs}", "replica's access log bucket"),
  "replica-access-log": inTooling("{replicaLogs}/{rest}", "replica's access log bucket, {rest}"),
  "replica-key": inTooling("{replicaKey}", "replica's key"),
  images: inTooling("{images}", "image repository {images}"),
  // Those that an environment pulls, in its own Region; and all that are not in tooling's.
  "near-images": inTooling("{nearImages}", "image repository {nearImages}"),
  "images-elsewhere": inTooling("{imagesElsewhere}", "image repository {imagesElsewhere}"),
  cache: inTooling("{cache}", "layer cache {cache}"),
  topic: inTooling("{topic}", "topic {topic}"),
  "test-reports": inTooling("{tests}", "test reports {tests}"),
  "coverage-reports": inTooling("{coverage}", "coverage reports {coverage}"),
  "verify-reports": inTooling("{verify}", "end-to-end test reports {verify}"),
  connection: inTooling("{connection}"),
  "connection-by-its-old-name": inTooling("{oldConnection}"),
  job: inTooling(home("codebuild", "{tooling}", "project/{rest}"), "CodeBuild project {rest}"),
  pipeline: inTooling(home("codepipeline", "{tooling}", "{rest}")),
  repository: inTooling(home("codecommit", "{tooling}", "{rest}"), "CodeCommit repository {rest}"),
  "job-log": inTooling(home("logs", "{tooling}", "log-group:/aws/codebuild/{rest}"), "log of {rest}"),
  judge: inTooling(home("ssm", "{tooling}", "parameter/{project}/tooling/judge/*"), "the judge of templates"),
  "build-secret": inTooling(
    home("secretsmanager", "{tooling}", "secret:/{project}/{pipeline}/build/*"),
    "secrets of Build of {pipeline}",
  ),
  "tooling-role": inTooling("arn:{partition}:iam::{tooling}:role{path}{rest}", "role {rest}"),
  "network-interface": inTooling(home("ec2", "{tooling}", "network-interface/{rest}")),
  // One that is shared has the ARN of its owner; the id alone says which it is.
  subnet: inTooling(home("ec2", "*", "subnet/{rest}")),
  "security-group": inTooling(home("ec2", "*", "security-group/{rest}")),
  role: inEnvironment("{roles}{rest}"),
  // Another stack's: the whole ARN.
  "owners-role": { arn: "{rest}", account: "{account}", shown: "role {rest}" },
  runner: inEnvironment(regional("codebuild", "{account}", "project/{rest}")),
  "runner-log": inEnvironment(regional("logs", "{account}", "log-group:/aws/codebuild/{rest}")),
  "runner-reports": {
    arn: "{runnerReports}",
    account: "{account}",
    shown: "end-to-end test reports {runnerReports}",
  },
  ec2: inEnvironment(regional("ec2", "{account}", "{rest}")),
  "function-subnet": inEnvironment(regional("ec2", "*", "subnet/{rest}")),
  "function-security-group": inEnvironment(regional("ec2", "*", "security-group/{rest}")),
  stack: inEnvironment(regional("cloudformation", "{account}", "stack/{rest}")),
  "previewed-role": { arn: "{previewRole}", account: "{previewAccount}", shown: "role {previewRole}" },
  // What people have made for the pipeline that brings the stacks up.
  "up-role": { arn: "{upRole}", account: "{upAccount}", shown: "role {upRole}" },
  // An organization's own backend, in whichever account: its bucket and keys answer for themselves too.
  "state-bucket": { arn: "arn:{partition}:s3:::{stateBucket}", account: "own" },
  state: { arn: "arn:{partition}:s3:::{stateBucket}/{stateRoot}{rest}", account: "own" },
  "state-key": { arn: "{stateKey}", account: "{stateKeyAccount}", shown: "key {stateKey} of the state" },
  transform: { arn: regional("cloudformation", "aws", "transform/{rest}"), account: "own" },
  function: inEnvironment(regional("lambda", "{account}", "function:{rest}")),
  "task-definition": inEnvironment(regional("ecs", "{account}", "task-definition/{rest}")),
  service: inEnvironment(regional("ecs", "{account}", "service/{rest}")),
  "service-deployment": inEnvironment(regional("ecs", "{account}", "service-deployment/{rest}")),
  "target-group": inEnvironment(regional("elasticloadbalancing", "{account}", "targetgroup/{rest}")),
  listener: { arn: "{listener}", account: "{account}", shown: "listener {listener}" },
  "listener-rule": { arn: "{rules}/{rest}", account: "{account}", shown: "rules of the listener {rules}" },
  parameter: inEnvironment(regional("ssm", "{account}", "parameter/{rest}")),
  secret: inEnvironment(regional("secretsmanager", "{account}", "secret:{rest}")),
  "event-source-mapping": inEnvironment(regional("lambda", "{account}", "event-source-mapping:{rest}")),
  "event-bus": inEnvironment(regional("events", "{account}", "event-bus/{rest}")),
  "event-rule": inEnvironment(regional("events", "{account}", "rule/{rest}")),
  "state-machine": inEnvironment(regional("states", "{account}", "stateMachine:{rest}")),
  schedule: inEnvironment(regional("scheduler", "{account}", "schedule/{rest}")),
  queue: inEnvironment(regional("sqs", "{account}", "{rest}")),
  "topic-of-workload": inEnvironment(regional("sns", "{account}", "{rest}")),
  // S3's ARNs name no account.
  "bucket-of-workload": { arn: "arn:{partition}:s3:::{rest}", account: "{account}" },
  // Of a team's own documents: the whole ARN.
  "by-settings": { arn: "{rest}", account: "{account}", shown: "{rest}" },
  table: inEnvironment(regional("dynamodb", "{account}", "table/{rest}")),
  "log-group": inEnvironment(regional("logs", "{account}", "log-group:{rest}")),
  // API Gateway's ARNs name no account.
  api: inEnvironment("arn:{partition}:apigateway:{region}::{rest}"),
  alarm: inEnvironment(regional("cloudwatch", "{account}", "alarm:{rest}")),
  application: inEnvironment(regional("codedeploy", "{account}", "application:{rest}")),
  "deployment-group": inEnvironment(regional("codedeploy", "{account}", "deploymentgroup:{rest}")),
  "deployment-config": inEnvironment(regional("codedeploy", "{account}", "deploymentconfig:{rest}")),
};

interface Principal {
  /** What it is called in the estate (cast.ts). Default: kind and name. */
  readonly id?: string;
  /** How people call it. Default: the same. */
  readonly shown?: string;
}

export const PRINCIPALS: Readonly<Record<string, Principal>> = {
  everybody: {},
  nobody: {},
  service: {},
  administrator: { shown: "administrators and root of {rest}" },
  "tooling-role": {
    id: "role arn:{partition}:iam::{tooling}:role{path}{rest}",
    shown: "role {rest} in {tooling}",
  },
  role: { id: "role {roles}{rest}", shown: "role {rest} in {account}" },
  "preview-role": { id: "role {rest}" },
  "owners-role": { id: "role {rest}" },
  "workload-role": {
    id: "workload {roles}{rest}",
    shown: "any role {rest} of the workload in {account}",
  },
  "rewritten-role": {
    id: "rewritten {roles}{rest}",
    shown: "role {rest} in {account}, rewritten by an administrator of {account}",
  },
  executor: { id: "{executor}", shown: "{executor}" },
  reader: { shown: "{rest}" },
  holder: { shown: "whoever has policy {rest} in {tooling}" },
};

/** Puts values for `{words}`; a word that stands for a list gives one text for each. */
export function fill(written: string, values: Values): string[] {
  const [whole, word = ""] = /\{(\w+)\}/.exec(written) ?? [];
  if (whole === undefined) return [written];
  const value = values[word] ?? notKnown(`${written} needs ${word}, which is not known here`);
  const each = typeof value === "string" ? [value] : value;
  return each.flatMap((one) =>
    fill(
      written.replace(whole, () => one),
      values,
    ),
  );
}

const parts = (written: string): readonly [kind: string, rest: string] => {
  const [kind = "", ...rest] = written.split(" ");
  return [kind, rest.join(" ")];
};
const resourceOf = (kind: string): Resource =>
  RESOURCES[kind] ?? notKnown(`there is no kind of resource ${kind}`);
const withRest = (text: string, rest: string): string => text.replace("{rest}", () => rest).trim();

/** `stack {workload}/*` as ARNs. */
export function things(on: string, values: Values): ResourcePattern[] {
  const [kind, rest] = parts(on);
  const { arn, account } = resourceOf(kind);
  const [owner] = account === "own" ? [undefined] : fill(account, values);
  return fill(withRest(arn, rest), values).map((each) => ({ arn: each, account: owner }));
}

/** `stack {workload}/*` as people read it. */
export function shownThings(on: string, values: Values): string[] {
  const [kind, rest] = parts(on);
  const { account, shown = `${kind.replaceAll("-", " ")} {rest}` } = resourceOf(kind);
  const name = withRest(shown, rest);
  return fill(account === "own" ? name : `${name} in ${account}`, values);
}

/** `role {own}-plan` as the estate calls it, or as people do. */
export function principal(written: string, form: keyof Principal, values: Values): string {
  const [kind, rest] = parts(written);
  return fill(withRest(PRINCIPALS[kind]?.[form] ?? `${kind} {rest}`, rest), values)[0] ?? "";
}
