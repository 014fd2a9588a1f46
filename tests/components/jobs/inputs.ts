import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { buildspec } from "../../../components/jobs/buildspec";
import { judgeOf } from "../../../components/jobs/judge";
import { pack } from "../../../components/jobs/packing";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import type { Packaging, Workload } from "../../../components/workloads/workload";
import { folderWith } from "../../folders";
import { run, type Result } from "./harness";
import { filesIn } from "./storage";
import { buildVariables, REPOSITORY_URI, SITE } from "./kinds";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, TOOLING, role, type World } from "./world";
import { REGION } from "./stack";

/** The folders and variables that CodePipeline and Pulumi give to the jobs. */

/** The least that may be deployed, whatever the kind. */
export const TEMPLATE = [
  "Parameters: { EndpointUrl: { Type: AWS::SSM::Parameter::Value<String> } }",
  "Resources: {}",
  "Outputs: { Endpoint: { Value: !Ref EndpointUrl } }\n",
].join("\n");

/** The service's repository as it comes from the source. */
export const sourceFolder = (files: Readonly<Record<string, string>> = {}): string =>
  folderWith({
    "app/package.json": "{}",
    "app/Dockerfile": "FROM scratch\n",
    "app/template.yaml": TEMPLATE,
    "app/parameters/prod.json":
      '[{"ParameterKey": "DeploymentConfig", "ParameterValue": "CodeDeployDefault.LambdaAllAtOnce"}]',
    "app/src/handler.ts": "export const handler = 1;\n",
    ...files,
  });

const hash = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");

/** Longer than CloudFormation takes in a call. */
export const LONG_TEMPLATE = `${TEMPLATE}${"#".repeat(51_200)}`;

/** Writes SHA256SUMS as Build does; gives RELEASE_SHA256. */
export function seal(folder: string): string {
  const names = filesIn(folder)
    .map((file) => relative(folder, file))
    .filter((name) => name !== "SHA256SUMS")
    .sort();
  const sums = names.map((name) => `${hash(readFileSync(join(folder, name)))}  ${name}\n`).join("");
  writeFileSync(join(folder, "SHA256SUMS"), sums);
  return hash(sums);
}

let archive: Buffer | undefined;
/** A small source.tar.gz, made once. */
function source(): Buffer {
  archive ??= execFileSync("tar", ["-czf", "-", "-C", join(sourceFolder(), "app"), "."]);
  return archive;
}

/** A release folder and its checksum. */
export function releaseFolder(files: Readonly<Record<string, string | Buffer>> = {}): {
  folder: string;
  sha256: string;
} {
  const folder = folderWith({
    "template.yaml": TEMPLATE,
    "parameters/test.json": '[{"ParameterKey":"TableName","ParameterValue":"it\'s \\"quoted\\""}]',
    "parameters/prod.json": "[]",
    "source.tar.gz": source(),
    "release.json": JSON.stringify({ commit: COMMIT_ID, codeDigest: DIGEST }),
    ...files,
  });
  return { folder, sha256: seal(folder) };
}

/** Where the stack of tooling puts the judge of a kind's templates, and its checksum. */
export function judgeVariables({ template }: Workload): Record<"JUDGE" | "JUDGE_SHA256", string> {
  const { values, sha256 } = judgeOf(template);
  const names = Object.keys(values).map((name) => `/delivery/tooling/judge/${name}`);
  return { JUDGE: names.join(" "), JUDGE_SHA256: sha256 };
}

/** Variables of Plan and Deploy for environment test. */
export const releaseVariables = (
  sha256: string,
  workload: Workload = lambdaContainer,
): Record<string, string> => ({
  PIPELINE: "catalog",
  ENVIRONMENT: "test",
  STACK_NAME: "catalog--test",
  PULUMI_STACK: "test",
  ENVIRONMENT_ACCOUNT: "222222222222",
  ARTIFACT_BUCKET: BUCKET,
  ...(workload.packaging === "image" && {
    REPOSITORY_NAME: "catalog",
    REPOSITORY_URI,
    SCAN_THRESHOLD: "HIGH",
  }),
  PLAN_ROLE_ARN: role("222222222222", "plan"),
  DEPLOY_ROLE_ARN: role("222222222222", "deploy"),
  EXECUTION_ROLE_ARN: "arn:aws:iam::222222222222:role/delivery-catalog--test-execution",
  PARAMETERS: JSON.stringify(workload.parameters(SITE)),
  ROLLBACK_PARAMETERS: JSON.stringify(workload.rollbackParameters),
  ...judgeVariables(workload),
  DEPLOY_STAGE: "Deploy-test",
  PLANNED_BY: "Approve-test/Plan",
  APPROVAL: "true",
  EXECUTION_ID,
  COMMIT_ID,
  CODE_DIGEST: DIGEST,
  RELEASE_SHA256: sha256,
  CODEBUILD_BUILD_ARN: `arn:aws:codebuild:${REGION}:${TOOLING}:build/delivery-catalog--test-plan-job:6f1e2d3c-0000-4000-8000-000000000000`,
});

const buildOf = (packaging: Packaging): string =>
  buildspec({
    job: "build",
    packaging,
    directory: "app",
    testReports: "arn:aws:codebuild:tests",
    coverageReports: "arn:aws:codebuild:coverage",
  });
