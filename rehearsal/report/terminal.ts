// Colours are plain unless standard output is a terminal and NO_COLOR is unset: styleText looks at both.
import { styleText } from "node:util";
import Table from "cli-table3";
import type { StackRun } from "../record/record";
import type { Act2 } from "../access/check";
import type { Act1 } from "../bringUp/check";
import type { Act3 } from "../release/report";
import { total } from "../rules/rule";
import type { NotShown } from "../record/notShown";
import { fitted } from "../record/wrapped";

const seconds = (value: number): string => `${value.toFixed(2)} s`;
const counts = ({ resources }: StackRun) => {
  const own = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  return {
    resources: own.filter(({ custom }) => custom).length,
    components: own.filter(({ custom }) => !custom).length,
  };
};

/** One line when a stack is up, or is not. */
export function progressLine(run: StackRun, position: number, of: number): string {
  const { resources, components } = counts(run);
  const failed = run.failures.length > 0;
  const mark = failed ? styleText("red", "failed") : styleText("green", "up");
  return `  ${position}/${of} ${run.stack}: ${mark}, ${resources} resources, ${components} components, ${seconds(run.seconds)}`;
}

function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  colWidths: (number | null)[] = [],
): string {
  const made = new Table({
    colWidths,
    wordWrap: true,
    head: head.map((each) => styleText("bold", each)),
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (typeof rows[0]?.[column] === "number" ? "right" : "left")),
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}

const stacksTable = ({ runs, verdicts, findings }: Act1): string =>
  table(
    ["stack", "account", "Region", "resources", "examined", "findings"],
    runs.map((run) => [
      run.stack,
      run.account ?? "-",
      run.region ?? "-",
      counts(run).resources,
      verdicts.reduce((sum, { examined }) => sum + (examined[run.stack] ?? 0), 0),
      findings.filter(({ stack }) => stack === run.stack).length,
    ]),
  );

/** Widths with which the table has 80 columns. */
const RULE = 22;
const TITLE = 33;

const rulesTable = (verdicts: Act1["verdicts"]): string =>
  table(
    ["rule", "what must be true", "examined", "findings"],
    verdicts.map(({ rule, examined, findings }) => [rule.id, rule.title, total(examined), findings.length]),
    [RULE, TITLE],
  );

const findingLines = ({ findings }: Act1): string[] =>
  findings.flatMap(({ stack, resource, message, rule }) => [
    styleText("red", `  ${[stack, resource].filter((each) => each !== "-").join(": ") || "all stacks"}`),
    ...message.split("\n").map((line) => `    ${line}`),
    ...(rule ? [`    rule ${rule.id}: ${rule.title}`, `    ${rule.source}`] : []),
  ]);

/** In one line, where there is nothing to look at. */
const judged = ({ verdicts, findings }: Act1): string =>
  `  rules of AWS: ${verdicts.length}, applied to ${verdicts.reduce((sum, { examined }) => sum + total(examined), 0)} things` +
  (findings.length === 0 ? ", no findings" : "");

/** What the bring-up made, judged and found, for people: tables only where there are findings, or for those who want all. */
export function results(act: Act1, verbose = false): string {
  const found = act.verdicts.filter(({ findings }) => findings.length > 0);
  const rules = verbose ? act.verdicts : found;
  return [
    ...(verbose && act.runs.length > 0 ? ["", stacksTable(act)] : []),
    ...(rules.length > 0 ? ["", rulesTable(rules)] : []),
    ...(act.verdicts.length > 0 ? [judged(act)] : []),
    ...(act.findings.length === 0 ? [] : ["", styleText("bold", "Findings"), ...findingLines(act), ""]),
  ].join("\n");
}

/** How each act ended; text where it was not tried, which says why. */
export interface Acts {
  readonly act1: Act1;
  readonly act2: Act2 | string;
  readonly release: Act3 | string;
}

const ACCESS = "access: who may do what to whom";
const RELEASE = "a release from source to the last environment";

const notCovered = ({ what, shownBy }: NotShown): string => fitted(`  ${what} (${shownBy})`);

/** What none of the checks covered. */
export const notShownBy = ({ act1, act2, release }: Acts): readonly NotShown[] => [
  ...act1.notShown,
  ...(typeof act2 === "string" ? [{ what: ACCESS, shownBy: act2 }] : act2.notShown),
  ...(typeof release === "string" ? [{ what: RELEASE, shownBy: release }] : release.notShown),
];

/** `1 stack`, `1,775 simulated calls` */
export const count = (number: number, one: string): string =>
  `${number.toLocaleString("en")} ${number === 1 ? one : `${one}s`}`;

/** What was not covered, and how it ended: the list for those who want all, or where a check could not be made. */
export function summary(acts: Acts, verbose = false): string {
  const { act1, act2, release } = acts;
  const left = notShownBy(acts);
  // Of these the terminal says always which was not made, and why.
  const missed = left.filter(({ what }) => [ACCESS, RELEASE].includes(what));
  const access = typeof act2 === "object" ? act2 : undefined;
  const found = access?.findings ?? [];
  const findings = act1.findings.length + found.length;
  const failed = [
    ...(findings > 0 ? [count(findings, "finding")] : []),
    ...(typeof act2 === "string" && act1.findings.length === 0 ? [`the access check stopped: ${act2}`] : []),
    ...(typeof release === "object" && release.stopped
      ? [`the release stopped at ${release.stopped.at}; next: ${release.stopped.next}`]
      : []),
  ];
  const passed = [count(act1.runs.length, "stack"), count(act1.verdicts.length, "rule")];
  if (access)
    passed.push(
      count(access.walk.calls.length, "simulated call"),
      count(access.threats.filter(({ applicable }) => applicable).length, "threat scenario"),
    );
  if (typeof release === "object" && release.notCovered !== undefined)
    passed.push("a release as far as this machine can");
  else if (typeof release === "object")
    passed.push(`a release to ${count(release.environments.length, "environment")}`);
  return [
    ...(found.length > 0
      ? ["", styleText("bold", "Findings"), ...found.map((each) => styleText("red", `  ${each}`))]
      : []),
    "",
    ...(verbose ? [styleText("bold", "Not covered"), ...left.map(notCovered), ""] : missed.map(notCovered)),
    ...(verbose
      ? []
      : [
          `Not covered: ${count(left.length, "thing")}; the report lists them, and npm start -- --verbose`,
          "",
        ]),
    failed.length === 0
      ? styleText("green", fitted(`OK: ${passed.join(", ")}.`))
      : styleText("red", fitted(`Failed: ${failed.join(", ")}.`)),
  ].join("\n");
}
