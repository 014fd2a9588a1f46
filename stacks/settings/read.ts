/** From the text that Pulumi delivers to settings or to everything that is wrong with it. Pure. */
import { z } from "zod";
import { waveName } from "../../components/names";
import type {
  Environment,
  EnvironmentSettings,
  NonEmpty,
  Pipeline,
  ReleasedEnvironment,
  ProviderSettings,
  Settings,
  StackConfig,
  ToolingSettings,
} from "./model";
import type { OwnersFunction, OwnersService } from "../../components/stage";
import { WORKLOADS } from "../../components/workloads/list";
import type { Workload } from "../../components/workloads/workload";
import { boundaryProblems } from "../boundaries";
import { ownPolicyProblems } from "../ownPolicies";
import { approvalTerms } from "./approval";
import { environmentName } from "./names";
import { previewNameForms, pullRequestNameForms } from "./nameRules";
import { inEnvironment, missingIn, type Written as WrittenOwned } from "./owned";
import { OWNED } from "./ownedRules";
import { isMap, line, shapeProblems, valid } from "./problems";
import { previewProblems, previewRegionProblems } from "./previews";
import { arnProblems } from "./regionRules";
import { ruleProblems } from "./rules";
import { selfUpdateRoleProblems } from "./selfUpdateRules";
import { aws, awsOfEnvironment, shapes } from "./stack";

/** Settings, unless there are problems: then one line for each, in a fixed order. */
export type Reading =
  | { readonly settings: Settings; readonly problems?: undefined }
  | { readonly settings?: undefined; readonly problems: readonly string[] };

/** Pulumi.yaml gives every key a default, which arrives in every stack: what is written here means unset. */
const UNSET = ["", "[]", "{}"];

type Shape = Readonly<Record<string, z.ZodType>>;

/** What a key holds below what says that it may be unset, and its default as Pulumi delivers it. */
function inner(schema: z.core.$ZodType): { readonly type: string; readonly unset?: string } {
  if (schema instanceof z.ZodDefault) {
    return { ...inner(schema.def.innerType), unset: JSON.stringify(schema.def.defaultValue) };
  }
  return schema instanceof z.ZodOptional ? inner(schema.def.innerType) : schema._zod.def;
}

/** Whether the value is text whatever it looks like; every other arrives as JSON. */
const isText = (schema: z.ZodType | undefined): boolean =>
  schema !== undefined && ["string", "enum"].includes(inner(schema).type);

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
  shape: Shape,
  config: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const known = new Map(Object.entries(shape));
  return Object.fromEntries(
    Object.entries(config).flatMap(([full, value]): [string, unknown][] => {
      if (!full.startsWith(`${name}:`)) return [];
      const key = full.slice(name.length + 1);
      const schema = known.get(key);
      if (schema && (UNSET.includes(value) || inner(schema).unset === value)) return [];
      return [[key, isText(schema) ? value : parsed(value)]];
    }),
  );
}

type Written<K extends keyof typeof shapes> = z.output<(typeof shapes)[K]>;
type WrittenPipeline = Written<"tooling">["pipelines"][number];
/** One entry of a pipeline's own list: what is released together. */
type Wave = NonNullable<WrittenPipeline["environments"]>[number];
/** What a pipeline says of what others own, by the two keys, and how its workload is. */
type OfPipeline = Pick<WrittenPipeline, "function" | "service"> & Pick<Workload, "codeAlone" | "packaging">;

/** What code alone is released to in an environment, once settings are right; nothing where the pipeline has stacks of its own. */
function ownedIn(
  environment: string,
  { codeAlone: kind, packaging, ...ofPipeline }: OfPipeline,
  its: Pick<WrittenPipeline, "function" | "service">,
): Pick<ReleasedEnvironment, "ownersFunction" | "ownersService"> {
  if (kind === undefined) return {};
  const found: WrittenOwned = inEnvironment(OWNED[kind], environment, ofPipeline[kind], its[kind]);
  if (missingIn(OWNED[kind], found, packaging).length > 0)
    throw new Error(`a ${kind} is not whole: ownedRules.ts refuses that`);
  return kind === "function"
    ? { ownersFunction: found as unknown as OwnersFunction }
    : { ownersService: found as unknown as OwnersService };
}

/**
 * The environments of a wave, or the one that is released alone, as a pipeline changes them; `named` is the wave's name, and
 * `ofPipeline` what it says of what others own, and how its workload is.
 */
function releasedTogether(
  wave: Wave,
  named: string,
  all: readonly Environment[],
  ofPipeline: OfPipeline,
): ReleasedEnvironment[] {
  return wave.flatMap(({ name, approval: own, verify, ...its }) =>
    all
      .filter((environment) => environment.name === name)
      .map(({ approval: listed, ...environment }): ReleasedEnvironment => {
        const asked = own === true ? (listed ?? approvalTerms.parse({})) : own;
        const approved = asked ?? listed;
        return {
          ...environment,
          ...(approved !== false && approved !== undefined && { approval: approved }),
          ...(verify !== undefined && { verify }),
          ...(wave.length > 1 && { wave: named }),
          ...ownedIn(name, ofPipeline, its),
        };
      }),
  );
}

/** Waves are counted by themselves, so that environments that are released alone come and go without renaming stages. */
const waveNumber = (listed: readonly Wave[], at: number): number =>
  listed.slice(0, at + 1).filter(({ length }) => length > 1).length;

