import assert from "node:assert/strict";
import { join } from "node:path";
import { counted } from "../../bench/counted";
import { type Bench, figuresOf, goalLines, type Row, screen, spread } from "../../bench/results";
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
  counts: { "2x1": { iam: { delivery: 30, cdk: 15 } }, "30x1": { iam: { delivery: 30, cdk: 15 } } },
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
    const large = { size: "30x1" };
    assert.deepEqual(goalLines(bench(row("ours", 13, 100, large), row("theirs", 10, 100, large))), [
      "  30x1 evaluated: time for each resource 0.65, goal 0.7: met; memory 1.00, goal 1: met",
    ]);
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
  30x1: 30/15; iam 30/15

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
