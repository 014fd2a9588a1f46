/** What the system says about some settings, as text that a reviewer can compare line by line. */
import { createHash } from "node:crypto";
import { tryThreats } from "../../rehearsal/access/threats/run";
import { judgeAccess } from "../../rehearsal/access/matrix/judge";
import type { MatrixRow } from "../../rehearsal/access/matrix/rows";
import { lint } from "../../rehearsal/access/lint/lint";
import { judgeAll } from "../../rehearsal/access/mutation/pool";
import type { Verdict } from "../../packages/iam/src/mutation/verdict";
import { type Walk, walk, type WalkedCall } from "../../rehearsal/access/calls/walk";
import type { Rehearsed, Resource, StackRun } from "../../rehearsal/record/record";
import { judge } from "../../rehearsal/rules/rule";
import { RULES } from "../../rehearsal/rules/all";
import { folderOf, worldOf } from "../rehearsal/access/worlds";
import { ROOT } from "../rehearsal/sample";
import { upOf } from "../stacks/together.cases";
import { type SetName, SETS } from "./sets";

/** Lines of each file, by its name. A line belongs to the nearest one above it that is indented less. */
export type Answers = Readonly<Record<string, readonly string[]>>;

/** The same data has the same text, whatever the order of its keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
const sha = (value: unknown): string =>
  createHash("sha256").update(canonical(value)).digest("hex").slice(0, 12);

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const found = new Map<string, Item[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
}
const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** `account`, `delivery:index:Job catalog-build`: the last type and the name of a URN. */
const short = (urn: string): string => {
  const [, , types = "", name = ""] = urn.split("::");
  const type = types.split("$").at(-1) ?? "";
  return type.startsWith("pulumi:providers:") ? name : `${type} ${name}`;
};

function resourceLine({ type, name, parent, provider, inputs, protect, dependsOn }: Resource): string {
  const about = [
    parent === "" ? "" : `in ${short(parent)}`,
    provider === undefined ? "" : `by ${short(provider)}`,
    protect ? "protected" : "",
    dependsOn.length === 0 ? "" : `after ${dependsOn.length}: ${sha([...dependsOn].sort())}`,
    `inputs ${sha(inputs)}`,
  ];
  return `${type} ${name}, ${about.filter(Boolean).join(", ")}`;
}

const stackLines = ({ stack, account, region, resources, outputs }: StackRun): string[] => [
  `${stack} in ${account} ${region}`,
  ...indented(resources.map(resourceLine).sort()),
  ...indented(
    Object.keys(outputs)
      .filter((key) => key !== "version") // the project's own, whatever the settings are
      .sort()
      .map((key) => `output ${key}: ${sha(outputs[key])}`),
  ),
];

/** How often each reason is given: reasons stand beside their lines nowhere else. */
const reasons = (title: string, all: readonly string[]): string[] => [
  title,
  ...indented(groups(all, (each) => each).map(([reason, of]) => `${of.length} ${reason}`)),
];

/** What AWS decides, who asked whom for what; all else about the call goes into a checksum. */
function callLines(calls: readonly WalkedCall[]): string[] {
  const byCaller = groups(calls, ({ caller }) => caller).flatMap(([caller, own]) => {
    const deciding = ({ answer }: WalkedCall): string => {
      const by = answer.by.map(({ policy, sid }) =>
        `${sid} of ${policy}`.replace(`inline policy of role ${caller}`, "its own policy"),
      );
      return [answer.verdict, ...by, ...answer.missing.map((leg) => `missing: ${leg}`)].join("; ");
    };
    const lines = groups(own, deciding).flatMap(([by, decided]) => {
      const onEach = groups(decided, ({ resource }) => resource).map(([resource, all]) => {
        const actions = [...new Set(all.map(({ action }) => action))].sort();
        const details = all.map(
          ({ pipeline, environment, phase, step, principal, action, context, answer }) =>
            canonical([pipeline, environment, phase, step, principal, action, context, answer.assumedAbsent]),
        );
        return `${resource}: ${actions.join(" ")} (${all.length} calls, ${sha(details.sort())})`;
      });
      return [by, ...indented(onEach)];
    });
    return [caller, ...indented(lines)];
  });
  const whys = calls.map(({ why, source }) => `${why} (${source})`);
  return [...byCaller, ...reasons("why they are made", whys)];
}

