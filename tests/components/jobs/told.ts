import { randomUUID } from "node:crypto";
import { COMMIT_ID, DIGEST, type World } from "./world";

/** What a test says of a run, put where the job finds it: in its environment, or in what AWS answers when it asks. */

/** What earlier jobs hand on: never in the environment of a job. */
const HANDED = [
  "COMMIT_ID",
  "CODE_DIGEST",
  "RELEASE_SHA256",
  "CHANGE_SET",
  "PLANNED",
  "BRANCH_HASH",
  "BRANCH_LABEL",
  "BRANCH_PRIORITY",
  "ENDPOINT",
] as const;
const ENDPOINT = "https://abc123.execute-api.eu-west-1.amazonaws.com";
/** Jobs that read what Deploy has written. */
const READERS = /^(verify|run-inside|mark|promote)$/;

/** The stage that a job's action is in. */
const STAGES: Readonly<Record<string, string>> = {
  plan: "Approve-test",
  "code-plan": "Approve-test",
  "branch-register": "Register",
  "branch-deploy": "Deploy",
};

/** The environment of the job with this buildspec. */
export function told(
  buildspec: string,
  variables: Readonly<Record<string, string>>,
  world: World,
): Record<string, string> {
  const [, job = ""] = /bash "\$JOB\/([a-z-]+)\.sh"/.exec(buildspec) ?? [];
  const env: Record<string, string> = {
    // Each attempt of an action is a build of its own.
    CODEBUILD_BUILD_ID: `a-job:${randomUUID()}`,
    STAGE: STAGES[job] ?? "Deploy-test",
    ...variables,
  };
  const handed: Record<string, string> = {};
  for (const name of HANDED) {
    if (env[name] === undefined) continue;
    handed[name] = env[name];
    delete env[name];
  }
  if (job === "build" && handed["COMMIT_ID"] !== undefined)
    env["CODEBUILD_RESOLVED_SOURCE_VERSION"] = handed["COMMIT_ID"];
  world.handed ??= { COMMIT_ID, CODE_DIGEST: DIGEST, ...handed };
  if (READERS.test(job)) leave(env, handed, world);
  return env;
}

/** What was written here, and not by a test. */
const ours = new WeakSet<Buffer>();

/** What Deploy has written for the run, unless the test says otherwise. */
function leave(env: Record<string, string>, handed: Record<string, string>, world: World): void {
  const id = env["EXECUTION_ID"] ?? "";
  const folder = ["releases", env["PIPELINE"], env["ENVIRONMENT_ACCOUNT"], env["ENVIRONMENT"], id];
  const key = [env["ARTIFACT_BUCKET"], ...folder, "deployed.json"].join("/");
  const deployed = {
    run: id,
    commit: handed["COMMIT_ID"] ?? COMMIT_ID,
    codeDigest: handed["CODE_DIGEST"] ?? DIGEST,
    releaseSha256: handed["RELEASE_SHA256"] ?? "0".repeat(64),
    endpoint: handed["ENDPOINT"] ?? ENDPOINT,
    deployedAt: "2026-01-01T10:00:00Z",
  };
  const found = world.objects.get(key);
  if (found && !ours.has(found)) return;
  const note = Buffer.from(JSON.stringify(deployed));
  ours.add(note);
  world.objects.set(key, note);
}
