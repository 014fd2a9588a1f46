/** On which line of a stack file a setting stands that a problem is about. Pure. */
import { isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";

/** The key that a problem begins with: `environments[1].account: received …`. */
function pathOf(problem: string): (string | number)[] {
  const [, key = ""] = /^([\w:-]+(?:\[\d+\]|\["[^"]*"\]|\.[\w:-]+)*): /.exec(problem) ?? [];
  return [...key.matchAll(/\[(\d+)\]|\["([^"]*)"\]|\.?([\w:-]+)/g)].map(([, index, quoted, word]) =>
    index === undefined ? (quoted ?? word ?? "") : Number(index),
  );
}

/** Line of what comes nearest to the setting: a missing key is told by the map that it is missing in. */
export function lineOf(text: string, project: string, problem: string): number | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [first, ...rest] = pathOf(problem);
  const config: unknown = document.get("config", true);
  if (first === undefined || !isMap(config)) return undefined;
  const pair = [`${project}:${first}`, String(first)]
    .map((name) => config.items.find(({ key }) => isScalar(key) && key.value === name))
    .find((each) => each !== undefined);
  if (pair === undefined) return undefined;
  let at: number | undefined = (pair.key as Node).range?.[0];
  let node: unknown = pair.value;
  for (const part of rest) {
    if (isMap(node)) {
      const inner = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (!inner) break;
      at = (inner.key as Node).range?.[0];
      node = inner.value;
    } else {
      const item: unknown = (node as { get?: (key: unknown, keep: boolean) => unknown } | null)?.get?.(
        part,
        true,
      );
      const range = (item as Node | undefined)?.range;
      if (!range) break;
      [at] = range;
      node = item;
    }
  }
  return at === undefined ? undefined : lines.linePos(at).line;
}
