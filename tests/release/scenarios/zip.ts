/** The system that most scenarios are of: one function in a zip, through test, and through prod with an approval. */
import { broughtUp } from "../../programs";
import { all, approval, codecommit } from "../../stacks/together.case";
import { environments, tooling } from "../../stacks/settingsSample";
import type { Rehearsed } from "../../../rehearsal/record/record";

export const TEST = "222222222222";
export const PROD = "333333333333";

export const ZIP = { workload: "lambda-zip", directory: "app", template: "lambda-zip/template.yaml" };

/** `pipeline`: further settings of it. */
export const zipFiles = (pipeline: object = {}) =>
  all(
    tooling({
      environments: environments("test", "prod@333333333333").map((each) =>
        each.name === "prod" ? { ...each, approval } : each,
      ),
      pipelines: [codecommit("catalog", { ...ZIP, ...pipeline })],
    }),
  ).files;

export const zipRecord = (pipeline: object = {}): Promise<Rehearsed> => broughtUp(zipFiles(pipeline));
