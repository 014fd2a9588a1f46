/** From the text that Pulumi delivers to settings or to everything that is wrong with it. Pure. */
import type { z } from "zod";
import { waveName } from "../../components/names";
import type {
  Environment,
  EnvironmentSettings,
  Pipeline,
  ReleasedEnvironment,
  ProviderSettings,
  Settings,
  StackConfig,
  ToolingSettings,
} from "./model";
import { line, shapeProblems, valid } from "./problems";
import { environmentName, previewNameForms } from "./names";
import { approval, type Entry } from "./pipeline";
import { previewProblems } from "./previews";
import { arnProblems, region } from "./regions";
import { ruleProblems } from "./rules";
import { aws, shapes } from "./stack";

/** Settings, unless there are problems: then one line for each, in a fixed order. */
export type Reading =
  | { readonly settings: Settings; readonly problems?: undefined }
  | { readonly settings?: undefined; readonly problems: readonly string[] };

/** Keys whose value is text whatever it looks like; every other arrives as JSON. */
const TEXTS = ["kind", "account", "environment", "tooling", "image", "region", "profile"];
/** Pulumi.yaml gives every key a default, which arrives in every stack: what is written here means unset. */
const UNSET = ["", "[]", "{}"];
const DEFAULTS: Readonly<Record<string, string>> = { logRetentionInDays: "365", deletable: "false" };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // its shape is reported
  }
}

/** What is set in one namespace, by key without the namespace. A key that is not known is never unset. */
function namespace(
  name: string,
  known: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const own = Object.entries(config).flatMap(([key, value]): [string, string][] =>
    key.startsWith(`${name}:`) ? [[key.slice(name.length + 1), value]] : [],
  );
  const unset = ([key, value]: [string, string]) =>
    Object.hasOwn(known, key) && (UNSET.includes(value) || DEFAULTS[key] === value);
  return Object.fromEntries(
    own
      .filter((entry) => !unset(entry))
      .map(([key, value]) => [key, TEXTS.includes(key) ? value : parsed(value)]),
  );
}

type Written<K extends keyof typeof shapes> = z.output<(typeof shapes)[K]>;

/** The environments of a wave, or the one that is released alone, as a pipeline changes them; `named` is the wave's name. */
function releasedTogether(
  wave: readonly Entry[],
  named: string,
  all: readonly Environment[],
): ReleasedEnvironment[] {
  return wave.flatMap(({ name, approval: own, verify }) =>
    all
      .filter((environment) => environment.name === name)
      .map(({ approval: listed, ...environment }): ReleasedEnvironment => {
        const asked = own === true ? (listed ?? approval.parse({})) : own;
        const approved = asked ?? listed;
        return {
          ...environment,
          ...(approved !== false && approved !== undefined && { approval: approved }),
          ...(verify !== undefined && { verify }),
          ...(wave.length > 1 && { wave: named }),
        };
      }),
  );
}

/** Waves are counted by themselves, so that environments that are released alone come and go without renaming stages. */
const waveNumber = (listed: readonly (readonly Entry[])[], at: number): number =>
  listed.slice(0, at + 1).filter(({ length }) => length > 1).length;

function toolingSettings(
  { project, stack }: StackConfig,
  provider: ProviderSettings,
  { account, pipelines, ...others }: Written<"tooling">,
): ToolingSettings {
  const resolve = ({
    name,
    prefix,
    template,
    environments: own,
    ...rest
  }: (typeof pipelines)[number]): Pipeline => ({
    id: { name, prefix: prefix ?? name },
    template: template ?? "template.yaml",
    environments: own
      ? own.flatMap((wave, i) => releasedTogether(wave, waveName(waveNumber(own, i)), others.environments))
      : others.environments,
    ...rest,
  });
  const scope = { project, region: provider.region, toolingAccount: account, path: others.iam.path };
  return { ...others, kind: "tooling", scope, stack, provider, pipelines: pipelines.map(resolve) };
}

function environmentSettings(
  { organization, project, stack }: StackConfig,
  provider: ProviderSettings,
  written: Written<"environment">,
): EnvironmentSettings {
  return {
    kind: "environment",
    project,
    stack,
    provider,
    environment: written.environment ?? stack,
    tooling: written.tooling ?? `${organization}/${project}/tooling`,
    ...(written.iam && { iam: written.iam }),
    ...(written.previews && { previews: written.previews }),
    deletable: written.deletable,
  };
}

/** Problems that only one kind of stack can have, beyond the shape of each setting. */
function furtherProblems(
  { project, stack }: StackConfig,
  kind: keyof typeof shapes,
  written: Readonly<Record<string, unknown>>,
  inRegion: string | undefined,
): string[] {
  if (kind !== "environment") return ruleProblems(project, written, inRegion);
  const own = written["environment"];
  if (own === undefined && valid(environmentName, stack) === undefined) {
    const text = `the stack's name, ${stack}, can't be its default: name the environment`;
    return [line("environment", undefined, text)];
  }
  const name = valid(environmentName, own ?? stack);
  const { tooling } = written;
  const [, of = project] = typeof tooling === "string" ? tooling.split("/") : []; // names begin with tooling's project
  return name === undefined || written["previews"] === undefined ? [] : previewNameForms(of, name);
}

/** Reads a stack's whole configuration. */
export function readSettings(from: StackConfig): Reading {
  const written = namespace(from.project, shapes.undecided.shape, from.config);
  const kind = valid(shapes.undecided.shape.kind, written["kind"]) ?? "undecided";
  const awsKeys = namespace("aws", aws.shape, from.config);
  const inRegion = valid(region, awsKeys["region"]);
  const problems = [
    ...shapeProblems(aws, awsKeys, "aws:"),
    ...shapeProblems(shapes[kind], written),
    ...furtherProblems(from, kind, written, inRegion),
    ...(inRegion === undefined
      ? []
      : arnProblems({ ...written, "aws:assumeRoles": awsKeys["assumeRoles"] }, inRegion)),
    ...previewProblems(written, awsKeys),
  ];
  if (problems.length > 0 || kind === "undecided") return { problems: [...new Set(problems)] };
  const { defaultTags, ...passedOn } = aws.parse(awsKeys);
  const provider = (account: string) => ({ ...passedOn, account, defaultTags: defaultTags.tags });
  if (kind === "tooling") {
    const settings = shapes.tooling.parse(written);
    return { settings: toolingSettings(from, provider(settings.account), settings) };
  }
  const settings = shapes.environment.parse(written);
  return { settings: environmentSettings(from, provider(settings.account), settings) };
}
