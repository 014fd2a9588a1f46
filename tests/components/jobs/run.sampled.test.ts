import assert from "node:assert/strict";
import { branchWorld, deployBranch, registerBranch } from "./branches";
import { handing } from "./codepipeline";
import type { Result } from "./harness";
import { ASKED, pool, promote, release, releaseFolder } from "./inputs";
import { changeSet, liveStack } from "./stack";
import {
  type ActionRun,
  type Seen,
  BUCKET,
  COMMIT_ID,
  DIGEST,
  EXECUTION_ID,
  TARGET_ID,
  emptyWorld,
  type World,
} from "./world";
import { whole } from "../../whole/sample";

/** Whose run a job acts for, and what it was handed. */

const CODEBUILD_BUILD_ID = "delivery-catalog--test-plan-job:6f1e2d3c-0000-4000-8000-000000000000";
const OTHER_BUILD = CODEBUILD_BUILD_ID.replace("6f1e2d3c", "00000000");
const OTHER_ID = "99999999-0000-4000-8000-999999999999";
const MINE = [{ build: CODEBUILD_BUILD_ID, status: "InProgress" }];
const outcome = { status: "CREATE_COMPLETE", reason: null, changes: [] };

const ready = (changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  outcome,
  stacks: [liveStack("UPDATE_COMPLETE", { sets: [changeSet(`d-${EXECUTION_ID}`)] })],
  ...changes,
});
const deployedAt = ({ objects }: World, id: string): Record<string, string> | undefined => {
  const found = objects.get(`${BUCKET}/releases/catalog/222222222222/test/${id}/deployed.json`);
  return found && (JSON.parse(found.toString()) as Record<string, string>);
};
const refused = (result: Result, message: RegExp, what = ""): void => {
  assert.equal(result.code, 1, what);
  assert.match(result.output, message, what);
  assert.equal(result.output.split("\n").filter((line) => line.startsWith("error: ")).length, 1, what);
};

