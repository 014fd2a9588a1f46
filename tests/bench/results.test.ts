import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { counted } from "../../bench/counted";
import { CASES, COMPARISONS } from "../../bench/cases";
import { type Command, ROOT } from "../../bench/measure";
import { type Profile, profileLine } from "../../bench/profile";
import {
  type Bench,
  figuresOf,
  goalLines,
  goals,
  profileKey,
  type Row,
  saved,
  screen,
  spread,
  withoutRows,
} from "../../bench/results";
import { folderWith } from "../folders";

const row = (name: string, seconds: number, megabytes: number, changes: Partial<Row> = {}): Row => ({
  size: "2x1",
  comparison: "evaluated",
  name,
  beside: name === "ours" ? "theirs" : undefined,
  seconds: { median: seconds, min: seconds / 2, max: seconds * 2 },
  cpuSeconds: seconds / 4,
  megabytes,
  ...changes,
});
const bench = (...rows: Row[]): Bench => ({
  date: "2026-01-02",
  machine: "a machine, 2 cores, 8 GB",
  versions: { node: "v20.19.0", "aws-cdk-lib": "2.0.0" },
  rounds: 3,
  rows,
  counts: Object.fromEntries(
    ["2x1", "10x1", "30x1", "3x10"].map((size) => [size, { iam: { delivery: 30, cdk: 15 } }]),
  ),
});

