import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { optionsOf } from "../rehearsal/bringUp/commandLine";
import { type Case, CASES, typesFile } from "./cases";
import { counted } from "./counted";
import { measure, ROOT, type Run } from "./measure";
import { engineRounds, isPulumiThere } from "./engine";
import { installRows } from "./install";
import { type Bench, figuresOf, type Row, screen, spread } from "./results";
import { type Size, writeStackFiles } from "./stackFiles";

const USAGE = `npm run bench -- [options]: how long this project takes, and AWS CDK for the same

  --rounds N    runs of each case, after one that does not count; default: 5
  --size ExP    environments and pipelines, such as 2x1; default: all of
                2x1, 10x1, 30x1 and 3x10
  --save        keep this run in bench/last.json, which others are compared to
  --help        show this

It takes minutes; measure on a machine that does nothing else. docs/bench.md says
what is compared.
exit code: 0 measured, 2 not`;

const OPTIONS = {
  rounds: { type: "string", default: "5" },
  size: { type: "string" },
  save: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const SIZES: readonly Size[] = [
  { environments: 2, pipelines: 1 },
  { environments: 10, pipelines: 1 },
  { environments: 30, pipelines: 1 },
  { environments: 3, pipelines: 10 },
];
const titleOf = ({ environments, pipelines }: Size) => `${environments}x${pipelines}`;
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

/** Rounds of all cases of a size, each round in another order, so that no case always comes after the same one. */
async function rowsOf(size: Size, folder: string, rounds: number): Promise<Row[]> {
  const place = { size, stacks: join(folder, "stacks"), out: join(folder, "out") };
  mkdirSync(place.out, { recursive: true });
  writeStackFiles(place.stacks, size);
  const cases = CASES.filter(({ fits }) => fits?.(size) ?? true);
  const runs = new Map<Case, Run[]>(cases.map((each) => [each, []]));
  for (let round = 0; round <= rounds; round++) {
    console.log(
      `${titleOf(size)}: ${round === 0 ? "a round that does not count" : `round ${round} of ${rounds}`}`,
    );
    for (const each of shuffled(cases.filter(({ once }) => !once || round === rounds))) {
      const run = await measure(each.command(place));
      if (round > 0) runs.get(each)?.push(run);
    }
  }
  return cases.map((each) => {
    const { comparison, name, beside } = each;
    return { size: titleOf(size), comparison, name, beside, ...figuresOf(runs.get(each) ?? []) };
  });
}

async function main(args: readonly string[]): Promise<void> {
  const { rounds, size, save, help } = optionsOf(args, OPTIONS);
  if (help) return console.log(USAGE);
  if (!/^[1-9]\d?$/.test(rounds)) throw new Error(`--rounds ${rounds}: a number from 1 to 99 is expected`);
  const sizes = SIZES.filter((each) => size === undefined || titleOf(each) === size);
  if (sizes.length === 0) throw new Error(`--size ${size}: allowed are ${SIZES.map(titleOf).join(", ")}`);
  installCdk();
  const folder = mkdtempSync(join(tmpdir(), "delivery-bench-"));
  try {
    const rows: Row[] = [];
    const counts: Bench["counts"] = {};
    for (const each of sizes) {
      const place = join(folder, titleOf(each));
      rows.push(...(await rowsOf(each, place, Number(rounds))));
      counts[titleOf(each)] = counted(typesFile(join(place, "out")), join(place, "out/classic.ts"));
    }
    rows.push(...installRows(Number(rounds)));
    if (!isPulumiThere()) console.log("engine: skipped, no pulumi on PATH");
    else
      for (const [name, seconds] of await engineRounds(Number(rounds)))
        rows.push({ size: "2x1", comparison: "engine", name, beside: undefined, seconds: spread(seconds) });
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
    };
    const last = existsSync(LAST) ? (JSON.parse(readFileSync(LAST, "utf8")) as Bench) : undefined;
    console.log(screen(bench, last));
    if (save) writeFileSync(LAST, `${JSON.stringify(bench, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
