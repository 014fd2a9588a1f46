/** The system with environments for branches: one function, its branches in an account of their own, two at most. */
import { broughtUp } from "../../programs";
import { all, codecommit } from "../../stacks/together.case";
import { environments, tooling } from "../../stacks/settingsSample";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { ZIP } from "./zip";

export const DEV = "444444444444";

export const branchesRecord = (): Promise<Rehearsed> =>
  broughtUp(
    all(
      tooling({
        environments: environments(`dev@${DEV}`, "test"),
        pipelines: [
          codecommit("catalog", {
            ...ZIP,
            environments: ["test"],
            branches: { include: ["feature/*"], environment: "dev", max: 2, expireAfterDays: 7 },
          }),
        ],
      }),
    ).files,
  );
