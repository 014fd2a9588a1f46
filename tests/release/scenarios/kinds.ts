/** The kinds of workload that have no file of scenarios of their own, each through test, and through prod with an approval. */
import { broughtUp } from "../../programs";
import { all, approval, codecommit } from "../../stacks/together.case";
import { environments, tooling, type Values } from "../../stacks/settingsSample";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { installOsls } from "../system/osls";
import { OUT } from "../system/folders";

export interface Kind {
  readonly title: string;
  /** Of the pipeline, and of its stacks' beginning. */
  readonly name: string;
  readonly settings: Values;
}

export const KINDS: readonly Kind[] = [
  {
    title: "a function of an image",
    name: "image",
    settings: { workload: "lambda-container", template: "template.yaml" },
  },
  {
    title: "a service on ECS",
    name: "web",
    settings: { workload: "ecs-service", template: "ecs-service/template.yaml" },
  },
  {
    title: "a service of the Serverless Framework",
    name: "framework",
    settings: { workload: "serverless" },
  },
];

/** A system of these kinds, all of them from one folder of one repository. */
export function recordOf(kinds: readonly Kind[]): Promise<Rehearsed> {
  if (kinds.some(({ settings }) => settings["workload"] === "serverless")) installOsls(OUT);
  return broughtUp(
    all(
      tooling({
        environments: environments("test", "prod@333333333333").map((each) => ({
          ...each,
          ...(kinds.some(({ settings }) => settings["workload"] === "ecs-service") && { platform: true }),
          ...(each.name === "prod" && { approval }),
        })),
        pipelines: kinds.map(({ name, settings }, index) =>
          codecommit(name, {
            directory: "app",
            source: { codecommit: "shop", create: index === 0 },
            ...settings,
          }),
        ),
      }),
    ).files,
  );
}