describe("figures of the bench", () => {
  it("are the median, which is between the two in the middle of an even number, and both ends", () => {
    assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
    assert.deepEqual(spread([4, 1, 10, 2]), { median: 3, min: 1, max: 10 });
    const run = (seconds: number) => ({
      seconds,
      cpuSeconds: 2 * seconds,
      megabytes: 10 * seconds,
    });
    assert.deepEqual(figuresOf([run(1), run(3)]), {
      seconds: { median: 2, min: 1, max: 3 },
      cpuSeconds: 4,
      megabytes: 20,
    });
  });

  it("are held against each goal of their size and comparison, at 30 environments by resource", () => {
    assert.deepEqual(goalLines(bench(row("ours", 7, 99), row("theirs", 10, 100))), [
      "  2x1 evaluated: time 0.70, goal 0.7: met; memory 0.99, goal 1: met",
    ]);
    const judged = { comparison: "judged" } as const;
    assert.deepEqual(goalLines(bench(row("ours", 7, 51, judged), row("theirs", 10, 100, judged))), [
      "  2x1 judged: time 0.70, goal 0.33: missed; memory 0.51, goal 0.5: missed",
    ]);
    for (const size of ["10x1", "30x1", "3x10"]) {
      const large = { size };
      assert.deepEqual(goalLines(bench(row("ours", 13, 100, large), row("theirs", 10, 100, large))), [
        `  ${size} evaluated: time 1.30, for each resource 0.65, goal 0.7: met; memory 1.00, goal 1: met`,
      ]);
      const both = { size, ...judged };
      assert.deepEqual(goalLines(bench(row("ours", 4, 50, both), row("theirs", 10, 100, both))), [
        `  ${size} judged: time 0.40, goal 0.5: met; memory 0.50, goal 0.5: met`,
      ]);
    }
  });

  it("miss a goal by time or by memory, and by the figures of their own size alone", () => {
    const large = { size: "30x1" };
    const held = (ours: readonly [number, number], changes: Partial<Row>) =>
      goals(
        bench(
          row("theirs", 1000, 10_000),
          row("theirs", 10, 100, changes),
          row("ours", ...ours, changes),
          row("theirs", 1000, 10_000, { ...changes, comparison: "judged" }),
        ),
      ).map(({ missed }) => missed);
    assert.deepEqual(held([14, 100], large), [false]);
    assert.deepEqual(held([14.1, 100], large), [true]);
    assert.deepEqual(held([14, 101], large), [true]);
    const counted = { size: "10x1", comparison: "evaluated" } as const;
    const rows = bench(row("ours", 1, 1, counted), row("theirs", 1, 1, counted));
    assert.throws(() => goals({ ...rows, counts: {} }), { message: "10x1: no resources were counted" });
  });

  it("are there of every comparison that was asked for", () => {
    const rows = [row("ours", 1, 1), row("npm start", 1, 1, { comparison: "rehearsed" })];
    assert.deepEqual(withoutRows(Object.keys(COMPARISONS), rows), ["judged", "installed", "engine"]);
    assert.deepEqual(withoutRows(["rehearsed"], rows), []);
  });

  it("are of programs as their users run them, and of the peer as this project's commands run too, judged or not as it says", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: { start: string };
    };
    const place = { size: { environments: 3, pipelines: 2 }, stacks: "/stacks", out: "/out" };
    for (const comparison of ["evaluated", "judged"] as const) {
      const [ours, ...others] = CASES.filter((each) => each.comparison === comparison);
      assert.ok(ours && others.length === 3, comparison);
      assert.deepEqual(
        others.filter(({ name }) => name === ours.beside).map(({ beside }) => beside),
        [undefined],
      );
      const runnerOf = ({ args: [option, file = ""] }: Command) => `${option} ./${relative(ROOT, file)}`;
      const [, own = ""] = /^node (\S+ \S+) /.exec(scripts.start) ?? [];
      assert.deepEqual([runnerOf(ours.command(place)), ours.command(place).env], [own, undefined]);
      for (const peer of others) {
        const { args, env = {} } = peer.command(place);
        if (peer.name.endsWith("by register.cjs")) assert.deepEqual(runnerOf({ args }), own);
        else assert.deepEqual(args.slice(0, 2), ["-r", "ts-node/register"]);
        assert.deepEqual(args.slice(-2), ["3", "2"]);
        assert.equal(env["CDK_VALIDATION"], comparison === "evaluated" ? "false" : undefined, peer.name);
      }
    }
    const beside = CASES.flatMap((each) => (each.beside === undefined ? [] : [each.comparison]));
    assert.deepEqual(beside, ["evaluated", "judged"]);
    assert.ok(Object.keys(COMPARISONS).length > beside.length);
  });

  it("say where the time goes in which a program computes", () => {
    const node = (id: number, functionName: string, url: string) => ({
      id,
      callFrame: { functionName, url },
    });
    const profile: Profile = {
      nodes: [
        node(1, "(idle)", ""),
        node(2, "wrapSafe", "node:internal/modules/cjs/loader"),
        node(3, "stat", "node:fs"),
        node(4, "(garbage collector)", ""),
        node(5, "apply", "file:///x/node_modules/@pulumi/pulumi/output.js"),
        node(6, "toString", "/x/stacks/tooling.ts"),
        node(7, "parse", "/x/node_modules/typescript/lib/typescript.js"),
        node(8, "parse", "/x/node_modules/yaml/dist/index.js"),
        node(9, "update", "node:internal/crypto/hash"),
      ],
      samples: [1, 2, 3, 4, 5, 6, 7, 8, 9, 5],
      timeDeltas: [900, 20, 20, 15, 5, 3, 12, 9, 8, 8],
    };
    assert.equal(
      profileLine(profile),
      "40 % finding and compiling modules, 15 % garbage collection, 13 % Pulumi's packages, 12 % TypeScript and ts-node, " +
        "9 % other packages, 8 % Node.js itself, 3 % the project itself",
    );
    assert.throws(() => profileLine({ ...profile, samples: [10] }), /node 10, which it does not describe/);
    assert.throws(() => profileLine({ ...profile, samples: [1] }), /no time in which the program computes/);
    const judged = { comparison: "judged" } as const;
    const rows = bench(row("ours", 9, 9, judged), row("theirs", 10, 10, judged));
    const profiles = { [profileKey({ size: "2x1", ...judged })]: "90 % waiting" };
    assert.deepEqual(goalLines({ ...rows, profiles }).slice(1), ["    its time: 90 % waiting"]);
  });

  it("are kept with those of the last run that this one has not measured, if machine and versions are the same", () => {
    const older = row("ours", 4, 4, { comparison: "engine", date: "2026-01-01" });
    const last = bench(row("ours", 1, 1), row("ours", 2, 2, { comparison: "judged" }), older);
    const now = { ...bench(row("ours", 3, 3)), date: "2026-01-03", counts: {} };
    assert.deepEqual(saved(now, last).rows, [
      row("ours", 3, 3),
      row("ours", 2, 2, { comparison: "judged", date: "2026-01-02" }),
      older,
    ]);
    assert.deepEqual(saved(now, last).counts, last.counts);
    assert.deepEqual(saved({ ...now, machine: "another" }, last), { ...now, machine: "another" });
    assert.deepEqual(saved(now, undefined), now);
  });

  it("say nothing of a goal whose peer was not measured", () => {
    assert.deepEqual(goalLines(bench(row("ours", 1, 1), row("theirs", 1, 1, { comparison: "judged" }))), []);
  });

  it("are shown by comparison, beside those of the last run", () => {
    const last = bench(row("ours", 2, 100));
    const now = bench(row("ours", 1, 150), row("theirs", 2, 100), {
      size: "2x1",
      comparison: "engine",
      name: "preview of tooling",
      beside: undefined,
      seconds: spread([5]),
    });
    const { rows } = now;
    const install = {
      size: "any",
      comparison: "installed",
      name: "ours",
      beside: undefined,
      seconds: spread([9]),
    } as const;
    assert.equal(
      screen({ ...now, rows: [...rows, { ...install, megabytes: 200, packages: 400 }] }, last),
      `2026-01-02, a machine, 2 cores, 8 GB
node v20.19.0, aws-cdk-lib 2.0.0
Median of 3 runs; memory is that of the largest process

Like for like: both programs are evaluated, and nothing is judged (CDK_VALIDATION=false)
  size  program  seconds    min-max  CPU s   MB  to last run
  2x1   ours        1.00  0.50-2.00   0.25  150         0.50
  2x1   theirs      2.00  1.00-4.00   0.50  100            -

npm ci with a full cache, into an empty folder; MB on disk
  size  program  seconds    min-max  CPU s   MB  to last run  packages
  any   ours        9.00  9.00-9.00      -  200            -       400

The sample under Pulumi's command line, over a doubled AWS: nothing changes
  size  program             seconds    min-max  CPU s  MB  to last run
  2x1   preview of tooling     5.00  5.00-5.00      -   -            -

Resources of AWS, this project's / CDK's with aws-codepipeline
  2x1: 30/15; iam 30/15
  10x1: 30/15; iam 30/15
  30x1: 30/15; iam 30/15
  3x10: 30/15; iam 30/15

Goals, this project's part of CDK's with aws-codepipeline
  2x1 evaluated: time 0.50, goal 0.7: met; memory 1.50, goal 1: missed`,
    );
  });

  it("count what AWS has, by service: no components, no providers, in templates of all stacks", () => {
    const template = (...types: string[]) =>
      JSON.stringify({ Resources: Object.fromEntries(types.map((Type, n) => [`R${n}`, { Type }])) });
    const folder = folderWith({
      "types.json": JSON.stringify([
        "pulumi:pulumi:Stack",
        "pulumi:providers:aws",
        "delivery:index:Job",
        "aws:iam/role:Role",
        "aws:cloudwatch/eventRule:EventRule",
        "awsx:ecr:Repository",
      ]),
      "out/a.template.json": template("AWS::IAM::Role", "AWS::Events::Rule"),
      "out/below/b.template.json": template("AWS::Logs::LogGroup"),
      "out/manifest.json": "{}",
    });
    assert.deepEqual(counted(join(folder, "types.json"), join(folder, "out")), {
      iam: { delivery: 1, cdk: 1 },
      cloudwatch: { delivery: 1, cdk: 2 },
      ecr: { delivery: 1, cdk: 0 },
    });
  });
});