const rowLines = (rows: readonly MatrixRow[]): string[] =>
  groups(rows, ({ who }) => who).flatMap(([who, own]) => [
    who,
    ...indented(
      own
        .map(({ may, on, when, why }) => `${may.join(" ")} on ${on}${when && ` when ${when}`}: ${why}`)
        .sort(),
    ),
  ]);

/** Pages of this project by their own name: a file that moves changes no answer. */
const withoutFolders = (text: string): string =>
  text.replace(/(?:[a-z][A-Za-z]*\/)+(\w+\.(?:yaml|ts)\b)/g, "$1");
const orNone = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? ["none"] : lines);
const section = (title: string, lines: readonly string[]): string[] => [title, ...indented(orNone(lines))];

async function verdictLines(record: Rehearsed, title: string, walked: Walk) {
  const world = await worldOf(title);
  const { findings, excused, examined } = await lint(record);
  const charter = await judgeAccess(world, { calls: walked.calls });
  const threats = tryThreats(world);
  const rules = judge(record, RULES).flatMap(({ rule, examined, findings }) => [
    `${rule.id}: ${Object.entries(examined)
      .sort()
      .map(([stack, count]) => `${stack} ${count}`)
      .join(", ")}`,
    ...indented(findings.map(({ stack, resource, message }) => `${stack}: ${resource}: ${message}`)),
  ]);
  const lines = [
    ...section("rules, and what they examined", rules),
    ...section("lint of policies", [
      `${examined.documents} documents, ${examined.statements} statements`,
      ...findings.map(({ stack, resource, message }) => `${stack}: ${resource}: ${message}`),
    ]),
    ...section("unused condition keys, excused since", [...excused].map(({ reason }) => reason).sort()),
    ...section("findings about simulated calls", walked.findings),
    ...section("permissions, both bounds", [
      `${charter.rows.length} rows, ${charter.asked} combinations, ${charter.decided} decided`,
      ...charter.findings,
    ]),
    ...section("rows that no call uses", charter.unused),
    ...section(
      "threat scenarios, and what blocks each",
      threats
        .filter(({ applicable }) => applicable)
        .map(({ id, refused, succeedsWithChange, refusedBy, change }) =>
          [
            id,
            refused && succeedsWithChange ? "" : " NOT BLOCKED",
            `: ${refusedBy}; through with ${change}`,
          ].join(""),
        )
        .sort(),
    ),
    ...section(
      "threat scenarios that need other settings",
      threats.flatMap(({ id, applicable }) => (applicable ? [] : [id])).sort(),
    ),
    ...section("not covered by simulated calls", walked.notShown.map(withoutFolders)),
  ];
  return { lines, rows: charter.rows };
}

/** All answers about a set of settings but those of the mutation, which takes a minute. */
export async function answersOf(set: SetName): Promise<Answers> {
  const title = SETS[set];
  const record = await upOf(title);
  const walked = walk(await worldOf(title));
  const { lines, rows } = await verdictLines(record, title, walked);
  return {
    "resources.txt": record.flatMap(stackLines),
    "permissions.txt": rowLines(rows),
    "calls.txt": callLines(walked.calls),
    "verdicts.txt": lines,
  };
}

const outcomeOf = ({ direction, outcome, by }: Verdict): string =>
  [direction, outcome, by && `by ${by}`].filter(Boolean).join(" ");

function mutationLines(verdicts: readonly Verdict[]): string[] {
  const tally = (all: readonly Verdict[]): string =>
    groups(all, outcomeOf)
      .map(([outcome, of]) => `${of.length} ${outcome}`)
      .join(", ");
  return [
    ...section(
      "every mutant",
      groups(verdicts, outcomeOf).map(([outcome, of]) => `${of.length} ${outcome}`),
    ),
    ...groups(verdicts, ({ policy }) => policy).flatMap(([policy, own]) => [
      policy,
      ...indented(
        groups(own, ({ name }) => name.split(": ")[0] ?? name).map(([sid, all]) => `${sid}: ${tally(all)}`),
      ),
    ]),
  ];
}

/** What came of every change of a policy of the sample's. */
export async function mutationOfSample(): Promise<{
  readonly answers: Answers;
  readonly verdicts: readonly Verdict[];
}> {
  const title = SETS.sample;
  const verdicts = await judgeAll(
    { folder: folderOf(title), record: await upOf(title), places: [ROOT] },
    { choose: (names) => names.map((_, index) => index), judged: () => undefined },
  );
  return { verdicts, answers: { "mutation.txt": mutationLines(verdicts) } };
}
