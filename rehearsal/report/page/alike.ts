import type { Promotions } from "../../release/promotions";
import { html, Html } from "./html";

/** Up to so many are told one by one: two are read more easily so than by a list of names. */
const ONE_BY_ONE = 2;

/** Entries that differ in names alone: told once, as the first is, with `{environment}` where it has a name of its own. */
export interface Alike<Item> {
  readonly first: Item;
  readonly members: readonly Item[];
  readonly text: Html;
}

/** Names that entries have, one line for each entry, once for all entries that have the same ones. */
export interface NameList {
  readonly id: string;
  readonly heads: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

interface Written<Item> {
  readonly item: Item;
  readonly text: string;
  readonly names: readonly string[];
}

const unique = <Value>(all: readonly Value[]): Value[] => [...new Set(all)];

/** Accounts, and what AWS or Pulumi makes up: ids of keys and APIs, and the ends of names. */
const NUMBERS = [
  "[0-9]{12}",
  "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  "[0-9a-f]{10}",
  "(?<=-)[0-9A-F]{12}",
  "(?<=-)[0-9a-f]{7}",
];

/** What is no text: the beginning of a tag or of an attribute, a class or a link, and what stands for a character. */
const HTML_ITSELF = '</?[a-z0-9]+|(?:class|href|id)="[^"]*"|[a-z-]+="|&[#a-z0-9]+;';

/** Where a link to the names comes; no text of a report has it. */
export const EACH = "\u001e";

/** Where a name may begin: an ARN in a path of an HTTP API has `%2F` for a slash. */
const START = "(?:(?<![A-Za-z0-9])|(?<=%2F|%3A))";

/** `{environment}`, or `{account 2}` where an entry has names of several accounts. */
function headsOf(kinds: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return kinds.map((kind) => {
    const number = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, number);
    return number === 1 ? `{${kind}}` : `{${kind} ${number}}`;
  });
}

/** Tells entries that are equal but for names once, and keeps the lists of these names. */
export class Together {
  private readonly kinds: ReadonlyMap<string, string>;
  private readonly pattern: RegExp;
  private readonly lists = new Map<string, NameList>();

  constructor(promotions: readonly Promotions[]) {
    const named: (readonly [string, string])[] = promotions.flatMap(({ environments, pipelines }) => [
      ...pipelines.flatMap(({ name, workload, prefix }) =>
        [name, workload, prefix].map((each) => [each, "pipeline"] as const),
      ),
      ...environments.map(({ name }) => [name, "environment"] as const),
    ]);
    // Names as settings allow them: no others are looked for.
    this.kinds = new Map(named.filter(([name]) => /^[A-Za-z0-9-]+$/.test(name)));
    const longestFirst = [...this.kinds.keys()].sort((one, other) => other.length - one.length);
    this.pattern = new RegExp(
      `${HTML_ITSELF}|${START}(${[...longestFirst, ...NUMBERS].join("|")})(?![A-Za-z0-9])`,
      "g",
    );
  }

  /**
   * In the order of the first of each. `written` must tell all that tells two entries apart, and has `EACH` once, where
   * the link to the names stands.
   */
  of<Item>(items: readonly Item[], written: (item: Item) => Html): Alike<Item>[] {
    const found = new Map<string, Written<Item>[]>();
    for (const item of items) {
      const { text } = written(item);
      const names: string[] = [];
      const key = this.renamed(text, (name) => {
        names.push(name);
        return `{${this.kindOf(name)}}`;
      });
      found.set(key, [...(found.get(key) ?? []), { item, text, names }]);
    }
    return [...found.values()].flatMap((all) =>
      all.length <= ONE_BY_ONE
        ? all.map(({ item, text }) => ({
            first: item,
            members: [item],
            text: new Html(text.replace(EACH, "")),
          }))
        : this.told(all),
    );
  }

  /** Every list of names that `of` has referred to so far. */
  get names(): readonly NameList[] {
    return [...this.lists.values()];
  }

  private kindOf(name: string): string {
    return this.kinds.get(name) ?? (/^[0-9]{12}$/.test(name) ? "account" : "id");
  }

  private told<Item>(all: readonly Written<Item>[]): Alike<Item>[] {
    const [first] = all;
    if (!first) return [];
    const columns = first.names.map((_, index) => all.map(({ names }) => names[index] ?? ""));
    const keys = columns.map((column) => column.join());
    const differing = unique(keys.filter((_, index) => unique(columns[index] ?? []).length > 1));
    const own = differing.map((key) => columns[keys.indexOf(key)] ?? []);
    const heads = headsOf(own.map(([name = ""]) => this.kindOf(name)));
    const headOf = new Map(differing.map((key, index) => [key, heads[index] ?? ""]));
    let position = -1;
    const text = this.renamed(first.text, (name) => headOf.get(keys[(position += 1)] ?? "") ?? name);
    const lines = all.map((_, line) => own.map((column) => column[line] ?? ""));
    const each = heads.length === 0 ? "" : this.link(heads, lines).text;
    return [
      {
        first: first.item,
        members: all.map(({ item }) => item),
        text: new Html(text.replace(EACH, () => each)),
      },
    ];
  }

  private renamed(text: string, rename: (name: string) => string): string {
    return text.replace(this.pattern, (found: string, name: string | undefined) =>
      name === undefined ? found : rename(name),
    );
  }

  /** `each of 3: dev, test, prod`: what can be read at once; the list has which account and ids go with which. */
  private link(heads: readonly string[], lines: readonly (readonly string[])[]): Html {
    const order = heads
      .map((_, index) => index)
      .sort((one, other) => ((heads[one] ?? "") < (heads[other] ?? "") ? 1 : -1));
    const [sortedHeads, sortedLines] = [
      order.map((index) => heads[index] ?? ""),
      unique(lines.map((line) => order.map((index) => line[index] ?? "").join("\n"))).map((line) =>
        line.split("\n"),
      ),
    ];
    const key = JSON.stringify([sortedHeads, sortedLines]);
    const list = this.lists.get(key) ?? {
      id: `e${this.lists.size + 1}`,
      heads: sortedHeads,
      lines: sortedLines,
    };
    this.lists.set(key, list);
    const shown = sortedHeads.flatMap((head, index) =>
      /^\{(environment|pipeline)\}$/.test(head)
        ? unique(sortedLines.map((line) => line[index] ?? "")).join(", ")
        : [],
    );
    return html` <a class="names" href="#${list.id}"
      >each of ${sortedLines.length}${shown.length > 0 ? `: ${shown.join("; ")}` : ""}</a
    >`;
  }
}
