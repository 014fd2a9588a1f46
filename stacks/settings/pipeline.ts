/** One pipeline's settings. */
import { posix } from "node:path";
import { z } from "zod";
import { PIPELINE_DEFAULTS } from "../../components/defaults";
import { SHORT_JOBS } from "../../components/stage";
import { USE_NAMES } from "../../components/uses/list";
import { WORKLOADS, type WorkloadKind } from "../../components/workloads/list";
import { approval, verify } from "./approval";
import { branches } from "./branches";
import { pipelineName, prefix } from "./names";
import { permissions } from "./permissions";
import { ownersFunction } from "./ownersFunction";
import { ownersService } from "./ownersService";
import { isMap } from "./problems";
import { byLooks, flag, list, object, oneOf, text, told } from "./schemas";
import { source } from "./source";

/** Each takes three of the 50 actions that a stage may have. */
export const WAVE = 16;

/** Targets of a notification rule: https://docs.aws.amazon.com/dtconsole/latest/userguide/limits.html */
const CHATS = 10;

export const workloadKind = oneOf(Object.keys(WORKLOADS) as WorkloadKind[]).default("lambda-container");
const keepReleases = "allowed are whole numbers from 1 to 50";

const environmentName = z.string("allowed is the name of an environment");
/** An environment of the stack's list, with what is different in this pipeline. */
const changed = object({
  name: environmentName,
  approval: approval.exactOptional(),
  verify: verify.exactOptional(),
  function: ownersFunction.exactOptional(),
  service: ownersService.exactOptional(),
});
const unchanged = environmentName.transform((name): z.output<typeof changed> => ({ name }));
const entry = byLooks<typeof changed | typeof unchanged>([unchanged, changed], (value) =>
  isMap(value) ? changed : unchanged,
);
const wave = list(entry, [1, WAVE], "environments that are released side by side");
const alone = entry.transform((one) => [one]);
const environments = list(
  byLooks<typeof wave | typeof alone>([alone, wave], (value) => (Array.isArray(value) ? wave : alone)),
  [1, Infinity],
  "environments (names, or lists of names to release side by side)",
);
const PARALLEL = "PARALLEL forbids CodePipeline to roll back a failed stage; ";
const computeTypes = ["SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"].map(
  (size) => `BUILD_GENERAL1_${size}`,
);
const PATH = /^(?![-/])(?!.*(^|\/)\.\.(\/|$))[\w.@+/-]+$/;
const directory = text(
  PATH,
  "allowed is a folder of the source, relative to its root, without .. and white space",
).transform((path) => posix.normalize(path).replace(/(?<=.)\/$/, ""));
const template = text(PATH, "allowed is a file below 'directory', relative to it, without .. and white space")
  .regex(/^$|^(?!(.*\/)?\.?$)/, "allowed is a file below 'directory': this is a folder")
  .transform((path) => posix.normalize(path));

