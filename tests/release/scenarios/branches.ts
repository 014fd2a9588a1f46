/** The system with environments for branches: one function, its branches in an account of their own, two at most. */
import { broughtUp } from "../../programs";
import { all, codecommit } from "../../stacks/together.case";
import { CONNECTION, environments, tooling, type Values } from "../../stacks/settingsSample";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { ZIP } from "./zip";

export const DEV = "444444444444";

/** `source`: of CodeCommit where nothing else is said. */
export const branchesRecord = (source: Values = {}): Promise<Rehearsed> =>
  broughtUp(
    all(
      tooling({
        environments: environments(`dev@${DEV}`, "test"),
        pipelines: [
          codecommit("catalog", {
            ...ZIP,
            ...source,
            environments: ["test"],
            branches: { include: ["feature/*"], environment: "dev", max: 2, expireAfterDays: 7 },
          }),
        ],
      }),
    ).files,
  );

/** A repository that CodePipeline is told of by a webhook. */
export const CONNECTED: Values = {
  source: { connection: CONNECTION, repository: "acme/shop", branch: "main" },
};
