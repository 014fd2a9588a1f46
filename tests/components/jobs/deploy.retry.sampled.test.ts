import assert from "node:assert/strict";
import { pool, release } from "./inputs";
import { changeSet, liveStack, setId, type Stack } from "./stack";
import { EXECUTION_ID, emptyWorld, type World } from "./world";
import { ServiceError } from "./service";
import { whole } from "../../whole/sample";

const OWN = `d-${EXECUTION_ID}`;
const CHANGED = /the environment has changed since the approval: start a new release/;
const GONE =
  /error: change set d-[0-9a-f-]+ is gone: the clean-up, another run's Plan, or an update of test.* start a new release\n/;

/** A stack with the set that Plan made and that was approved. */
const approved = (changes: Partial<Stack> = {}): Stack =>
  liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN)], protected: false, ...changes });
const worldWith = (stacks: Stack[], changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  stacks,
  ...changes,
});
const mutates = /create-change-set|execute-change-set|continue-update-rollback|s3 cp/;

describe("job deploy: what is there already", () => {
  whole("makes no set of its own when the approved one is gone or can't be executed", async () => {
    const stacks = [
      approved({ sets: [] }),
      approved({ sets: [changeSet(OWN, { executionStatus: "OBSOLETE" })] }),
      approved({ sets: [changeSet(OWN, { executionStatus: "EXECUTE_FAILED" })] }),
      approved({ sets: [changeSet("d-99999999-0000-4000-8000-000000000000")] }),
    ];
    const results = await pool([...stacks.map((stack) => [stack]), []], (list) =>
      release("deploy", worldWith(list)),
    );
    for (const [i, result] of results.entries()) {
      assert.equal(result.code, 1);
      assert.match(result.output, i === 1 || i === 2 ? CHANGED : GONE);
      assert.deepEqual(
        result.calls.filter((call) => mutates.test(call)),
        [],
      );
    }
  });

  it("joins its own update that is running, and makes or executes nothing", async () => {
    const sets = [changeSet(OWN, { executionStatus: "EXECUTE_IN_PROGRESS" })];
    const running = {
      changeSetId: setId("222222222222", OWN),
      release: EXECUTION_ID,
      sets,
      next: ["UPDATE_COMPLETE"],
    };
    const world = worldWith([liveStack("UPDATE_IN_PROGRESS", running)]);
    const result = await release("deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /joins the update that this run has started before/);
    assert.deepEqual(
      result.calls.filter((call) => mutates.test(call)),
      ["aws - s3 cp"], // what it has deployed, for Verify
    );
  });

  whole("fails when the update that it joined fails, or when another one has taken its place", async () => {
    const sets = (): Stack["sets"] => [changeSet(OWN, { executionStatus: "EXECUTE_IN_PROGRESS" })];
    const own = { changeSetId: setId("222222222222", OWN), release: EXECUTION_ID };
    const failing = liveStack("UPDATE_ROLLBACK_IN_PROGRESS", {
      ...own,
      sets: sets(),
      next: ["UPDATE_ROLLBACK_COMPLETE"],
    });
    const failed = await release("deploy", worldWith([failing]));
    assert.match(failed.output, /error: the update was rolled back: test runs what it ran before/);
    const other = liveStack("UPDATE_IN_PROGRESS", {
      ...own,
      release: "other",
      sets: sets(),
      next: ["UPDATE_COMPLETE"],
    });
    const replaced = await release("deploy", worldWith([other]));
    assert.match(replaced.output, /error: another update came in between: start a new release/);
    assert.deepEqual([failed.code, replaced.code], [1, 1]);
  });

  whole("finds its own finished update, whether its set is still there or not", async () => {
    for (const sets of [[], [changeSet(OWN, { executionStatus: "EXECUTE_COMPLETE" })]]) {
      const done = approved({ changeSetId: setId("222222222222", OWN), release: EXECUTION_ID, sets });
      const result = await release("deploy", worldWith([done]));
      assert.equal(result.code, 0, result.output);
      assert.match(result.output, /this run's change set was executed before/);
      assert.deepEqual(
        result.calls.filter((call) => mutates.test(call)),
        ["aws - s3 cp"], // what it has deployed, for Verify
      );
      assert.equal(done.protected, true);
    }
  });

  it("doesn't take a set that was only made for one that was executed", async () => {
    const made = approved({ changeSetId: setId("222222222222", OWN), sets: [] });
    const result = await release("deploy", worldWith([made]));
    assert.equal(result.code, 1);
    assert.match(result.output, GONE);
  });

  it("says that another run was faster when its set is deleted just before it is executed", async () => {
    const world = worldWith([approved()]);
    world.meanwhile = (operation) => {
      if (operation === "cloudformation execute-change-set")
        Object.assign(world.stacks[0] ?? {}, { sets: [] });
    };
    const result = await release("deploy", world);
    assert.equal(result.code, 1);
    assert.match(result.output, GONE);
    assert.equal(world.stacks[0]?.release, "ffffffff-0000-4000-8000-000000000000");
  });

  whole(
    "gives up on a set that stays as it is, with AWS's words, and takes none that another build has made",
    async () => {
      const world = worldWith([approved()]);
      world.meanwhile = (operation) => {
        if (operation !== "cloudformation execute-change-set") return;
        throw new ServiceError("AccessDenied", "no rights\nfor this");
      };
      const result = await release("deploy", world);
      assert.equal(result.code, 1);
      assert.match(
        result.output,
        /error: change set d-.* can't be executed \(AVAILABLE\): An error .* no rights for this; nothing was changed/,
      );
      const taken = worldWith([approved({ sets: [] })]);
      taken.meanwhile = (operation) => {
        if (operation === "cloudformation create-change-set")
          taken.stacks[0]?.sets.push(
            changeSet(OWN, { description: "a-job:11111111-0000-4000-8000-000000000000" }),
          );
      };
      const refused = await release("deploy", taken, { APPROVAL: "false" });
      assert.equal(refused.code, 1);
      assert.match(
        refused.output,
        /error: CloudFormation doesn't make change set d-.*: An error occurred \(AlreadyExistsException\)/,
      );
      assert.equal(taken.stacks[0]?.release, "ffffffff-0000-4000-8000-000000000000");
    },
  );

  whole("waits out another's update, then executes its own set if it is still there", async () => {
    const world = worldWith([approved({ status: "UPDATE_IN_PROGRESS", next: ["UPDATE_COMPLETE"] })]);
    const result = await release("deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /stack catalog--test is in UPDATE_IN_PROGRESS: waiting/);
  });
});
