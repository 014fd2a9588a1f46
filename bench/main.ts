import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { isRefusal, optionsOf, refusal } from "../rehearsal/bringUp/commandLine";
import { UnusableFile } from "../rehearsal/record/yamlFile";
import { type Case, CASES, COMPARISONS, type Place, typesFile } from "./cases";
import { counted } from "./counted";
import { measure, ROOT, type Run } from "./measure";
import { engineRounds, isPulumiThere } from "./engine";
import { installRows } from "./install";
import { profiled } from "./profile";
import {
  type Bench,
  figuresOf,
  goals,
  profileKey,
  type Row,
  saved,
  screen,
  spread,
  withoutRows,
} from "./results";
import { type Size, SIZES, titleOf, writeStackFiles } from "./stackFiles";

const USAGE = `npm run bench -- [options]: how long this project takes, and AWS CDK for the same

  --rounds N    runs of each case, after one that does not count; default: 5.
                0: each runs once, to see that it does
  --size ExP    environments and pipelines, such as 2x1; default: all of
                2x1, 10x1, 30x1 and 3x10
  --only NAMES  what is measured, with commas: evaluated, judged, rehearsed,
                installed, engine; default: all
  --save        keep this run in bench/last.json, which others are compared to,
                and what it has not measured of the run before
  --help        show this

All of it takes about an hour, --only evaluated,judged --rounds 3 ten minutes;
measure on a machine that does nothing else. docs/bench.md says what is compared.
exit code: 0 measured, 2 not`;

const OPTIONS = {
  rounds: { type: "string", default: "5" },
  size: { type: "string" },
  only: { type: "string", default: Object.keys(COMPARISONS).join(",") },
  save: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const LAST = join(__dirname, "last.json");

const versionOf = (folder: string, name: string): string =>
  (
    JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")) as {
      version: string;
    }
  ).version;

/** The peer installs itself, from its own lockfile. */
function installCdk(): void {
  const folder = join(__dirname, "cdk");
  if (existsSync(join(folder, "node_modules/aws-cdk-lib"))) return;
  console.log("Installing AWS CDK in bench/cdk");
  execFileSync("npm", ["ci", "--prefix", folder], { stdio: ["ignore", "ignore", "inherit"] });
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function placeOf(size: Size, folder: string): Place {
  const place = { size, stacks: join(folder, "stacks"), out: join(folder, "out") };
  mkdirSync(place.out, { recursive: true });
  writeStackFiles(place.stacks, size);
  return place;
}

/** What is counted is what was evaluated; where only judging was measured, this project's types are not written yet. */
async function countable(place: Place): Promise<void> {
  const ours = CASES.find(({ comparison, beside }) => comparison === "evaluated" && beside);
  if (ours && !existsSync(typesFile(place.out))) await measure(ours.command(place));
}

/** Rounds of all cases of a size, each round in another order, so that no case always comes after the same one. */
async function rowsOf(cases: readonly Case[], place: Place, rounds: number): Promise<Row[]> {
  const { size } = place;
  const runs = new Map<Case, Run[]>(cases.map((each) => [each, []]));
  for (let round = 0; round <= rounds; round++) {
    console.log(
      `${titleOf(size)}: ${round === 0 ? "a round that does not count" : `round ${round} of ${rounds}`}`,
    );
    for (const each of shuffled(cases.filter(({ once }) => !once || round === rounds))) {
      const run = await measure(each.command(place));
      if (round > 0 || rounds === 0) runs.get(each)?.push(run);
    }
  }
  return cases.map((each) => {
    const { comparison, name, beside } = each;
    return { size: titleOf(size), comparison, name, beside, ...figuresOf(runs.get(each) ?? []) };
  });
}

async function main(args: readonly string[]): Promise<void> {
  const { rounds, size, only, save, help } = optionsOf(args, OPTIONS);
  if (help) return console.log(USAGE);
  if (!/^\d\d?$/.test(rounds))
    throw new UnusableFile(`--rounds ${rounds}: a number from 0 to 99 is expected`);
  const tried = Number(rounds) === 0;
  if (tried && save)
    throw new UnusableFile("--save keeps what was measured, and --rounds 0 measures nothing");
  const sizes = SIZES.filter((each) => size === undefined || titleOf(each) === size);
  if (sizes.length === 0)
    throw new UnusableFile(`--size ${size}: allowed are ${SIZES.map(titleOf).join(", ")}`);
  const measured = only.split(",");
  const unknown = measured.find((each) => !Object.hasOwn(COMPARISONS, each));
  if (unknown !== undefined)
    throw new UnusableFile(`--only ${unknown}: allowed are ${Object.keys(COMPARISONS).join(", ")}`);
  installCdk();
  const folder = mkdtempSync(join(tmpdir(), "delivery-bench-"));
  try {
    const rows: Row[] = [];
    const counts: Bench["counts"] = {};
    const profiles: Record<string, string> = {};
    for (const each of sizes) {
      const place = placeOf(each, join(folder, titleOf(each)));
      const cases = CASES.filter(
        ({ comparison, fits }) => measured.includes(comparison) && (fits?.(each) ?? true),
      );
      rows.push(...(await rowsOf(cases, place, Number(rounds))));
      if (!measured.includes("evaluated") && !measured.includes("judged")) continue;
      await countable(place);
      counts[titleOf(each)] = counted(typesFile(place.out), join(place.out, "classic.ts"));
      for (const held of goals({ rows, counts })) {
        const ours = cases.find(({ comparison, beside }) => comparison === held.comparison && beside);
        if (!tried && held.missed && held.size === titleOf(each) && ours)
          profiles[profileKey(held)] = await profiled(ours.command(place));
      }
    }
    if (measured.includes("installed")) rows.push(...installRows(Number(rounds) || 1));
    if (measured.includes("engine") && !isPulumiThere()) console.log("engine: skipped, no pulumi on PATH");
    else if (measured.includes("engine"))
      for (const [name, seconds] of await engineRounds(Number(rounds) || 1))
        rows.push({ size: "2x1", comparison: "engine", name, beside: undefined, seconds: spread(seconds) });
    // Some fit one size alone.
    const absent = size === undefined ? withoutRows(measured, rows) : [];
    if (absent.some((each) => each !== "engine" || isPulumiThere()))
      throw new Error(`nothing was measured of ${absent.join(", ")}: see bench/main.ts`);
    if (tried) return console.log(`${rows.length} cases ran once each; nothing was measured`);
    const bench: Bench = {
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
      versions: {
        node: process.version,
        typescript: versionOf(ROOT, "typescript"),
        "@pulumi/pulumi": versionOf(ROOT, "@pulumi/pulumi"),
        "@pulumi/aws": versionOf(ROOT, "@pulumi/aws"),
        "aws-cdk-lib": versionOf(join(__dirname, "cdk"), "aws-cdk-lib"),
      },
      rounds: Number(rounds),
      rows,
      counts,
      profiles,
    };
    const last = existsSync(LAST) ? (JSON.parse(readFileSync(LAST, "utf8")) as Bench) : undefined;
    console.log(screen(bench, last));
    if (save) writeFileSync(LAST, `${JSON.stringify(saved(bench, last), null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(isRefusal(error) ? refusal(error, "npm run bench -- --help shows the options") : error);
  process.exitCode = 2;
});
