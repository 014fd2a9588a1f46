/** Settings as written, as far as they have the right form: what the rules between them are about. Pure. */
import { chatName } from "./chats";
import { account, environmentName, pipelineName, prefix } from "./names";
import { workloadKind } from "./pipeline";
import { isMap, maps, valid } from "./problems";
import { environmentRegion, otherRegion } from "./regions";
import { wavesOf } from "./waves";

export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** Of each environment and pipeline what has the right form: one bad value must not hide problems of others. */
export function draft(project: string, written: Readonly<Record<string, unknown>>) {
  const environments = maps(written["environments"]).map((one, i) => ({
    key: `environments[${i}]`,
    written: one["name"],
    name: valid(environmentName, one["name"]),
    account: valid(account, one["account"]),
    /** Default: tooling's. */
    region: valid(environmentRegion, one["region"]),
    approved: one["approval"] !== undefined && one["approval"] !== false,
    /** As written. */
    readers: texts(one["readers"]),
    /** As written. */
    platform: one["platform"],
    /** As written. */
    functionNetwork: one["functionNetwork"],
    /** As written. */
    verify: one["verify"],
    /** As written. */
    runner: one["runner"],
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
      written: one,
      name,
      workload: valid(workloadKind, one["workload"]),
      template: one["template"],
      /** As written. */
      uses: texts(one["uses"]),
      /** As written. */
      permissions: one["permissions"],
      /** As written. */
      chats: texts(one["chats"]),
      /** As written. */
      staleApprovals: one["staleApprovals"],
      /** As written. */
      executionMode: one["executionMode"],
      /** As written. */
      shortJobs: texts(one["shortJobs"]),
      /** As written. */
      codePlatform: one["platform"],
      prefix: ownPrefix ? valid(prefix, one["prefix"]) : name,
      /** The setting that the prefix comes from. */
      prefixKey: `pipelines[${i}].${ownPrefix ? "prefix" : "name"}`,
      /** Names in its own list or, if it has none, in the stack's; and the same as they are released. */
      environments: texts(waves.flat().map(({ written }) => written)),
      waves,
      /** As written. */
      source,
      /** The CodeCommit repository that it creates. */
      creates: typeof repository === "string" ? repository : undefined,
      /** The branch that it releases, and what is written of environments of other branches. */
      branch: source["branch"] ?? "main",
      branches: one["branches"],
    };
  });
  const chats = maps(written["chats"]).map((one, i) => ({
    key: `chats[${i}]`,
    written: one["name"],
    name: valid(chatName, one["name"]),
    /** The channel, as AWS tells it from others. */
    channel: ["slack", "teams"].flatMap((kind) => {
      const of = one[kind];
      return isMap(of) && typeof of["channelId"] === "string" ? [`${kind} ${of["channelId"]}`] : [];
    })[0],
  }));
  const replication = isMap(written["replication"]) ? written["replication"]["region"] : undefined;
  return {
    ...{ project, environments, pipelines, chats, replication: valid(otherRegion, replication) },
    /** As written. */
    selfUpdate: written["selfUpdate"],
  };
}

export type Draft = ReturnType<typeof draft>;
export type EnvironmentDraft = Draft["environments"][number];
export type PipelineDraft = Draft["pipelines"][number];
export type ChatDraft = Draft["chats"][number];
