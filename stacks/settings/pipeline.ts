/** The shape of one pipeline's settings. */
import { posix } from "node:path";
import { z } from "zod";
import { WORKLOADS, type WorkloadKind } from "../../components/workloads/list";
import { branches } from "./branches";
import { byLooks, isMap, list, object, oneOf, text } from "./problems";
import { pipelineName, prefix } from "./names";
import { source } from "./source";

/** Each takes three of the 50 actions that a stage may have. */
export const WAVE = 16;

export const workloadKind = oneOf(Object.keys(WORKLOADS) as WorkloadKind[]).default("lambda-container");
const days = "allowed are whole days from 1 to 60";
export const approval = object(
  {
    emails: list(z.email("allowed is an e-mail address"), [0, Infinity], "e-mail addresses").default([]),
    timeoutDays: z.int(days).min(1, days).max(60, days).default(7),
  },
  { allowed: "allowed are true, false, or a map of emails, timeoutDays" },
);
const keepReleases = "allowed are whole numbers from 1 to 50";
export const verify = z.boolean("allowed are true and false");

/** An environment of the stack's list, with what is different in this pipeline. */
export interface Entry {
  readonly name: string;
  /** `true`: as the environment's own, or else with defaults. */
  readonly approval?: boolean | z.output<typeof approval>;
  readonly verify?: boolean;
}
const environmentNames = z
  .string("allowed is the name of an environment")
  .transform((name): Entry => ({ name }));
const changed = object({
  name: z.string("allowed is the name of an environment"),
  approval: byLooks((value): z.ZodType<boolean | z.output<typeof approval>> =>
    typeof value === "boolean" ? z.boolean() : approval,
  ).exactOptional(),
  verify: verify.exactOptional(),
});
const entry = byLooks((value): z.ZodType<Entry> => (isMap(value) ? changed : environmentNames));
const wave = list(entry, [1, WAVE], "environments that are released side by side");
const environments = list(
  byLooks((value): z.ZodType<readonly Entry[]> =>
    Array.isArray(value) ? wave : entry.transform((one) => [one]),
  ),
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
  name: pipelineName,
  prefix: prefix.exactOptional(),
  workload: workloadKind,
  directory: directory.default("."),
  template: template.exactOptional(),
  source,
  environments: environments.exactOptional(),
  executionMode: oneOf(["SUPERSEDED", "QUEUED"], { PARALLEL }).default("SUPERSEDED"),
  computeType: oneOf(computeTypes).default("BUILD_GENERAL1_SMALL"),
  scanThreshold: oneOf(["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED", "NONE"]).default(
    "CRITICAL",
  ),
  keepReleases: z.int(keepReleases).min(1, keepReleases).max(50, keepReleases).default(5),
  layerCache: z.boolean("allowed are true and false").default(false),
  platform: oneOf(["linux/amd64", "linux/arm64"]).default("linux/amd64"),
  branches: branches.exactOptional(),
  transforms: list(
    text(/^AWS::[A-Za-z0-9-]+$/, "allowed is a transform of AWS's own, such as AWS::Serverless-2016-10-31"),
    [0, Infinity],
    "transforms",
  ).default([]),
});
