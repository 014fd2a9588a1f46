import { actionsOf } from "../record/pipelines";
import { ofType, type Resource } from "../record/record";
import { judgeResources, type Rule } from "./rule";
import { list, map, type Values } from "../../packages/iam/src/json";

const CONNECTION = "CodeStarSourceConnection";
const EVENTS = ["OPEN", "UPDATED", "CLOSED"];

function filterProblems(entry: Values): string[] {
  const found: string[] = [];
  for (const kind of ["branches", "filePaths", "tags"]) {
    for (const side of ["includes", "excludes"]) {
      const patterns = list(map(entry[kind])[side]).map(String);
      if (patterns.length > 8) found.push(`${kind}.${side} has ${patterns.length} patterns of at most 8`);
      for (const pattern of patterns) {
        if (pattern.length < 1 || pattern.length > 255)
          found.push(`a pattern of ${kind}.${side} is not 1 to 255 characters`);
      }
    }
  }
  if (entry["tags"] !== undefined && entry["branches"] !== undefined) {
    found.push("tags and branches are in one entry; write one entry for each");
  }
  if (entry["filePaths"] !== undefined && entry["branches"] === undefined)
    found.push("filePaths stand without branches");
  for (const event of list(entry["events"]).map(String)) {
    if (!EVENTS.includes(event)) found.push(`${event} is not one of ${EVENTS.join(", ")}`);
  }
  return found;
}

function triggerProblems(pipeline: Resource, trigger: Values): string[] {
  const git = map(trigger["gitConfiguration"]);
  const source = actionsOf(pipeline).find(
    ({ name, index }) => index === 0 && name === git["sourceActionName"],
  );
  const found: string[] = [];
  if (trigger["providerType"] !== CONNECTION)
    found.push(`providerType ${String(trigger["providerType"])} is not ${CONNECTION}`);
  if (source?.provider !== CONNECTION) {
    found.push(
      `source action ${String(git["sourceActionName"])} is ${source ? `of ${source.provider}` : "missing"}: only connections have triggers`,
    );
  }
  for (const kind of ["pushes", "pullRequests"]) {
    const entries = list(git[kind]).map(map);
    if (entries.length > 3) found.push(`it has ${entries.length} ${kind} of at most 3`);
    found.push(...entries.flatMap(filterProblems));
  }
  return found;
}

/** CodeCommit starts a pipeline by an event rule; triggers are for connections. */
export const triggers: Rule = {
  id: "trigger",
  title: "triggers belong to connections, one each, with filters that CodePipeline combines",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html",
  judge: (record) =>
    judgeResources(ofType(record, "aws:codepipeline/pipeline:Pipeline"), (pipeline) => {
      const all = list(pipeline.inputs["triggers"]).map(map);
      const sources = all.map((trigger) => map(trigger["gitConfiguration"])["sourceActionName"]);
      return [
        ...(new Set(sources).size === sources.length ? [] : ["a source action has two triggers"]),
        ...all.flatMap((trigger) => triggerProblems(pipeline, trigger)),
      ].map((problem) => `trigger: ${problem}`);
    }),
};
