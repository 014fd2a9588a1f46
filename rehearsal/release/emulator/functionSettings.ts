import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isCode } from "./code";
import { CORRECT, type EvaluatedRelease, ofType, texts } from "./deployment";
import { imageOf } from "./image";
import { pythonVersion } from "./python";
import { attributeOf } from "../../aws/registry";
import type { FunctionSettings } from "./sandbox";
import type { StackResource } from "../cloudformation/stack";
import { Stopped } from "../stopped";
import { list, map, text } from "../../../packages/iam/src/json";

/** A function, and the path of its code in the release. */
export interface ReleasedFunction extends FunctionSettings {
  /** Undefined for the image. */
  readonly code: string | undefined;
  /** Why it does not run here; undefined where it does. */
  readonly notCovered: string | undefined;
}

const isImage = ({ properties }: StackResource): boolean => properties["PackageType"] === "Image";

/** Path of a function's zip in the release. Throws Stopped where it takes other code. */
function zipOf({ logicalId, properties }: StackResource, { released, copy }: EvaluatedRelease): string {
  const code = map(properties["Code"]);
  const [bucket, key] = [text(code, "S3Bucket"), text(code, "S3Key")];
  const path = key?.startsWith(released.files) ? key.slice(released.files.length) : undefined;
  if (bucket === released.bucket && path !== undefined && isCode(copy, path)) return path;
  throw new Stopped(
    `function ${logicalId} takes its code from ${bucket === undefined ? JSON.stringify(code) : `s3://${bucket}/${key}`}, which is not in the release`,
    "make it the parameters of the pipeline, then start a new release",
  );
}

/** The image's command: the template's own, or else the Dockerfile's. */
function imageHandler(
  { logicalId, properties }: StackResource,
  { released, copy }: EvaluatedRelease,
): string {
  const uri = map(properties["Code"])["ImageUri"];
  if (uri !== released.image)
    throw new Stopped(
      `function ${logicalId} has the image ${JSON.stringify(uri)}, which is not the release's`,
      "make it the parameter ImageUri, then start a new release",
    );
  const [command] = [...list(map(properties["ImageConfig"])["Command"]), ...(imageOf(copy)?.command ?? [])];
  if (typeof command === "string") return command;
  throw new Stopped(
    `function ${logicalId} has no handler: no ImageConfig.Command in template.yaml, no CMD ["file.function"] in the Dockerfile`,
    "add one of them, then start a new release",
  );
}

/** Handler of a function in a zip. */
function zipHandler({ logicalId, properties }: StackResource): string {
  const [handler, runtime] = [text(properties, "Handler"), text(properties, "Runtime")];
  if (handler !== undefined && runtime !== undefined) return handler;
  throw new Stopped(
    `function ${logicalId} has the handler ${handler ?? "(none)"} and the runtime ${runtime ?? "(none)"}, and Lambda needs both for a zip`,
    CORRECT,
  );
}

/** What runs a function: its runtime in Lambda, or what its image is of. */
function languageOf(
  resource: StackResource,
  { copy }: EvaluatedRelease,
): Pick<ReleasedFunction, "language" | "notCovered"> {
  const { logicalId, properties } = resource;
  const runtime = isImage(resource) ? imageOf(copy)?.runtime : text(properties, "Runtime");
  const other = (why: string) => ({ language: "node" as const, notCovered: `function ${logicalId} ${why}` });
  if (runtime === undefined || runtime.startsWith("nodejs"))
    return { language: "node", notCovered: undefined };
  if (!runtime.startsWith("python"))
    return other(`runs on ${runtime}, and the rehearsal runs Node.js and Python`);
  return pythonVersion() === undefined
    ? other(`runs on ${runtime}, and this machine has no python3`)
    : { language: "python", notCovered: undefined };
}

/** Reads a function. Throws Stopped for one that can't run here. */
export function functionSettings(resource: StackResource, release: EvaluatedRelease): ReleasedFunction {
  const { site } = release.target;
  const { properties, id, logicalId } = resource;
  const logging = map(properties["LoggingConfig"]);
  const memory = Number(properties["MemorySize"] ?? 128);
  const handler = isImage(resource) ? imageHandler(resource, release) : zipHandler(resource);
  const [format, level] = [text(logging, "LogFormat"), text(logging, "ApplicationLogLevel")];
  return {
    logicalId,
    name: id,
    arn: attributeOf(site, resource, "Arn") ?? "",
    handler,
    ...languageOf(resource, release),
    memory,
    variables: {
      _HANDLER: handler,
      AWS_REGION: site.region,
      AWS_DEFAULT_REGION: site.region,
      AWS_LAMBDA_FUNCTION_NAME: id,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      ...(format !== undefined && { AWS_LAMBDA_LOG_FORMAT: format }),
      ...(level !== undefined && { AWS_LAMBDA_LOG_LEVEL: level }),
      ...texts(map(map(properties["Environment"])["Variables"])),
    },
    code: isImage(resource) ? undefined : zipOf(resource, release),
  };
}

/** Lambda publishes no version whose code has another checksum than the template says. Throws Stopped. */
export function checkVersions(
  { evaluated, copy }: EvaluatedRelease,
  functions: readonly ReleasedFunction[],
): void {
  for (const { logicalId, properties } of ofType(evaluated, "AWS::Lambda::Version")) {
    const wanted = text(properties, "CodeSha256");
    const code = functions.find(({ name, arn }) =>
      [name, arn].includes(String(properties["FunctionName"])),
    )?.code;
    if (wanted === undefined || code === undefined || isCode(copy, code) === "folder") continue;
    const found = createHash("sha256")
      .update(readFileSync(join(copy.folder, code)))
      .digest("base64");
    if (found !== wanted)
      throw new Stopped(
        `Lambda would refuse ${logicalId}: its CodeSha256 is ${wanted}, that of ${code} is ${found}`,
        "make it the parameter CodeSha256, then start a new release",
      );
  }
}