/** A pipeline's environments, in the order of its own list or else of the stack's. */
function released(
  own: readonly Wave[] | undefined,
  all: NonEmpty<Environment>,
  ofPipeline: OfPipeline,
): NonEmpty<ReleasedEnvironment> {
  const waves = own ?? all.map(({ name }): Wave => [{ name }]);
  const [first, ...others] = waves.flatMap((wave, i) =>
    releasedTogether(wave, waveName(waveNumber(waves, i)), all, ofPipeline),
  );
  if (first === undefined)
    throw new Error("a pipeline's own list names no environment: rules.ts refuses that");
  return [first, ...others];
}

function toolingSettings(
  { project, stack }: Omit<StackConfig, "config">,
  provider: ProviderSettings,
  { account, pipelines, environments, ...others }: Written<"tooling">,
): ToolingSettings {
  // To name tooling's own Region is to name none.
  const placed = ({ region, ...environment }: Environment): Environment => ({
    ...environment,
    ...(region !== undefined && region !== provider.region && { region }),
  });
  const [first, ...further] = environments;
  const all: [Environment, ...Environment[]] = [placed(first), ...further.map(placed)];
  const resolve = ({
    name,
    prefix,
    environments,
    function: ofFunction,
    service,
    ...rest
  }: WrittenPipeline): Pipeline => {
    const { codeAlone, packaging }: Workload = WORKLOADS[rest.workload];
    return {
      id: { name, prefix: prefix ?? name },
      environments: released(environments, all, {
        ...(ofFunction && { function: ofFunction }),
        ...(service && { service }),
        ...(codeAlone && { codeAlone }),
        packaging,
      }),
      ...rest,
    };
  };
  const scope = { project, region: provider.region, toolingAccount: account, path: others.iam.path };
  return {
    ...{ ...others, kind: "tooling", scope, stack, provider },
    environments: all,
    pipelines: pipelines.map(resolve),
  };
}

/** `delivery` of `acme/delivery/tooling`. */
const projectOf = (fullName: string): string => fullName.replace(/^[^/]*\/|\/[^/]*$/g, "");

function environmentSettings(
  { organization, project, stack }: Omit<StackConfig, "config">,
  provider: ProviderSettings,
  written: Written<"environment">,
): EnvironmentSettings {
  const { iam, previews, deletable, environment = stack } = written;
  const { tooling = `${organization}/${project}/tooling` } = written;
  return {
    kind: "environment",
    ...{ project, stack, provider, environment, tooling, toolingProject: projectOf(tooling), deletable },
    ...(iam && { iam }),
    ...(previews && { previews }),
  };
}

/** What tooling's jobs of pull requests in CodeCommit would be called. */
function pullRequestProblems(project: string, { previews }: Readonly<Record<string, unknown>>): string[] {
  const repository = isMap(previews) ? previews["codecommit"] : undefined;
  return typeof repository === "string" ? pullRequestNameForms(project, repository) : [];
}

/** Problems that only one kind of stack can have, beyond the shape of each setting. */
function furtherProblems(
  { project, stack }: Omit<StackConfig, "config">,
  kind: keyof typeof shapes,
  written: Readonly<Record<string, unknown>>,
  inRegion: string | undefined,
): string[] {
  if (kind !== "environment")
    return [...ruleProblems(project, written, inRegion), ...pullRequestProblems(project, written)];
  const own = written["environment"];
  if (own === undefined && valid(environmentName, stack) === undefined) {
    const text = `the stack's name, ${stack}, can't be its default: name the environment`;
    return [line("environment", undefined, text)];
  }
  const name = valid(environmentName, own ?? stack);
  const tooling = valid(shapes.environment.shape.tooling, written["tooling"]);
  const of = tooling === undefined ? project : projectOf(tooling); // names begin with tooling's project
  return name === undefined || written["previews"] === undefined ? [] : previewNameForms(of, name);
}

/** Reads a stack's whole configuration. */
export const readSettings = (from: StackConfig): Reading =>
  readWritten(
    from,
    namespace(from.project, shapes.undecided.shape, from.config),
    namespace("aws", aws.shape, from.config),
  );

/** Reads the same from values: the project's own keys, and those of the `aws:` namespace. */
export function readWritten(
  from: Omit<StackConfig, "config">,
  written: Readonly<Record<string, unknown>>,
  awsKeys: Readonly<Record<string, unknown>>,
): Reading {
  const kind = valid(shapes.undecided.shape.kind, written["kind"]) ?? "undecided";
  const awsShape = kind === "environment" ? awsOfEnvironment : aws;
  const inRegion = valid(awsShape.shape.region, awsKeys["region"]);
  const problems = [
    ...shapeProblems(awsShape, awsKeys, "aws:"),
    ...shapeProblems(shapes[kind], written),
    ...furtherProblems(from, kind, written, inRegion),
    ...(inRegion === undefined
      ? []
      : arnProblems({ ...written, "aws:assumeRoles": awsKeys["assumeRoles"] }, inRegion)),
    ...previewProblems(written, awsKeys),
    ...selfUpdateRoleProblems(written, awsKeys),
    ...previewRegionProblems(written, inRegion),
  ];
  if (problems.length > 0 || kind === "undecided") return { problems: [...new Set(problems)] };
  const { defaultTags, ...passedOn } = awsShape.parse(awsKeys);
  const provider = (account: string) => ({ ...passedOn, account, defaultTags: defaultTags.tags });
  if (kind === "tooling") {
    const tooling = shapes.tooling.parse(written);
    const settings = toolingSettings(from, provider(tooling.account), tooling);
    // Of settings that are right otherwise: its length depends on all of them.
    const tooLong = [...boundaryProblems(settings), ...ownPolicyProblems(settings)];
    return tooLong.length > 0 ? { problems: tooLong } : { settings };
  }
  const settings = shapes.environment.parse(written);
  return { settings: environmentSettings(from, provider(settings.account), settings) };
}
