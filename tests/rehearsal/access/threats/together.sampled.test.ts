import assert from "node:assert/strict";
import { type ThreatResult, tryThreats } from "../../../../rehearsal/access/threats/run";
import { scenarios } from "../../../../rehearsal/access/threats/scenarios";
import { CASES, isSampled } from "../../../stacks/together.cases";
import { worldOf } from "../worlds";
import { sampled, whole } from "../../../whole/sample";

const resultsOf = async (title: string): Promise<ThreatResult[]> => tryThreats(await worldOf(title));

/** Ids by what the settings lack for them. */
const lacking = (results: readonly ThreatResult[], what: RegExp): string[] =>
  results.filter(({ notApplicable = "" }) => what.test(notApplicable)).map(({ id }) => id);

describe("access/threats with other settings", () => {
  for (const title of sampled(Object.keys(CASES), isSampled)) {
    it(`every scenario that applies is refused, and succeeds with its change: ${title}`, async () => {
      const results = await resultsOf(title);
      const told = results.filter(({ applicable }) => applicable);
      const wrong = told.filter(({ refused, succeedsWithChange }) => !refused || !succeedsWithChange);
      assert.deepEqual(
        wrong.map(({ id, refusedBy, change }) => [id, refusedBy, change]),
        [],
      );
      assert.deepEqual(
        results.map(({ id }) => id),
        scenarios().map(({ id }) => id),
      );
      assert.ok(told.length >= 30, `${told.length} apply`);
      assert.ok(
        results.every(({ applicable, notApplicable }) => applicable === (notApplicable === undefined)),
      );
    });
  }

  whole("every scenario applies to some settings", async () => {
    const all: ThreatResult[] = [];
    // One after the other: Pulumi has one set of mocks in a process.
    for (const title of Object.keys(CASES)) all.push(...(await resultsOf(title)));
    const never = scenarios().filter(({ id }) => !all.some((each) => each.id === id && each.applicable));
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
      "administrator-reads-next-code",
      "neighbour-runs-code",
      "environment-pushes-image",
      "runner-writes-release-files",
      ...[
        "region-reads-another-region",
        "region-decrypts-in-another-region",
        "key-through-another-regions-s3",
      ],
      "job-writes-to-another-region",
      "region-pulls-from-another-region",
      "region-pushes-image",
      "branches-read-another-region",
      "branches-read-release-in-their-region",
      "branches-pull-release-in-their-region",
      "role-beside-an-owners-pulls",
    ]);
    const neighbour = results.find(({ id }) => id === "neighbour-reads-release");
    assert.deepEqual([neighbour?.applicable, neighbour?.refused], [true, true]);
  });

  whole("two pipelines threaten each other, whatever the order they are made in", async () => {
    const results = await resultsOf("seven environments and three pipelines");
    assert.deepEqual(lacking(results, /^(another pipeline|an account that two pipelines release to)$/), []);
    const [promote] = results.filter(({ id }) => id === "another-pipelines-promote-writes-record");
    assert.deepEqual(
      promote?.steps.slice(1).map(({ who }) => who),
      ["role delivery-catalog-promote in account 111111111111"],
    );
  });
});
