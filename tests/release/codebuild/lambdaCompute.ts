/**
 * What CodeBuild's Lambda compute is not able to do: https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html#lambda.limitations.
 * What is on PATH there is what its image's Dockerfile installs, over Lambda's own image of Amazon Linux 2023, of which one with
 * Node.js has no PyYAML: https://github.com/aws/aws-codebuild-docker-images/tree/master/al-lambda/x86_64, python3.13 and nodejs22
 */
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { map } from "../../../packages/iam/src/json";
import type { Resource } from "../../../rehearsal/record/record";
import type { Buildspec } from "./buildspec";

const PROGRAMS = [
  ...["bash", "sh", "base64", "basename", "cat", "chmod", "comm", "cp", "cut", "date", "dirname", "echo", "env"],
  ...["false", "head", "id", "ln", "ls", "mkdir", "mktemp", "mv", "od", "paste", "printf", "pwd", "readlink", "realpath"],
  ...["rm", "rmdir", "seq", "sha256sum", "sleep", "sort", "split", "stat", "tail", "tee", "test", "timeout", "touch", "tr", "true"],
  ...["uname", "uniq", "wc", "find", "xargs", "grep", "sed", "gawk", "awk", "git", "gzip", "jq", "openssl", "tar"],
  ...["unzip", "wget", "zip"],
]; // prettier-ignore

export const onLambda = ({ inputs }: Resource): boolean =>
  map(inputs["environment"])["type"] === "LINUX_LAMBDA_CONTAINER";

/** Throws for a project, or a buildspec, that Lambda's compute does not take. */
export function refuseOnLambda({ inputs }: Resource, { phases }: Buildspec): void {
  const cache = map(inputs["cache"])["type"] ?? "NO_CACHE";
  const asked = [
    ...["buildTimeout", "queuedTimeout", "badgeEnabled", "vpcConfig", "fileSystemLocations"].filter(
      (each) => inputs[each] !== undefined && inputs[each] !== false,
    ),
    ...(cache === "NO_CACHE" ? [] : ["cache"]),
    ...(map(inputs["environment"])["privilegedMode"] === true ? ["privilegedMode"] : []),
    ...(phases.install?.["runtime-versions"] ? ["runtime-versions"] : []),
  ];
  if (asked.length > 0) throw new Error(`Lambda's compute has no ${asked.join(", ")}`);
}

/** The version of Node.js that the image of a project has, if it is one with Node.js. */
export const nodeOnLambda = ({ inputs }: Resource): string | undefined =>
  /-lambda-standard:nodejs(\d+)$/.exec(String(map(inputs["environment"])["image"]))?.[1];

/** A folder of what is on PATH: neither Docker nor what asks for root, and nothing else that is only on this machine. */
export function programsOnLambda(folder: string, project: Resource): string {
  mkdirSync(folder);
  for (const name of [...PROGRAMS, ...(nodeOnLambda(project) === undefined ? ["python3"] : ["npm", "npx"])]) {
    const found = ["/usr/local/bin", "/usr/bin", "/bin"].map((each) => join(each, name)).find(existsSync);
    if (found !== undefined) symlinkSync(found, join(folder, name));
  }
  return folder;
}
