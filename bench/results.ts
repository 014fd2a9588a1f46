import { COMPARISONS } from "./cases";
import type { Counts } from "./counted";
import type { Run } from "./measure";

export interface Figures {
  readonly seconds: { readonly median: number; readonly min: number; readonly max: number };
  /** Undefined where processes that are not Node.js do the work. */
  readonly cpuSeconds?: number;
  readonly megabytes?: number;
  /** Of an install. */
  readonly packages?: number;
}

export interface Row extends Figures {
  readonly size: string;
  readonly comparison: keyof typeof COMPARISONS;
  readonly name: string;
  readonly beside: string | undefined;
  /** Of the run that it is from, where bench/last.json keeps it from an earlier one. */
  readonly date?: string;
}

/** One run of the bench, as bench/last.json keeps it. */
export interface Bench {
  readonly date: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly rows: readonly Row[];
  readonly counts: Record<string, Counts>;
  /** Where the time of this project's run goes, by size and comparison, of each that misses a goal. */
  readonly profiles?: Readonly<Record<string, string>>;
}

interface Goal {
  /** At most so much of CDK's time and memory. */
  readonly seconds: number;
  readonly megabytes: number;
  /** The time is that for each resource. */
  readonly perResource?: true;
}
const SMALLEST = "2x1";
const GOALS: Readonly<
  Partial<Record<Row["comparison"], { readonly smallest: Goal; readonly larger: Goal }>>
> = {
  evaluated: {
    smallest: { seconds: 0.7, megabytes: 1 },
    larger: { seconds: 0.7, megabytes: 1, perResource: true },
  },
  judged: { smallest: { seconds: 0.33, megabytes: 0.5 }, larger: { seconds: 0.5, megabytes: 0.5 } },
};

/** The middle one of an odd number, the mean of the two of an even one. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? NaN) + (sorted[Math.ceil(half)] ?? NaN)) / 2;
}

export const spread = (seconds: readonly number[]): Figures["seconds"] => ({
  median: median(seconds),
  min: Math.min(...seconds),
  max: Math.max(...seconds),
});

export function figuresOf(runs: readonly Run[]): Figures {
  return {
    seconds: spread(runs.map((run) => run.seconds)),
    cpuSeconds: median(runs.map((run) => run.cpuSeconds)),
    megabytes: median(runs.map((run) => run.megabytes)),
  };
}

const same = (a: Row) => (b: Row) => a.size === b.size && a.comparison === b.comparison && a.name === b.name;
const besideOf = (bench: Pick<Bench, "rows">, { size, comparison, beside }: Row): Row | undefined =>
  bench.rows.find((row) => row.size === size && row.comparison === comparison && row.name === beside);

const totals = (counts: Counts | undefined): { delivery: number; cdk: number } =>
  Object.values(counts ?? {}).reduce(
    (sum, each) => ({ delivery: sum.delivery + each.delivery, cdk: sum.cdk + each.cdk }),
    { delivery: 0, cdk: 0 },
  );

/** One goal, and how far this project is from it. */
export interface Held {
  readonly size: string;
  readonly comparison: Row["comparison"];
  readonly missed: boolean;
  readonly line: string;
}

/** Each goal that this run has figures for. */
export function goals(bench: Pick<Bench, "rows" | "counts">): Held[] {
  return bench.rows.flatMap((ours) => {
    const { size, comparison } = ours;
    const goal = GOALS[comparison]?.[size === SMALLEST ? "smallest" : "larger"];
    const theirs = besideOf(bench, ours);
    if (!goal || ours.megabytes === undefined || theirs?.megabytes === undefined) return [];
    const { delivery, cdk } = totals(bench.counts[size]);
    if (delivery === 0 || cdk === 0) throw new Error(`${size}: no resources were counted`);
    const time = ours.seconds.median / theirs.seconds.median;
    const forEach = (time * cdk) / delivery;
    const memory = ours.megabytes / theirs.megabytes;
    const held = (value: number, most: number) =>
      `${value.toFixed(2)}, goal ${most}: ${value <= most ? "met" : "missed"}`;
    const said = goal.perResource
      ? `time ${time.toFixed(2)}, for each resource ${held(forEach, goal.seconds)}`
      : `time ${held(time, goal.seconds)}`;
    const missed = (goal.perResource ? forEach : time) > goal.seconds || memory > goal.megabytes;
    const line = `  ${size} ${comparison}: ${said}; memory ${held(memory, goal.megabytes)}`;
    return [{ size, comparison, missed, line }];
  });
}

