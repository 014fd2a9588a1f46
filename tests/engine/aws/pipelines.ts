/** What CodePipeline refuses of a pipeline's own form: its variables, and what starts it. */
import type { Thing } from "./cloud";
import type { Values } from "./declared";
import { Refusal } from "./refusals";
import { list, map, text } from "../../../packages/iam/src/json";

const MOST_VARIABLES = 50;
const LONGEST_DEFAULT = 1000;
const MOST_FILTERS = 3;
const MOST_PATTERNS = 8;
const LONGEST_PATTERN = 255;

function judgeVariables({ pipelineType, variables }: Values): void {
  const declared = list(variables).map(map);
  const refuse = (detail: string): never => {
    throw new Refusal("pipeline-variables", detail);
  };
  if (declared.length === 0) return;
  if (pipelineType !== "V2") refuse("Pipeline variables are only supported in V2 pipelines");
  if (declared.length > MOST_VARIABLES) refuse(`${declared.length} variables of at most ${MOST_VARIABLES}`);
  const names = declared.map((each) => text(each, "name") ?? "");
  if (new Set(names).size < names.length) refuse("Variable names must be unique within a pipeline");
  for (const each of declared) {
    const [name = "", value = "-"] = [text(each, "name"), text(each, "defaultValue")];
    if (!/^[\w@-]{1,128}$/.test(name)) refuse(`Variable name ${name} is not valid`);
    if (value.length < 1 || value.length > LONGEST_DEFAULT) refuse(`The default of ${name} is not valid`);
  }
}

/** Lists of patterns, however deep below a filter. */
const patternLists = (filter: Values): unknown[][] =>
  Object.values(filter).flatMap((criteria) =>
    ["includes", "excludes"].flatMap((key) => {
      const patterns = map(criteria)[key];
      return Array.isArray(patterns) ? [patterns] : [];
    }),
  );

const isPattern = (pattern: unknown): boolean =>
  typeof pattern === "string" && pattern.length >= 1 && pattern.length <= LONGEST_PATTERN;

function judgeTriggers({ pipelineType, triggers, stages }: Values): void {
  const refuse = (detail: string): never => {
    throw new Refusal("pipeline-triggers", detail);
  };
  const actions = list(stages).flatMap((stage) => list(map(stage)["actions"]).map(map));
  const connected = actions
    .filter(({ provider }) => provider === "CodeStarSourceConnection")
    .map(({ name }) => name);
  for (const trigger of list(triggers).map(map)) {
    if (pipelineType !== "V2") refuse("Triggers are only supported in V2 pipelines");
    const { sourceActionName, pushes, pullRequests } = map(trigger["gitConfiguration"]);
    if (!connected.includes(sourceActionName)) {
      refuse(`${String(sourceActionName)} is no source action of a connection`);
    }
    for (const filters of [list(pushes), list(pullRequests)]) {
      if (filters.length > MOST_FILTERS) refuse(`${filters.length} filters of at most ${MOST_FILTERS}`);
      for (const patterns of filters.flatMap((filter) => patternLists(map(filter)))) {
        if (patterns.length < 1 || patterns.length > MOST_PATTERNS) {
          refuse(`${patterns.length} patterns, allowed are 1 to ${MOST_PATTERNS}`);
        }
        const wrong = patterns.find((each) => !isPattern(each));
        if (wrong !== undefined)
          refuse(`a pattern has 1 to ${LONGEST_PATTERN} characters: ${JSON.stringify(wrong)}`);
      }
    }
  }
}

export function judgePipelineForm({ inputs }: Thing): void {
  judgeVariables(inputs);
  judgeTriggers(inputs);
}
