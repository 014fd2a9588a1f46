import { styleText } from "node:util";
import Table from "cli-table3";
import type { StackRun } from "./record";
import type { Act1 } from "./rehearse";
import type { Act3 } from "./release/report";
import { total } from "./rule";

type Colour = Parameters<typeof styleText>[0];
/** Plain unless standard output is a terminal and NO_COLOR is unset: styleText looks at both. */
export const paint = (colour: Colour, text: string): string => styleText(colour, text);

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
  const mark = failed ? paint("red", "failed") : paint("green", "up");
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
    head: head.map((each) => paint("bold", each)),
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (typeof rows[0]?.[column] === "number" ? "right" : "left")),
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}

const stacksTable = ({ runs, verdicts, findings }: Act1): string =>
  table(
    ["stack", "account", "Region", "resources", "components", "examined", "findings"],
    runs.map((run) => [
      run.stack,
      run.account ?? "-",
      run.region ?? "-",
      counts(run).resources,
      counts(run).components,
      verdicts.reduce((sum, { examined }) => sum + (examined[run.stack] ?? 0), 0),
      findings.filter(({ stack }) => stack === run.stack).length,
    ]),
  );

const rulesTable = ({ verdicts }: Act1): string =>
  table(
    ["rule", "what must be true", "examined", "findings"],
    verdicts.map(({ rule, examined, findings }) => [rule.id, rule.title, total(examined), findings.length]),
    [null, 60],
  );

const findingLines = ({ findings }: Act1): string[] =>
  findings.flatMap(({ stack, resource, message, rule }) => [
    paint("red", `  ${[stack, resource].filter((each) => each !== "-").join(": ") || "all stacks"}`),
    ...message.split("\n").map((line) => `    ${line}`),
    ...(rule ? [`    rule ${rule.id}: ${rule.title}`, `    ${rule.source}`] : []),
  ]);

/** What act 1 brought up, judged and found, for people. */
export const results = (act: Act1): string =>
  [
    ...(act.runs.length > 0 ? ["", stacksTable(act)] : []),
    ...(act.verdicts.length > 0 ? ["", rulesTable(act)] : []),
    "",
    ...(act.findings.length === 0 ? [] : [paint("bold", "Findings"), ...findingLines(act), ""]),
  ].join("\n");

/** What was not shown, and how it ended; `released` is text where there was no release, which says why. */
export function summary({ findings, notShown, runs, verdicts }: Act1, released: Act3 | string): string {
  const act3 =
    typeof released === "string"
      ? [{ what: "act 3, a release from source to the last environment", shownBy: released }]
      : released.notShown;
  const failed = [
    ...(findings.length > 0 ? [`${findings.length} ${findings.length === 1 ? "finding" : "findings"}`] : []),
    ...(typeof released === "object" && released.stopped
      ? [`the release stopped at ${released.stopped.at}; next: ${released.stopped.next}`]
      : []),
  ];
  const held = [`${runs.length} stacks`, `${verdicts.length} rules`];
  if (typeof released === "object") held.push(`a release to ${released.environments.length} environments`);
  return [
    "",
    paint("bold", "Not shown"),
    ...[...notShown, ...act3].map(({ what, shownBy }) => `  ${what} (${shownBy})`),
    "",
    failed.length === 0
      ? paint("green", `All held: ${held.join(", ")}.`)
      : paint("red", `Failed: ${failed.join(", ")}.`),
  ].join("\n");
}
