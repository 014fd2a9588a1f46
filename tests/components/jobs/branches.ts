import { createHash } from "node:crypto";
import { folderWith } from "../../folders";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import type { Result } from "./harness";
import { run } from "./harness";
import { BUILDSPECS, judgeVariables, releaseFolder } from "./inputs";
import { REPOSITORY_URI, SITE } from "./kinds";
import { liveStack, type Stack } from "./stack";
import { BUCKET, COMMIT_ID, DIGEST, emptyWorld, EXECUTION_ID, type World } from "./world";

/** The jobs of branches, and a world in which they have work to do. */

export const BRANCH_ROLE = "arn:aws:iam::222222222222:role/delivery-catalog--br-deploy";
const DAY = 86_400;

export const hashOf = (branch: string): string =>
  createHash("sha256").update(`refs/heads/${branch}`).digest("hex").slice(0, 8);
export const stackOf = (branch: string): string => `catalog--br-${hashOf(branch)}`;
const keyOf = (branch: string): string => `${BUCKET}/kept/catalog--br/${hashOf(branch)}`;

export interface Entry {
  ref: string;
  stackName: string;
  /** What it was last registered with. */
  commit?: string;
  /** Its place among the rules of the listener. */
  priority?: string;
  deployedAt: number;
}
/** What the registry says of a branch; undefined when it is not in it. */
export function entryOf({ objects }: World, branch: string): Entry | undefined {
  const contents = objects.get(keyOf(branch));
  return contents && (JSON.parse(contents.toString()) as Entry);
}
/** An entry as Register writes it, so many days ago. */
export const entry = (branch: string, daysAgo = 0, more: Partial<Entry> = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      ref: `refs/heads/${branch}`,
      stackName: stackOf(branch),
      deployedAt: Math.floor(Date.now() / 1000) - daysAgo * DAY,
      ...more,
    }),
  );
export function register(world: World, branch: string, daysAgo = 0, more: Partial<Entry> = {}): void {
  world.objects.set(keyOf(branch), entry(branch, daysAgo, more));
}
/** A branch's stack as it is once it was deployed. */
export const branchStack = (
  branch: string,
  status = "UPDATE_COMPLETE",
  changes: Partial<Stack> = {},
): Stack => liveStack(status, { name: stackOf(branch), protected: false, ...changes });

/** A world in which nothing of any branch was ever deployed, and this run is of that branch. */
export const branchWorld = (branch = "-", changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  pipeline: "catalog--br",
  roles: { [BRANCH_ROLE]: { kind: "branch", account: "222222222222", up: true } },
  executions: { [EXECUTION_ID]: { type: "STANDARD", status: "InProgress", variables: { BRANCH: branch } } },
  branches: [],
  ...changes,
});

const common = { PIPELINE: "catalog--br", ARTIFACT_BUCKET: BUCKET, STACK_PREFIX: "catalog--br-" };
export const registerVariables: Readonly<Record<string, string>> = {
  ...common,
  SOURCE: "codecommit",
  INCLUDE: '["feature/*","fix"]',
  MAIN_BRANCH: "main",
  MAX_BRANCHES: "2",
  DIRECTORY: "app",
  PACKAGING: "zip",
};
export const branchReleaseVariables: Readonly<Record<string, string>> = {
  ...common,
  ENVIRONMENT: "br",
  PULUMI_STACK: "test",
  ENVIRONMENT_ACCOUNT: "222222222222",
  REPOSITORY_NAME: "catalog",
  REPOSITORY_URI,
  SCAN_THRESHOLD: "HIGH",
  PLAN_ROLE_ARN: BRANCH_ROLE,
  DEPLOY_ROLE_ARN: BRANCH_ROLE,
  PARAMETERS: JSON.stringify({ ...lambdaContainer.parameters(SITE), ...lambdaContainer.rollbackParameters }),
  ROLLBACK_PARAMETERS: "{}",
  ...judgeVariables(lambdaContainer),
  APPROVAL: "false",
};
export const branchCleanupVariables: Readonly<Record<string, string>> = {
  ...common,
  DEPLOY_ROLE_ARN: BRANCH_ROLE,
  PULUMI_STACK: "test",
  EXPIRE_AFTER_DAYS: "7",
  REPOSITORY: "shop",
};

export const registerBranch = (
  world: World,
  variables: Record<string, string> = {},
  source = folderWith({}),
): Promise<Result> =>
  run(BUILDSPECS["branch-register"], source, { ...registerVariables, EXECUTION_ID, ...variables }, world);

/** Deploys a release that is as Build made it. */
export function deployBranch(
  world: World,
  branch: string,
  variables: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<Result> {
  const { folder, sha256 } = releaseFolder({
    "parameters/br.json": '[{"ParameterKey":"Size","ParameterValue":"1"}]',
    ...files,
  });
  const handedOver = { COMMIT_ID, CODE_DIGEST: DIGEST, RELEASE_SHA256: sha256 };
  const found = { BRANCH_HASH: hashOf(branch), BRANCH_LABEL: "feature/one" };
  return run(
    BUILDSPECS["branch-deploy"],
    folder,
    { ...branchReleaseVariables, EXECUTION_ID, ...handedOver, ...found, ...variables },
    world,
  );
}

export const cleanUpBranches = (world: World, variables: Record<string, string> = {}): Promise<Result> =>
  run(BUILDSPECS["branch-cleanup"], folderWith({}), { ...branchCleanupVariables, ...variables }, world);

/** The calls, without those that only take a session. */
export const work = ({ calls }: Result): string[] => calls.filter((call) => call !== "aws - sts assume-role");

/** Branches with a stack each, last deployed so many days ago; those named are in CodeCommit. */
export function worldOf(registered: Readonly<Record<string, number>>, there: readonly string[] = []): World {
  const world = branchWorld("-", {
    branches: there,
    stacks: Object.keys(registered).map((branch) => branchStack(branch)),
  });
  for (const [branch, daysAgo] of Object.entries(registered)) register(world, branch, daysAgo);
  return world;
}
export const statusOf = ({ stacks }: World, branch: string): string | undefined =>
  stacks.find(({ name }) => name === stackOf(branch))?.status;