/** As written; read.ts resolves `prefix` and `environments`. */
export const pipeline = object({
  name: pipelineName
    .describe(
      "The pipeline's name: up to 48 characters (44 with branches), the first 20 unlike those of others. Choose it for good",
    )
    .register(told, { allowed: "lower-case words joined by hyphens" }),
  prefix: prefix
    .exactOptional()
    .describe("`<prefix>--<environment>` is the name of the workload's stack, at most 24 characters")
    .register(told, {
      allowed: "lower-case words joined by hyphens",
      unset: "the name",
      source: "CloudFormation cuts longer names of stacks when it names what is in them",
    }),
  workload: workloadKind.describe("Kind of workload"),
  uses: list(oneOf(USE_NAMES), [0, Infinity], "AWS services")
    .default([])
    .describe("AWS services that the service's template may use beside those of its kind, such as `sqs`")
    .register(told, { allowed: `list of ${USE_NAMES.map((name) => `\`${name}\``).join(", ")}` }),
  permissions: permissions
    .exactOptional()
    .describe(
      "Policy documents of the team's own, for what no service of `uses` brings: [what they may hold](uses.md#permissions)",
    )
    .register(told, { allowed: "a map of `types`, `execution`, `workload`" }),
  function: ownersFunction
    .exactOptional()
    .describe(
      "What a pipeline that releases code alone releases to: functions that other stacks own, [in zips](lambda-zip-code.md) or " +
        "[images](lambda-container-code.md)",
    )
    .register(told, { unset: "none" }),
  service: ownersService
    .exactOptional()
    .describe(
      "The same of services of ECS that other stacks own, [whose tasks run its image](ecs-service-code.md)",
    )
    .register(told, { unset: "none" }),
  directory: directory
    .default(PIPELINE_DEFAULTS.directory)
    .describe("Folder of the service in its source")
    .register(told, { allowed: "relative folder" }),
  template: template
    .default(PIPELINE_DEFAULTS.template)
    .describe(
      "CloudFormation template of the service, beside its `parameters/` and `Dockerfile`. Not for `serverless`",
    )
    .register(told, { allowed: "file below `directory`" }),
  source,
  environments: environments
    .exactOptional()
    .describe(
      "Where it releases to, in this order. Those of an inner list are released side by side and rolled back together; " +
        "a map changes an environment for this pipeline",
    )
    .register(told, {
      allowed: `list of names, of \`{ name, approval, verify, function, service }\`, and of lists of both with up to ${WAVE}`,
      unset: "all, in order",
      source: "each takes three of the 50 actions of a stage",
      closed: true,
    }),
  executionMode: oneOf(["SUPERSEDED", "QUEUED"], { PARALLEL })
    .default(PIPELINE_DEFAULTS.executionMode)
    .describe("Whether a newer run overtakes a waiting one; CodePipeline's `PARALLEL` forbids roll-back"),
  staleApprovals: oneOf(["keep", "stop"])
    .default("keep")
    .describe(
      "What becomes of a run that waits for an approval when a newer one waits behind it: `keep`, it is answered; `stop`, the clean-up " +
        "job stops it, and the newer one asks. Not with `QUEUED`, nor without an approval",
    ),
  computeType: oneOf(computeTypes)
    .default(PIPELINE_DEFAULTS.computeType)
    .describe("CodeBuild's compute type for Build and Verify"),
  shortJobs: list(oneOf(SHORT_JOBS), [0, Infinity], "jobs")
    .default([])
    .describe(
      "Jobs that always end within 14 minutes: [Lambda's compute](release.md#where-the-jobs-run), which starts sooner, runs them where the " +
        "Region has it and settings name neither `vpc` nor `image`. Not `deploy` to ECS, nor `verify` with `linux/arm64`",
    )
    .register(told, { allowed: "list of `plan`, `deploy` and `verify`" }),
  scanThreshold: oneOf(["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED", "NONE"])
    .default(PIPELINE_DEFAULTS.scanThreshold)
    .describe("Lowest severity of a finding in an image that stops a release; `NONE`: no finding does"),
  keepReleases: z
    .int(keepReleases)
    .min(1, keepReleases)
    .max(50, keepReleases)
    .default(PIPELINE_DEFAULTS.keepReleases)
    .describe(
      "How many releases of each environment are kept, with their images or code: the last ones that it ran",
    )
    .register(told, { unit: "releases" }),
  layerCache: flag()
    .default(false)
    .describe(
      "Builds take layers of earlier builds, in a repository of their own. A poisoned build can leave a poisoned layer. " +
        "Never for branches",
    ),
  chats: list(z.string("allowed is the name of a chat"), [0, CHATS], "names of chats")
    .default([])
    .describe("Chats of the stack that are told of this pipeline's approvals and failed runs")
    .register(told, {
      allowed: `list of up to ${CHATS} names`,
      source: "a notification rule takes no more targets",
    }),
  platform: oneOf(["linux/amd64", "linux/arm64"])
    .default(PIPELINE_DEFAULTS.platform)
    .describe("Platform of the image or the functions; Build and Verify run on the same"),
  branches: branches.exactOptional().describe("Environments of branches other than the source's own"),
  transforms: list(
    text(/^AWS::[A-Za-z0-9-]+$/, "allowed is a transform of AWS's own, such as AWS::Serverless-2016-10-31"),
    [0, Infinity],
    "transforms",
  )
    .default([])
    .describe(
      "CloudFormation transforms that the service's template may use, such as `AWS::Serverless-2016-10-31`",
    )
    .register(told, { allowed: "list of `AWS::…`" }),
});