export const profileKey = ({ size, comparison }: Pick<Held, "size" | "comparison">): string =>
  `${size} ${comparison}`;

/** The same, with a profile of each that misses one. */
export const goalLines = (bench: Bench): string[] =>
  goals(bench).flatMap((each) => {
    const profile = bench.profiles?.[profileKey(each)];
    return profile === undefined ? [each.line] : [each.line, `    its time: ${profile}`];
  });

/** Comparisons that were asked for, and of which nothing was measured. */
export const withoutRows = (asked: readonly string[], rows: readonly Row[]): string[] =>
  asked.filter((each) => !rows.some(({ comparison }) => comparison === each));

/** What bench/last.json is to hold: rows that this run has not measured are kept, where machine and versions are the same. */
export function saved(now: Bench, last: Bench | undefined): Bench {
  const alike = (bench: Bench) => JSON.stringify([bench.machine, bench.versions]);
  if (!last || alike(last) !== alike(now)) return now;
  const kept = last.rows
    .filter((row) => !now.rows.some(same(row)))
    .map((row) => ({ ...row, date: row.date ?? last.date }));
  return { ...now, rows: [...now.rows, ...kept], counts: { ...last.counts, ...now.counts } };
}

function tableLines(bench: Bench, last: Bench | undefined, comparison: Row["comparison"]): string[] {
  const rows = bench.rows.filter((row) => row.comparison === comparison);
  const cells = rows.map((row) => {
    const before = last?.rows.find(same(row));
    return [
      row.size,
      row.name,
      row.seconds.median.toFixed(2),
      `${row.seconds.min.toFixed(2)}-${row.seconds.max.toFixed(2)}`,
      row.cpuSeconds?.toFixed(2) ?? "-",
      row.megabytes?.toFixed(0) ?? "-",
      before ? (row.seconds.median / before.seconds.median).toFixed(2) : "-",
      ...(row.packages === undefined ? [] : [String(row.packages)]),
    ];
  });
  const head = ["size", "program", "seconds", "min-max", "CPU s", "MB", "to last run"];
  if (rows.some(({ packages }) => packages !== undefined)) head.push("packages");
  const widths = head.map((title, n) => Math.max(title.length, ...cells.map((row) => row[n]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, n) => (n < 2 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join("  ")}`;
  return rows.length === 0 ? [] : ["", COMPARISONS[comparison], line(head), ...cells.map(line)];
}

function countLines(counts: Bench["counts"]): string[] {
  const lines = Object.entries(counts).map(([size, each]) => {
    const { delivery, cdk } = totals(each);
    const services = Object.entries(each)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([service, of]) => `${service} ${of.delivery}/${of.cdk}`);
    return `  ${size}: ${delivery}/${cdk}; ${services.join(", ")}`;
  });
  return ["", "Resources of AWS, this project's / CDK's with aws-codepipeline", ...lines];
}

/** All that a run found, on one screen. */
export const screen = (bench: Bench, last: Bench | undefined): string =>
  [
    `${bench.date}, ${bench.machine}`,
    Object.entries(bench.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    `Median of ${bench.rounds} runs; memory is that of the largest process`,
    ...(Object.keys(COMPARISONS) as Row["comparison"][]).flatMap((each) => tableLines(bench, last, each)),
    ...countLines(bench.counts),
    "",
    "Goals, this project's part of CDK's with aws-codepipeline",
    ...goalLines(bench),
  ].join("\n");
