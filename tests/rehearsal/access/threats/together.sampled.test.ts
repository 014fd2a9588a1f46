import assert from "node:assert/strict";
import { attack, type AttackResult } from "../../../../rehearsal/access/threats/attack";
import { ATTACKS } from "../../../../rehearsal/access/threats/list";
import { CASES, isSampled } from "../../../stacks/together.cases";
import { worldOf } from "../worlds";
import { sampled, whole } from "../../../whole/sample";

const resultsOf = async (title: string): Promise<AttackResult[]> => attack(await worldOf(title));

/** Ids by what the settings lack for them. */
const lacking = (results: readonly AttackResult[], what: RegExp): string[] =>
  results.filter(({ notApplicable = "" }) => what.test(notApplicable)).map(({ id }) => id);

describe("access/threats with other settings", () => {
  for (const title of sampled(Object.keys(CASES), isSampled)) {
    it(`every attack that applies is stopped, and succeeds with its change: ${title}`, async () => {
      const results = await resultsOf(title);
      const told = results.filter(({ applicable }) => applicable);
      const wrong = told.filter(({ held, succeedsWithChange }) => !held || !succeedsWithChange);
      assert.deepEqual(
        wrong.map(({ id, stoppedBy, change }) => [id, stoppedBy, change]),
        [],
      );
      assert.deepEqual(
        results.map(({ id }) => id),
        ATTACKS.map(({ id }) => id),
      );
      assert.ok(told.length >= 30, `${told.length} apply`);
      assert.ok(
        results.every(({ applicable, notApplicable }) => applicable === (notApplicable === undefined)),
      );
    });
  }

  whole("every attack applies to some settings", async () => {
    const all = await Promise.all(Object.keys(CASES).map(resultsOf));
    const never = ATTACKS.filter(({ id }) => !all.flat().some((each) => each.id === id && each.applicable));
    assert.deepEqual(never, []);
  });

  it("an administrator is nobody's attacker where one account is everything", async () => {
    const results = await resultsOf("single-account mode");
    assert.deepEqual(lacking(results, /account/), [
      "administrator-reads-next-release",
      "root-reads-release-without-role",
      "environment-lists-bucket",
      "deploy-role-writes-artifacts",
      "decrypt-outside-s3",
      "environment-schedules-deletion-of-key",
      "environment-pushes-image",
      "administrator-reads-next-code",
      "neighbour-runs-code",
    ]);
    const neighbour = results.find(({ id }) => id === "neighbour-reads-release");
    assert.deepEqual([neighbour?.applicable, neighbour?.held], [true, true]);
  });

  it("pipelines attack each other where there are two, whatever the order they are made in", async () => {
    const results = await resultsOf("seven environments and three pipelines");
    assert.deepEqual(lacking(results, /^(another pipeline|an account that two pipelines release to)$/), []);
    const [promote] = results.filter(({ id }) => id === "another-pipelines-promote-deletes-image");
    assert.deepEqual(
      promote?.steps.map(({ who }) => who),
      ["role delivery-catalog-promote in account 111111111111"],
    );
  });
});
