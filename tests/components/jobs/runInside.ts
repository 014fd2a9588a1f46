import { run, type Result } from "./harness";
import { BUILDSPECS, releaseFolder } from "./inputs";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, emptyWorld, role, type World } from "./world";

/** The job that has a runner do a step, and the world in which it does. */

export const ENDPOINT = "https://abc123.execute-api.eu-west-1.amazonaws.com";

/** A runner that goes through these states. */
export const withRunner = (...statuses: string[]): World => ({
  ...emptyWorld(),
  runner: {
    statuses,
    builds: [],
    log: ["[Container] Phase is BUILD", "> verify", "error: it is cold\u001b[0m "],
  },
});
export function runInside(
  world: World,
  changes: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const { folder, sha256 } = releaseFolder(files);
  const variables = {
    ...{
      PIPELINE: "catalog",
      ENVIRONMENT: "test",
      PULUMI_STACK: "test",
      ENVIRONMENT_ACCOUNT: "222222222222",
    },
    ...{ ARTIFACT_BUCKET: BUCKET, STARTER_ROLE_ARN: role("222222222222", "starter") },
    ...{ RUNNER: "delivery-catalog--test-runner", STEP: "verify", EXECUTION_ID, ENDPOINT, COMMIT_ID },
    ...{ CODE_DIGEST: DIGEST, RELEASE_SHA256: sha256, ...changes },
  };
  return run(BUILDSPECS["run-inside"], folder, variables, world);
}
