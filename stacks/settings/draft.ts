/** Settings as written, as far as they have the right form: what the rules between them are about. Pure. */
import type { WorkloadKind } from "../../components/workloads/list";
import { account, environmentName, pipelineName, prefix } from "./names";
import { workloadKind } from "./pipeline";
import { isMap, maps, valid } from "./problems";
import { type Listed, wavesOf } from "./waves";

/** An environment with what of it has the right form: one bad value must not hide problems of others. */
export interface Environment {
  readonly key: string;
  readonly written: unknown;
  readonly name?: string | undefined;
  readonly account?: string | undefined;
  readonly approved: boolean;
  /** Whether it has any. */
  readonly readers: boolean;
  /** As written. */
  readonly platform: unknown;
}

/** A pipeline, likewise. */
export interface Pipeline {
  readonly key: string;
  readonly name?: string | undefined;
  readonly prefix?: string | undefined;
  /** Kind of its workload. */
  readonly workload?: WorkloadKind | undefined;
  readonly template?: unknown;
  /** The setting that the prefix comes from. */
  readonly prefixKey: string;
  /** Names in the pipeline's own list or, if it has none, in the stack's. */
  readonly environments: readonly string[];
  /** The same as they are released; those of the stack one by one. */
  readonly waves: readonly (readonly Listed[])[];
  /** As written. */
  readonly source: Readonly<Record<string, unknown>>;
  /** The CodeCommit repository that it creates. */
  readonly creates?: string | undefined;
  /** The branch that it releases, and what is written of environments of other branches. */
  readonly branch?: unknown;
  readonly branches?: unknown;
}

/** What the rules are about. */
export interface Draft {
  readonly project: string;
  readonly environments: readonly Environment[];
  readonly pipelines: readonly Pipeline[];
}

export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** What the rules are about, of the settings as written. */
export function draft(project: string, written: Readonly<Record<string, unknown>>): Draft {
  const environments = maps(written["environments"]).map((one, i) => ({
    key: `environments[${i}]`,
    written: one["name"],
    name: valid(environmentName, one["name"]),
    account: valid(account, one["account"]),
    approved: one["approval"] !== undefined && one["approval"] !== false,
    readers: texts(one["readers"]).length > 0,
    platform: one["platform"],
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
      workload: valid(workloadKind, one["workload"]),
      template: one["template"],
      prefix: ownPrefix ? valid(prefix, one["prefix"]) : name,
      prefixKey: `pipelines[${i}].${ownPrefix ? "prefix" : "name"}`,
      environments: texts(waves.flat().map(({ written }) => written)),
      waves,
      source,
      creates: typeof repository === "string" ? repository : undefined,
      branch: source["branch"] ?? "main",
      branches: one["branches"],
    };
  });
  return { project, environments, pipelines };
}
