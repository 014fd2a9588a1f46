import assert from "node:assert/strict";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { readPolicies } from "../../commands/doctor/access/reading";
import { readState } from "../../commands/engine/engine";
import type { Documents } from "../../rehearsal/access/live/documents";
import { judgeLive, liveEstate } from "../../rehearsal/access/live/live";
import { recordOf } from "../../rehearsal/record/states";
import { accountsWith, policiesIn } from "../commands/doctor/accounts";
import { ROOT, SAMPLE } from "../rehearsal/sample";
import { exported } from "./stack";
import { removeWorlds, STACKS, upWorld } from "./worlds";

describe("doctor --access, by the state that the engine has written", () => {
  after(removeWorlds);

  it("finds nothing where the accounts have what was brought up, and every statement that is gone", async () => {
    const world = await upWorld();
    const states = [];
    for (const stack of STACKS) {
      const deployment = (await exported(world, stack)).deployment as unknown;
      const { resources, outputs } = readState(deployment);
      const { account, "aws:region": region } = world.settings(stack) as Record<string, string>;
      states.push({ stack, resources, outputs, account: account ?? "", region: region ?? "" });
    }
    const estate = await liveEstate(SAMPLE, recordOf(states), [ROOT]);
    const place = { region: "eu-west-1", credentials: fromNodeProviderChain() };
    const places = new Map(STACKS.map((stack) => [stack, place]));
    const found = async (documents: Documents) => {
      const { there, unread } = await readPolicies(estate.sought, places, accountsWith(documents));
      assert.deepEqual(unread, []);
      return judgeLive(estate, there, new Set());
    };
    const whole = await found(estate.written);
    assert.deepEqual([whole.missing, whole.dead, whole.notJudged, whole.notUp], [[], [], [], 0]);
    assert.equal(whole.decided, estate.calls.length);
    assert.ok(whole.decided > 1000, `only ${whole.decided} calls were decided`);
    for (const policy of policiesIn(estate.written)) {
      const [first, ...others] = policy.statements;
      const { missing } = await found(policy.changed({ Version: "2012-10-17", Statement: others }));
      const fault = others.length === 0 ? "is not there" : `has no statement ${String(first?.["Sid"])}`;
      assert.deepEqual(
        missing.map(({ subject, faults }) => [subject, faults]),
        [[policy.name, [fault]]],
      );
    }
  });
});
