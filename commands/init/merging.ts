/** Answers put into a stack file that is there: comments, and settings that nobody was asked about, stay. Pure. */
import { isSeq, parseDocument } from "yaml";
import { isMap } from "../../stacks/settings/problems";
import { settingPath } from "../stackFiles/change";
import { type Path, Unchangeable, withItem, without, withValue } from "../stackFiles/edits";
import type { Value } from "../stackFiles/inline";
import { addedLines } from "../up/newStacks";
import { type Answers, listed, pipelineOf } from "./answers";

type Entry = { readonly name: string; readonly [key: string]: Value };

/** With this value at the path or, where it is undefined, without any. */
function put(text: string, path: Path, value: Value | undefined): string {
  if (value !== undefined) return withValue(text, path, value);
  return parseDocument(text).hasIn(path) ? without(text, path) : text;
}

const namesAt = (text: string, path: Path): unknown[] => {
  const node: unknown = parseDocument(text).getIn(path, true);
  const data: unknown = isSeq(node) ? node.toJSON() : undefined;
  return Array.isArray(data) ? data.map((each: unknown) => (isMap(each) ? each["name"] : each)) : [];
};

/** A list of named maps: what is there keeps its place and the keys that nobody was asked about. */
function list(text: string, path: Path, entries: readonly Entry[], asked: readonly string[]): string {
  const wanted = entries.map(({ name }) => name);
  const before = namesAt(text, path);
  const staying = before.filter((name) => wanted.some((each) => each === name));
  const order = wanted.filter((name) => staying.includes(name));
  if (staying.length === 0 || staying.join() !== order.join()) return put(text, path, entries);
  let result = before.reduceRight<string>(
    (content, name, index) =>
      wanted.some((each) => each === name) ? content : without(content, [...path, index]),
    text,
  );
  entries.forEach((entry, index) => {
    if (!staying.includes(entry.name)) result = withItem(result, path, index, entry);
    else for (const key of asked) result = put(result, [...path, index, key], entry[key]);
  });
  return result;
}

/** The file of this stack with the answers in it; undefined where it is written in a way that is not changed here. */
export function merged(
  existing: string,
  stack: string,
  answers: Answers,
  project: string,
): string | undefined {
  const environment = answers.environments.find(({ name }) => name === stack);
  const at = (key: string): Path => settingPath(existing, project, key);
  try {
    let text = withValue(existing, ["config", "aws:region"], answers.region);
    text = withValue(text, at("kind"), environment ? "environment" : "tooling");
    text = withValue(text, at("account"), environment ? environment.account : answers.tooling);
    text = put(text, ["config", "aws:profile"], answers.profiles[stack]);
    // How a stack is encrypted already stays: nothing of it could be decrypted any more otherwise.
    if (addedLines(existing).length === 0 && answers.secretsProvider !== undefined)
      text = withValue(text, ["secretsprovider"], answers.secretsProvider);
    if (environment) return text;
    text = list(text, at("environments"), answers.environments.map(listed), ["account", "approval"]);
    return list(
      text,
      at("pipelines"),
      [pipelineOf(answers)],
      ["workload", "directory", "template", "source"],
    );
  } catch (error) {
    if (error instanceof Unchangeable) return undefined;
    throw error;
  }
}