describe("a job's own run", () => {
  it("is the pasted one, and Deploy leaves for it what it has deployed", async () => {
    const world = ready();
    const result = await release("deploy", world, { CODEBUILD_BUILD_ID });
    assert.equal(result.code, 0, result.output);
    const { deployedAt: at, releaseSha256, ...rest } = deployedAt(world, EXECUTION_ID) ?? {};
    assert.match(at ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(releaseSha256, releaseFolder().sha256);
    assert.deepEqual(rest, {
      run: EXECUTION_ID,
      commit: COMMIT_ID,
      codeDigest: DIGEST,
      endpoint: "https://abc123.execute-api.eu-west-1.amazonaws.com",
    });
  });

  whole(
    "in a roll-back is the roll-back's, whether its own id was pasted or that of its target",
    async () => {
      const rollback = "55555555-0000-4000-8000-555555555555";
      for (const pasted of [rollback, EXECUTION_ID]) {
        const executions = {
          [rollback]: { type: "ROLLBACK", status: "InProgress", target: EXECUTION_ID },
          [EXECUTION_ID]: { type: "STANDARD", status: "Succeeded" },
        };
        const handed = handing({ COMMIT_ID, CODE_DIGEST: DIGEST, RELEASE_SHA256: releaseFolder().sha256 });
        const seen = [{ id: rollback, type: "ROLLBACK", actions: MINE }];
        const world = ready({ executions, seen, runs: { [EXECUTION_ID]: handed, [rollback]: [] } });
        const result = await release("deploy", world, { CODEBUILD_BUILD_ID, EXECUTION_ID: pasted });
        assert.equal(result.code, 0, result.output);
        assert.equal(world.stacks[0]?.release, rollback, pasted);
        assert.equal(deployedAt(world, pasted)?.["run"], rollback);
        assert.equal(deployedAt(world, rollback)?.["run"], rollback);
        assert.equal(deployedAt(world, EXECUTION_ID) !== undefined, pasted === EXECUTION_ID);
      }
    },
  );

  whole("is no other's: abandoned, ended, of another build, of a stage that has moved on", async () => {
    const cases: [string, Seen, RegExp][] = [
      ["abandoned", { actions: [{ build: CODEBUILD_BUILD_ID, status: "Abandoned" }] }, /error: CodePipeline has ended the action of this job \(Abandoned\)/],
      ["failed", { actions: [{ build: CODEBUILD_BUILD_ID, status: "Failed" }] }, /error: CodePipeline has ended the action of this job \(Failed\)/],
      ["another build", { actions: [{ build: OTHER_BUILD, status: "InProgress" }] }, /error: no action in progress of stage Deploy-test is this build/],
      ["no action", { actions: [] }, /error: no action in progress of stage Deploy-test is this build/],
      ["moved on", { id: OTHER_ID, actions: [{ build: OTHER_BUILD, status: "InProgress" }] }, /error: no action in progress/],
      ["another run", { id: OTHER_ID, actions: MINE }, /error: stage Deploy-test is run 9{8}-.*'s, and this job is of run 0a1b2c3d-.*: it does nothing for another run/],
      ["another roll-back", { id: OTHER_ID, type: "ROLLBACK", actions: MINE }, /error: stage Deploy-test is rolled back to run 7e6d5c4b-.* by 9{8}-.*, and this job is of run 0a1b2c3d-/],
      ["no type", { type: null, actions: MINE }, /error: CodePipeline calls this run -, not STANDARD or ROLLBACK/],
      ["no id", { id: "", actions: MINE }, /error: stage Deploy-test is run .*'s, and this job is of run/],
    ]; // prettier-ignore
    await pool(
      cases.flatMap((each) => (["deploy", "promote"] as const).map((job) => [job, ...each] as const)),
      async ([job, what, seen, message]) => {
        const executions = { [EXECUTION_ID]: { type: "STANDARD", status: "InProgress" }, [OTHER_ID]: { type: "ROLLBACK", status: "InProgress" } };
        const world = ready({ seen: [seen], executions });
        const objects = new Set(world.objects.keys());
        const result = job === "deploy" ? await release(job, world, { CODEBUILD_BUILD_ID }) : await promote(world, { CODEBUILD_BUILD_ID });
        refused(result, message, `${job}: ${what}`);
        assert.ok(result.calls.every((call) => /codepipeline get-/.test(call)), result.calls.join());
        assert.equal(world.stacks[0]?.release, liveStack().release);
        assert.ok([...world.objects.keys()].every((key) => objects.has(key) || key.endsWith("deployed.json")));
      },
    ); // prettier-ignore
  });

  it("is known a moment later where the state lags behind", async () => {
    const lags = { actions: [{ build: OTHER_BUILD, status: "Succeeded" }] };
    const world = ready({ seen: [{ actions: [] }, lags, lags, { actions: MINE }] });
    const result = await release("deploy", world, { CODEBUILD_BUILD_ID });
    assert.equal(result.code, 0, result.output);
    assert.equal(result.calls.filter((call) => call === ASKED[0]).length, 4);
  });

  whole("is given up when the stage goes on while the job waits, before anything is changed", async () => {
    for (const then of [
      { actions: [{ build: CODEBUILD_BUILD_ID, status: "Abandoned" }] },
      { id: OTHER_ID, actions: MINE },
    ]) {
      for (const job of ["plan", "deploy"] as const) {
        const world = ready({
          seen: [{ actions: MINE }, then],
          stacks: [liveStack("UPDATE_IN_PROGRESS", { next: ["UPDATE_COMPLETE"] })],
        });
        const result = await release(job, world, { CODEBUILD_BUILD_ID });
        refused(
          result,
          /error: (CodePipeline has ended the action|stage \S+ has gone on without this job)/,
          job,
        );
        assert.ok(
          !result.calls.some((call) => /create-change-set|execute-change-set|delete-change-set/.test(call)),
        );
      }
    }
  });

  it("is no roll-back in a stage that changes nothing", async () => {
    const executions = { [EXECUTION_ID]: { type: "ROLLBACK", status: "InProgress" } };
    refused(await release("plan", ready({ executions })), /error: stage Approve-test changes no environment/);
    refused(
      await registerBranch(branchWorld("fix", { executions })),
      /error: stage Register changes no environment/,
    );
  });
});

describe("what a run was handed", () => {
  const sha256 = releaseFolder().sha256;
  const good = { COMMIT_ID, CODE_DIGEST: DIGEST, RELEASE_SHA256: sha256, CHANGE_SET: `d-${EXECUTION_ID}` };
  const at = (runs: ActionRun[], startTime: string, status = "Succeeded"): ActionRun[] =>
    runs.map((each) => ({ ...each, startTime, status }));
  const bad = { COMMIT_ID: "0".repeat(40), CODE_DIGEST: "x", RELEASE_SHA256: "y", CHANGE_SET: "none" };

  whole("is what the newest attempt that succeeded says, on whatever page, in whatever order", async () => {
    const old = at(handing(bad), "2026-01-01T09:00:00+00:00");
    const failed = at(handing(bad), "2026-01-01T11:00:00+00:00", "Failed");
    const abandoned = at(handing(bad), "2026-01-01T12:00:00+00:00", "Abandoned");
    const now = at(handing(good), "2026-01-01T10:00:00.250000+00:00");
    const stranger = handing(bad).map((each) => ({
      ...each,
      stageName: "Other",
      startTime: "2026-01-01T13:00:00+00:00",
    }));
    for (const actions of [
      [...failed, ...abandoned, ...stranger, ...now, ...old],
      [...old, ...now, ...stranger, ...abandoned, ...failed],
    ]) {
      const world = ready({ actions });
      const result = await release("deploy", world, { CODEBUILD_BUILD_ID });
      assert.equal(result.code, 0, result.output);
      assert.equal(world.stacks[0]?.release, EXECUTION_ID);
    }
  });

  whole("is refused where there is nothing, or nothing of its form", async () => {
    const cases: [string, unknown][] = [
      ["COMMIT_ID", undefined],
      ["CODE_DIGEST", undefined],
      ["RELEASE_SHA256", ""],
      ["RELEASE_SHA256", `${sha256}\n`],
      ["RELEASE_SHA256", `${sha256.slice(1)}\u0000${sha256[0]}`],
      ["RELEASE_SHA256", `${sha256}","type":"PLAINTEXT"},{"name":"BASH_ENV","value":"$(touch pwned)`],
      ["CODE_DIGEST", ["sha256:"]],
      ["CODE_DIGEST", "x".repeat(10_000)],
      ["CHANGE_SET", `d-${TARGET_ID}`],
      ["CHANGE_SET", "#{Build.CODE_DIGEST}"],
    ];
    await pool(cases, async ([name, value]) => {
      const world = ready({ handed: { ...good, [name]: value } });
      const result = await release("deploy", world, { CODEBUILD_BUILD_ID, CHANGE_SET: "unused" });
      refused(result, new RegExp(`^error: variable ${name} must match`), name);
      assert.ok(result.output.length < 500);
      assert.deepEqual(result.calls, ASKED);
    });
  });

  whole(
    "is asked for again while CodePipeline is busy, each time later, and given up after six",
    async () => {
      const busy = ready({ throttled: 4 });
      const result = await release("deploy", busy, { CODEBUILD_BUILD_ID });
      assert.equal(result.code, 0, result.output);
      const never = ready({ throttled: 99 });
      refused(
        await release("deploy", never, { CODEBUILD_BUILD_ID }),
        /error: CodePipeline is still busy after 6 attempts: retry this stage/,
      );
      assert.equal(never.throttled, 93);
      assert.ok(never.slept >= 15 && never.slept <= 15 + 1 + 3 + 7 + 15 + 31, String(never.slept));
    },
  );

  it("names the branch too, which no other job may choose", async () => {
    const world = branchWorld("fix", { outcome });
    const result = await deployBranch(world, "fix", { BRANCH_HASH: "$(touch pwned)" });
    refused(result, /error: variable BRANCH_HASH must match \[0-9a-f\]\{8\}/);
  });
});
