/** The system with environments for branches: one service, its branches in an account of their own, two at most. */
import assert from "node:assert/strict";
import { broughtUp } from "../../programs";
import { all, codecommit } from "../../stacks/together.case";
import { CONNECTION, environments, tooling, type Values } from "../../stacks/settingsSample";
import type { Rehearsed } from "../../../rehearsal/record/record";
import type { Execution } from "../codepipeline/state";
import type { Scenario } from "./scenario";
import { ZIP } from "./zip";

export const DEV = "444444444444";

/** `source`: of CodeCommit where nothing else is said; `kind`: a function in a zip. */
export const branchesRecord = (
  source: Values = {},
  kind: Values = ZIP,
  environment: Values = {},
  branches: Values = {},
): Promise<Rehearsed> =>
  broughtUp(
    all(
      tooling({
        environments: environments(`dev@${DEV}`, "test").map((each) => ({ ...each, ...environment })),
        pipelines: [
          codecommit("catalog", {
            ...kind,
            ...source,
            environments: ["test"],
            branches: { include: ["feature/*"], environment: "dev", max: 2, expireAfterDays: 7, ...branches },
          }),
        ],
      }),
    ).files,
  );

/** A repository that CodePipeline is told of by a webhook. */
export const CONNECTED: Values = {
  source: { connection: CONNECTION, repository: "acme/shop", branch: "main" },
};

/** The pipeline of its branches. */
export const branchesOf = ({ name }: Scenario): string => `${name}--br`;

/** What a run of a branch does that is released. */
export const RELEASED = [
  "Source/Source Succeeded",
  "Register/Register Succeeded",
  "Build/Build Succeeded",
  "Deploy/Deploy Succeeded",
  "Deploy/Verify Succeeded",
];

/** The stack of a run's branch. */
export function stackOf(it: Scenario, execution: Execution): string {
  const branches = branchesOf(it);
  const { outputVariables } = it.pipeline(branches).latest("Register", "Register", execution) ?? {};
  assert.match(outputVariables?.["BRANCH_HASH"] ?? "", /^[0-9a-f]{8}$/);
  return `${branches}-${outputVariables?.["BRANCH_HASH"]}`;
}

/** Its place among the rules of the listener. */
export const placeOf = (it: Scenario, execution: Execution): string | undefined =>
  it.pipeline(branchesOf(it)).latest("Register", "Register", execution)?.outputVariables?.["BRANCH_PRIORITY"];