/** The buildspecs as the stacks make them, with report groups of an example. */
export const BUILDS: Readonly<Record<Packaging, string>> = {
  image: buildOf("image"),
  serverless: buildOf("serverless"),
  zip: buildOf("zip"),
};
export const BUILDSPECS = {
  build: BUILDS.image,
  plan: buildspec({ job: "plan" }),
  deploy: buildspec({ job: "deploy" }),
  "code-plan": buildspec({ job: "code-plan", target: "function" }),
  "code-deploy": buildspec({ job: "code-deploy", target: "function" }),
  "code-plan, to a service": buildspec({ job: "code-plan", target: "service" }),
  "code-deploy, to a service": buildspec({ job: "code-deploy", target: "service" }),
  verify: buildspec({ job: "verify", testReports: "arn:aws:codebuild:verify" }),
  "run-inside": buildspec({ job: "run-inside" }),
  inside: buildspec({ job: "inside", testReports: "arn:aws:codebuild:inside" }),
  promote: buildspec({ job: "promote" }),
  cleanup: buildspec({ job: "cleanup" }),
  "cleanup, stale approvals too": buildspec({ job: "cleanup", endsStaleApprovals: true }),
  "branch-register": buildspec({ job: "branch-register" }),
  "branch-deploy": buildspec({ job: "branch-deploy" }),
  "branch-cleanup": buildspec({ job: "branch-cleanup" }),
  preview: buildspec({ job: "preview" }),
  comment: buildspec({ job: "comment" }),
  "self-preview": buildspec({ job: "self-preview" }),
  "self-up": buildspec({ job: "self-up" }),
} as const;

/** A buildspec with another text in one of the files that it carries packed. */
/** What the command that writes a job's files has packed. */
export function unpacked(spec: string): string {
  const { phases } = parse(spec) as { phases: { build: { commands: string[] } } };
  const [, packed = ""] =
    /^base64 -d <<'END_OF_FILE' [|] gzip -d [|] bash\n([A-Za-z0-9+/=\n]+)END_OF_FILE\n$/m.exec(
      phases.build.commands[1] ?? "",
    ) ?? [];
  return gunzipSync(Buffer.from(packed, "base64")).toString();
}

export const changed = (spec: string, from: string, to: string): string =>
  spec.replace(
    /(<<'END_OF_FILE' [|] gzip -d [|] bash\n)([A-Za-z0-9+/=\s]+?)(\s*END_OF_FILE)/,
    (...found: string[]) => {
      const [, before = "", packed = "", after = ""] = found;
      const text = gunzipSync(Buffer.from(packed, "base64")).toString();
      if (!text.includes(from)) throw new Error(`the buildspec has no ${from}`);
      const indent = /^ */.exec(packed)?.[0] ?? "";
      return `${before}${indent}${pack(text.replace(from, to))}${after}`;
    },
  );

export const build = (
  world: World,
  variables: Record<string, string> = {},
  folder = sourceFolder(),
  workload: Workload = lambdaContainer,
): Promise<Result> =>
  run(BUILDS[workload.packaging], folder, { ...buildVariables(workload), ...variables }, world);

/** What Plan and Deploy ask first, to know whose run they act for and what it was handed. */
export const ASKED = ["aws - codepipeline get-pipeline-state", "aws - codepipeline list-action-executions"];

/** Plan or Deploy with a release that is as Build made it. */
export function release(
  job: "plan" | "deploy",
  world: World,
  variables: Record<string, string> = {},
): Promise<Result> {
  const { folder, sha256 } = releaseFolder();
  const set = job === "deploy" ? { CHANGE_SET: `d-${EXECUTION_ID}` } : {};
  return run(BUILDSPECS[job], folder, { ...releaseVariables(sha256), ...set, ...variables }, world);
}

export const promoteVariables: Readonly<Record<string, string>> = {
  PIPELINE: "catalog",
  ARTIFACT_BUCKET: BUCKET,
  PACKAGING: "image",
  REPOSITORY_NAME: "catalog",
  ENVIRONMENTS: "test prod",
  KEEP_RELEASES: "3",
  EXPIRATION_IN_DAYS: "44",
  ENVIRONMENT: "test",
  ENVIRONMENT_ACCOUNT: "222222222222",
  EXECUTION_ID,
  COMMIT_ID,
  CODE_DIGEST: DIGEST,
  RELEASE_SHA256: "5e".repeat(32),
};

export const promote = (world: World, variables: Record<string, string> = {}): Promise<Result> =>
  run(BUILDSPECS.promote, folderWith({}), { ...promoteVariables, ...variables }, world);

export const cleanupVariables: Readonly<Record<string, string>> = {
  PIPELINE: "catalog",
  TOPIC_ARN: `arn:aws:sns:${REGION}:${TOOLING}:approvals`,
  TARGETS: JSON.stringify([
    { environment: "test", stackName: "catalog--test", roleArn: role("222222222222", "cleanup") },
    { environment: "prod", stackName: "catalog--prod", roleArn: role("333333333333", "cleanup") },
  ]),
  EXECUTION_ID,
  STATE: "FAILED",
};

export const cleanup = (world: World, variables: Record<string, string> = {}): Promise<Result> =>
  run(BUILDSPECS.cleanup, folderWith({}), { ...cleanupVariables, ...variables }, world);

/** The clean-up job of a pipeline whose stale approvals are ended; started as a run arrives behind an approval. */
export const endStale = (world: World, variables: Record<string, string> = {}): Promise<Result> =>
  run(
    BUILDSPECS["cleanup, stale approvals too"],
    folderWith({}),
    { ...cleanupVariables, STATE: "SUCCEEDED", ...variables },
    world,
  );

/** Does the work for every item, a few at a time; the order of the results is the items'. */
export async function pool<Item, Out>(
  items: readonly Item[],
  work: (item: Item) => Promise<Out>,
): Promise<Out[]> {
  const out: Out[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) out[i] = await work(items[i] as Item);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return out;
}
