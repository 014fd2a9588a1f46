import { createHash } from "node:crypto";
import { REPOSITORY_URI } from "./kinds";
import { codeOf } from "./planning";
import { revision, shaOf } from "./functions";
import { run, type Result } from "./harness";
import { BUILDSPECS, releaseFolder } from "./inputs";
import {
  BUCKET,
  COMMIT_ID,
  EXECUTION_ID,
  emptyWorld,
  role,
  TOOLING,
  type OwnersFunction,
  type World,
} from "./world";
import { REGION } from "./stack";

/** What releases code alone, and a function that another stack owns. */

export const [OLD, CODE] = ["the code of before", "the code of the release"];
export const [OLD_SHA, NEW_SHA] = [shaOf(OLD), shaOf(CODE)];
/** What Plan says where nothing has changed since: the revisions of a function that nobody touches. */
export const PLANNED = `${revision("function", 5)}/${revision("alias", 2)}`;

/** Version 2 of two, which the alias is at. */
export const owned = (changes: Partial<OwnersFunction> = {}): OwnersFunction => ({
  ...{ name: "quotes-test", packageType: "Zip", runtime: "nodejs22.x", architecture: "x86_64" },
  ...{ states: [["Active", "Successful"]], sha: OLD_SHA, revision: 5, published: true },
  versions: [
    { number: 1, sha: shaOf("the first"), states: ["Active"] },
    { number: 2, sha: OLD_SHA, states: ["Active"] },
  ],
  alias: { name: "live", version: "2", revision: 2, weights: {} },
  ...changes,
});
/** One that this run has published before. */
export const withVersion = (): OwnersFunction => {
  const { versions, ...others } = owned({ sha: NEW_SHA, revision: 6 });
  return { ...others, versions: [...versions, { number: 3, sha: NEW_SHA, states: ["Active"] }] };
};

/** Digest of an image, as Lambda has it. */
export const imageOf = (code: string): string => createHash("sha256").update(`image ${code}`).digest("hex");
/** The same function, of images; with version 3 where this run has published it before. */
export const ownedImages = (published = false, changes: Partial<OwnersFunction> = {}): OwnersFunction => {
  const { versions, ...others } = published ? withVersion() : owned();
  const of = (sha: string): string =>
    sha === NEW_SHA ? imageOf(CODE) : sha === OLD_SHA ? imageOf(OLD) : "0";
  return {
    ...others,
    packageType: "Image",
    sha: of(others.sha),
    versions: versions.map((each) => ({ ...each, sha: of(each.sha) })),
    ...changes,
  };
};

export const ownedWorld = (ownersFunction?: OwnersFunction, changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  ...(ownersFunction && { ownersFunction }),
  ...changes,
});
export const rollingBack: Partial<World> = {
  executions: { [EXECUTION_ID]: { type: "ROLLBACK", status: "InProgress" } },
};

/** Plans or deploys a release whose code is an image. */
export function releaseImage(
  job: "code-plan" | "code-deploy",
  world: World,
  changes: Readonly<Record<string, string>> = {},
  code = CODE,
): Promise<Result> {
  const digest = `sha256:${imageOf(code)}`;
  const { folder, sha256 } = releaseFolder({
    "release.json": JSON.stringify({ commit: COMMIT_ID, codeDigest: digest, settings: "image" }),
  });
  const images = { RUNTIME: "", REPOSITORY_NAME: "catalog", REPOSITORY_URI, SCAN_THRESHOLD: "HIGH" };
  const planned: Record<string, string> = job === "code-deploy" ? { PLANNED } : {};
  return run(
    BUILDSPECS[job],
    folder,
    { ...variables(sha256), ...images, CODE_DIGEST: digest, ...planned, ...changes },
    world,
  );
}

const variables = (sha256: string): Record<string, string> => ({
  ...{ PIPELINE: "catalog", ENVIRONMENT: "test", PULUMI_STACK: "test", ENVIRONMENT_ACCOUNT: "222222222222" },
  ...{ ARTIFACT_BUCKET: BUCKET, APPROVAL: "true", DEPLOY_STAGE: "Deploy-test" },
  ...{ PLAN_ROLE_ARN: role("222222222222", "plan"), DEPLOY_ROLE_ARN: role("222222222222", "deploy") },
  ...{ FUNCTION_NAME: "quotes-test", ALIAS: "live", RUNTIME: "nodejs22.x", ARCHITECTURE: "x86_64" },
  FUNCTION_ENDPOINT: "https://quotes.example.com",
  ...{ PLANNED_BY: "Approve-test/Plan", EXECUTION_ID, COMMIT_ID, RELEASE_SHA256: sha256 },
  CODEBUILD_BUILD_ARN: `arn:aws:codebuild:${REGION}:${TOOLING}:build/delivery-catalog--test-plan-job:6f1e2d3c-0000-4000-8000-000000000000`,
});

/** Plans or deploys a release whose code is this. */
export function releaseCode(
  job: "code-plan" | "code-deploy",
  world: World,
  changes: Readonly<Record<string, string>> = {},
  code: readonly string[] = [CODE],
  commands: Readonly<Record<string, readonly string[]>> = {},
): Promise<Result> {
  const { files, digest } = codeOf(...code);
  const written = JSON.parse(files["release.json"] ?? "") as object;
  const { folder, sha256 } = releaseFolder({
    ...files,
    "release.json": JSON.stringify({ ...written, commands }),
  });
  const planned: Record<string, string> = job === "code-deploy" ? { PLANNED } : {};
  return run(
    BUILDSPECS[job],
    folder,
    { ...variables(sha256), CODE_DIGEST: digest, ...planned, ...changes },
    world,
  );
}
