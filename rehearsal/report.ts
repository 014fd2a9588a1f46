import { styleText } from "node:util";
import Table from "cli-table3";
import type { StackRun } from "./record";
import type { Act1 } from "./rehearse";
import { total } from "./rule";

type Colour = Parameters<typeof styleText>[0];
/** Plain unless standard output is a terminal and NO_COLOR is unset: styleText looks at both. */
const paint = (colour: Colour, text: string): string => styleText(colour, text);

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

/** Everything that is known at the end, for people. */
export function summary(act: Act1): string {
  const { findings, notShown, runs, verdicts } = act;
  const held = findings.length === 0;
  return [
    ...(runs.length > 0 ? ["", stacksTable(act)] : []),
    ...(verdicts.length > 0 ? ["", rulesTable(act)] : []),
    "",
    ...(held ? [] : [paint("bold", "Findings"), ...findingLines(act), ""]),
    paint("bold", "Not shown"),
    ...notShown.map(({ what, shownBy }) => `  ${what} (${shownBy})`),
    "",
    held
      ? paint("green", `All held: ${runs.length} stacks, ${verdicts.length} rules.`)
      : paint("red", `Failed: ${findings.length} ${findings.length === 1 ? "finding" : "findings"}.`),
  ].join("\n");
}
