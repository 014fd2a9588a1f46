/** What must hold between settings: pure functions from settings as written to a list of problems. */
import { ARTIFACT_PREFIX_LENGTH, artifactPrefix } from "../components/names";
import { isMap, line, maps, valid } from "./settingsProblems";
import {
  account,
  environmentName,
  pipelineName,
  prefix,
  projectName,
  roleNames,
  workloadLengths,
} from "./settingsNames";
import { type Listed, repeatedEnvironments, stages, unknownEnvironments, wavesOf } from "./settingsWaves";

/** An environment with what of it has the right form: one bad value must not hide problems of others. */
interface Environment {
  readonly key: string;
  readonly written: unknown;
  readonly name?: string | undefined;
  readonly account?: string | undefined;
  readonly approved: boolean;
}

/** A pipeline, likewise. */
interface Pipeline {
  readonly key: string;
  readonly name?: string | undefined;
  readonly prefix?: string | undefined;
  /** The setting that the prefix comes from. */
  readonly prefixKey: string;
  /** Names in the pipeline's own list or, if it has none, in the stack's. */
  readonly environments: readonly string[];
  /** The same as they are released; those of the stack one by one. */
  readonly waves: readonly (readonly Listed[])[];
  /** The CodeCommit repository that it creates. */
  readonly creates?: string | undefined;
}

/** What the rules are about. */
export interface Draft {
  readonly project: string;
  readonly environments: readonly Environment[];
  readonly pipelines: readonly Pipeline[];
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

function draft(project: string, written: Readonly<Record<string, unknown>>): Draft {
  const environments = maps(written["environments"]).map((one, i) => ({
    key: `environments[${i}]`,
    written: one["name"],
    name: valid(environmentName, one["name"]),
    account: valid(account, one["account"]),
    approved: one["approval"] !== undefined && one["approval"] !== false,
  }));
  const all = texts(environments.map((environment) => environment.written));
  const pipelines = maps(written["pipelines"]).map((one, i) => {
    const name = valid(pipelineName, one["name"]);
    const waves = wavesOf(one["environments"] ?? all, `pipelines[${i}].environments`);
    const ownPrefix = one["prefix"] !== undefined;
    const source = isMap(one["source"]) ? one["source"] : {};
    const repository = source["create"] === false ? undefined : source["codecommit"];
    return {
      key: `pipelines[${i}]`,
      name,
      prefix: ownPrefix ? valid(prefix, one["prefix"]) : name,
      prefixKey: `pipelines[${i}].${ownPrefix ? "prefix" : "name"}`,
      environments: texts(waves.flat().map(({ written }) => written)),
      waves,
      creates: typeof repository === "string" ? repository : undefined,
    };
  });
  return { project, environments, pipelines };
}

/** What there is to say of each item whose value an earlier one has already. */
function repeated<T>(
  items: readonly T[],
  valueOf: (item: T) => unknown,
  report: (item: T, earlier: T) => string[],
): string[] {
  return items.flatMap((item, i) => {
    const value = valueOf(item);
    const earlier = value !== undefined && items.slice(0, i).find((other) => valueOf(other) === value);
    return earlier ? report(item, earlier) : [];
  });
}

const sameName = (item: Environment | Pipeline, earlier: Environment | Pipeline): string[] => [
  line(`${item.key}.name`, item.name, `${earlier.key} has this name: choose another`),
];

function environmentNames({ environments }: Draft): string[] {
  const within = environments.flatMap((one) =>
    environments
      .filter((other) => one.account !== undefined && other.account === one.account)
      .filter((other) => other.name !== undefined && one.name?.startsWith(`${other.name}-`))
      .map((other) =>
        line(
          `${one.key}.name`,
          one.name,
          `it begins like ${other.name}, which has the same account, and permissions go by what names begin with: ` +
            "choose another name or another account",
        ),
      ),
  );
  return [...repeated(environments, ({ name }) => name, sameName), ...within];
}

function pipelineNames({ pipelines }: Draft): string[] {
  const samePrefix = (item: Pipeline, earlier: Pipeline) =>
    item.prefixKey === `${item.key}.name` && item.name === earlier.name
      ? [] // it is only the name that is repeated
      : [
          line(
            item.prefixKey,
            item.prefix,
            `${earlier.key} has this prefix: set another as ${item.key}.prefix`,
          ),
        ];
  const cut = (name: string) => artifactPrefix({ name, prefix: name });
  const sameArtifacts = ({ key, name = "" }: Pipeline, earlier: Pipeline) =>
    name === earlier.name
      ? []
      : [
          line(
            `${key}.name`,
            name,
            `it has its first ${ARTIFACT_PREFIX_LENGTH} characters in common with ${earlier.key}, and CodePipeline ` +
              `would put the artifacts of both under ${cut(name)}: choose a name that differs earlier`,
          ),
        ];
  return [
    ...repeated(pipelines, ({ name }) => name, sameName),
    ...repeated(pipelines, ({ prefix }) => prefix, samePrefix),
    ...repeated(pipelines, ({ name }) => name && cut(name), sameArtifacts),
  ];
}

function pipelineEnvironments({ environments, pipelines }: Draft): string[] {
  const known = [...new Set(texts(environments.map(({ written }) => written)))];
  if (known.length === 0) return []; // that is the problem, not what pipelines say
  return [...unknownEnvironments(pipelines, known), ...repeatedEnvironments(pipelines)];
}

const allStages = ({ environments, pipelines }: Draft): string[] =>
  stages(pipelines, texts(environments.filter(({ approved }) => approved).map(({ written }) => written)));

function repositories({ pipelines }: Draft): string[] {
  return repeated(
    pipelines,
    ({ creates }) => creates,
    ({ key, creates }, earlier) => [
      line(
        `${key}.source.codecommit`,
        creates,
        `${earlier.key} creates this repository: set create: false here`,
      ),
    ],
  );
}

/** Everything that does not hold between the settings of a tooling stack, whatever else is wrong with them. */
export function ruleProblems(project: string, written: Readonly<Record<string, unknown>>): string[] {
  const settings = draft(project, written);
  return [
    projectName,
    environmentNames,
    pipelineNames,
    pipelineEnvironments,
    workloadLengths,
    roleNames,
    allStages,
    repositories,
  ].flatMap((rule) => rule(settings));
}
