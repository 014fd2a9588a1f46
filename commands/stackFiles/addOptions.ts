/** What the command line of `npm run add` asks for. */
import { commandLine } from "../../rehearsal/bringUp/commandLine";
import { sourceOf } from "../init/options";
import { Refusal } from "../refusal";
import type { NewEnvironment } from "./environments";
import type { NewPipeline } from "./pipelines";

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const OF_ENVIRONMENT = ["account", "before", "approval", "email", "profile", "region"] as const;

/** As it is written; which options say something of which kind is checkOptions's. */
export function addOptions(args: string[]) {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      ...{ account: text, before: text, profile: text, region: text, approval: flag },
      email: { type: "string", multiple: true, default: [] as string[] },
      ...{ codecommit: text, github: text, connection: text, repository: text, branch: text },
      ...{ workload: text, directory: text, template: text, help: flag },
    },
  });
  return { values, positionals };
}

export type AddValues = ReturnType<typeof addOptions>["values"];

/** Refuses options that say nothing of this kind. */
export function checkOptions(kind: "environment" | "pipeline", values: AddValues): void {
  const given = Object.entries(values)
    .filter(([, value]) => value !== false && (!Array.isArray(value) || value.length > 0))
    .map(([key]) => key);
  const stray = given.find((key) => OF_ENVIRONMENT.some((each) => each === key) !== (kind === "environment"));
  if (stray !== undefined)
    throw new Refusal(`--${stray} is no option of a new ${kind}: npm run add -- --help shows the options`);
}

export const environmentOf = (
  name: string,
  account: string,
  { before, profile, region, approval, email }: AddValues,
): NewEnvironment => ({
  ...{ name, account },
  ...((approval || email.length > 0) && { approval: email }),
  ...(profile !== undefined && { profile }),
  ...(region !== undefined && { region }),
  ...(before !== undefined && { before }),
});

export function pipelineOf(name: string, values: AddValues): NewPipeline {
  const { workload, directory, template } = values;
  const source = sourceOf(values);
  if (source === undefined)
    throw new Refusal("name the source: --codecommit, --github, or --connection with --repository");
  return {
    ...{ name, source },
    ...(workload !== undefined && { workload }),
    ...(directory !== undefined && { directory }),
    ...(template !== undefined && { template }),
  };
}
