import { BranchPipeline, type BranchPipelineArgs } from "../../components/branches/branchPipeline";
import { lambdaContainer } from "../../components/workloads/lambdaContainer";
import { JOB_DEFAULTS, jobScope, registered } from "../programs";

/** Sources of an example. */
export const codecommit = { kind: "codecommit", repository: "shop", branch: "trunk" } as const;
export const connection = {
  kind: "connection",
  connection: "arn:aws:codeconnections:eu-central-1:444444444444:connection/1",
  repository: "acme/shop",
  branch: "trunk",
  paths: ["app/**"],
  tags: ["v*"],
} as const;
const args: BranchPipelineArgs = {
  ...jobScope(),
  source: codecommit,
  include: ["feature/*", "fix"],
  environment: { name: "test", account: "222222222222" },
  expireAfterDays: 3,
  maxBranches: 4,
  firstPriority: 21,
  workload: lambdaContainer,
  jobDefaults: JOB_DEFAULTS,
  directory: ".",
  template: "template.yaml",
  computeType: "BUILD_GENERAL1_SMALL",
  scanThreshold: "HIGH",
  platform: "linux/amd64",
  transforms: [],
  deletable: false,
};
/** What a pipeline for branches registers, with these changes. */
export const made = (change: Partial<BranchPipelineArgs> = {}) =>
  registered((opts) => new BranchPipeline("shop--br", { ...args, ...change }, opts));
export type Made = Awaited<ReturnType<typeof made>>;

export const PIPELINE = "arn:aws:codepipeline:eu-central-1:444444444444:cat--br";
export const REPOSITORY = "arn:aws:codecommit:eu-central-1:444444444444:shop";
