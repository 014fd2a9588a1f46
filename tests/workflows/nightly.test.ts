import assert from "node:assert/strict";
import { relative } from "node:path";
import { parse } from "yaml";
import { emptyFolder } from "../folders";
import { ROOT } from "../rehearsal/sample";
import { share } from "../release/share";
import { OUT, ownFolder, TRACES as WRITTEN } from "../release/system/folders";
import { stepsOf, TEXT as PREVIEW, textOf, type Workflow } from "./workflow";

const TEXT = textOf("nightly.yml");
const WORKFLOW = parse(TEXT) as Workflow;
const { release, commands } = WORKFLOW.jobs;
const TRACES = relative(ROOT, WRITTEN);
const shards = (release?.strategy as { matrix: { shard: readonly number[] } }).matrix.shard;

describe("the workflow that runs at night", () => {
  it("reads the repository and nothing else, and knows no secret", () => {
    assert.deepEqual(WORKFLOW.permissions, {});
    assert.deepEqual(Object.keys(WORKFLOW.jobs), ["release", "commands"]);
    for (const job of [release, commands]) assert.deepEqual(job?.permissions, { contents: "read" });
    assert.ok(!/\bsecrets\b|id-token|github\.token/.test(TEXT));
    const used = [...TEXT.matchAll(/uses: (\S+ # v\S+)$/gm)].map(([, action = ""]) => action);
    assert.equal(used.length, stepsOf(WORKFLOW).filter(({ uses }) => uses).length);
    assert.deepEqual(
      used.filter((each) => !PREVIEW.includes(each)),
      [],
    );
  });

  it("runs every share of the releases, each well within the six hours that GitHub gives", () => {
    assert.deepEqual(
      shards,
      shards.map((_, index) => index + 1),
    );
    const run = release?.steps.find((step) => step.run?.includes("test:release"));
    assert.equal(run?.run, `npm run test:release -- --all --shard "$SHARD/${shards.length}"`);
    assert.deepEqual(run.env, { SHARD: "${{ matrix.shard }}" });
    assert.ok((release?.["timeout-minutes"] ?? 360) < 360);
    const files = Array.from({ length: 2 * shards.length }, () => ({ file: "x.test.ts" }));
    const dealt = shards.map((each) => share(files, `${each}/${shards.length}`));
    assert.deepEqual(
      files.map((_, index) => dealt.filter((mine) => mine[index]).length),
      files.map(() => 1),
    );
  });

  it("keeps the logs that scenarios leave, wherever that is", () => {
    const [failed, ...others] = stepsOf(WORKFLOW).filter((step) =>
      String(step.with?.["path"]).endsWith(".log"),
    );
    assert.deepEqual(others, []);
    assert.equal((failed as { if?: string } | undefined)?.if, "${{ failure() }}");
    const [, ...parts] = String(failed?.with?.["path"]).split(`${relative(ROOT, OUT)}/`);
    const out = emptyFolder();
    const log = relative(out, `${ownFolder("a-scenario", out)}/01-a-job.log`);
    const asked = new RegExp(`^${parts.join("/").replaceAll(".", "\\.").replaceAll("*", "[^/]+")}$`);
    assert.match(log, asked);
  });

  it("counts the commands over all shares, also where one has failed", () => {
    assert.deepEqual([commands?.needs, commands?.if], ["release", "${{ !cancelled() }}"]);
    const kept = release?.steps.find(({ with: given }) => given?.["path"] === `${TRACES}/`);
    const got = commands?.steps.find(({ uses }) => uses?.startsWith("actions/download-artifact@"));
    assert.equal(kept?.with?.["name"], "release-traces-${{ matrix.shard }}");
    assert.deepEqual(got?.with, {
      pattern: "release-traces-*",
      path: TRACES,
      "merge-multiple": true,
    });
    assert.equal(commands?.steps.at(-1)?.run, `npm run test:release -- "commands of the jobs' scripts"`);
  });
});
