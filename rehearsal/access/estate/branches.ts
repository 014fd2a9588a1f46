/** Two branches that stand for all of a pipeline's: what one may not do to the other shows with them. */
import { createHash } from "node:crypto";
import { type Environment, type Job, type Pipeline, told } from "../../record/inventory";
import type { Tags } from "../../../packages/iam/src/policy/principals";

/** What stands for a branch in names and in its sessions' tag. */
const hashOf = (name: string): string =>
  createHash("sha256").update(`refs/heads/${name}`).digest("hex").slice(0, 8);

/** A branch, as names and tags have it. */
export interface Branch {
  readonly hash: string;
  /** Its name, made safe for tags. */
  readonly label: string;
}

/** Any of the right form are as good. */
export const BRANCHES: readonly Branch[] = ["feature/one", "feature/two"].map((label) => ({
  hash: hashOf(label),
  label,
}));

/** What a session that is one branch's carries. */
export const branchTags = ({ hash }: Branch): Tags => ({ branch: hash });

/** What taking a role for a branch says. */
export const takenFor = ({ hash }: Branch) => ({ "aws:RequestTag/branch": hash, "aws:TagKeys": ["branch"] });

/** What stands in the place of an environment's name where one branch is meant. */
export const placeOf = ({ hash }: Branch): string => `br-${hash}`;

/** The tags that every change set of a branch puts on all that it makes. */
export const stackTags = ({ hash, label }: Branch, stackName: string): Tags => ({
  "delivery:workload": stackName,
  branch: hash,
  "delivery:branch": label,
});

/** A job that is told of a branch while it runs, once for each of the two. */
export const forBranches = (job: Job) =>
  BRANCHES.map((branch) => ({
    ...job,
    branch,
    name: placeOf(branch),
    variables: {
      ...job.variables,
      BRANCH_HASH: branch.hash,
      STACK_NAME: told(job, "STACK_PREFIX") + branch.hash,
    },
  }));

/** Where a pipeline deploys to: an environment, or in the place of one a branch. */
export interface Target extends Environment {
  readonly branch?: Branch;
}

export const targetsOf = ({ name, jobs, environments }: Pipeline): Target[] => [
  ...environments,
  ...jobs
    .filter(({ kind }) => kind === "branch-deploy")
    .flatMap(forBranches)
    .map((each) => ({ ...each, pipeline: name })),
];
