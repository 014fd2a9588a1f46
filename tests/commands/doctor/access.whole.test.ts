import assert from "node:assert/strict";
import { policiesIn } from "./accounts";
import { estate, found } from "./estate";

/**
 * Statements that no call of the sample's releases needs: what denies, what AWS does for itself, and what only other
 * services' functions do. That one of these is gone is told all the same.
 */
const NOT_NEEDED = [
  "DeliverAccessLogs",
  "LogToOwnGroups",
  "Measure",
  "RefuseCustomerKey",
  "RefuseOtherAlgorithm",
  "RefuseOtherKey",
  "RequireTls",
];

describe("a statement that is gone from an account", () => {
  it("is the one thing that doctor --access names, with the calls that are denied for it", async () => {
    const { written } = await estate();
    const all = policiesIn(written).flatMap((policy) =>
      policy.statements.map((statement) => ({ policy, statement })),
    );
    assert.ok(all.length > 150, `only ${all.length} statements were found`);
    const idle = new Set<string>();
    for (const { policy, statement } of all) {
      const left = policy.statements.filter((each) => each !== statement);
      const sid = String(statement["Sid"]);
      const { missing, dead, notJudged } = await found(
        policy.changed({ Version: "2012-10-17", Statement: left }),
      );
      assert.deepEqual(
        missing.map(({ subject, owner, faults }) => ({ subject, owner, faults })),
        [
          {
            subject: policy.name,
            owner: policy.owner,
            faults: [left.length === 0 ? "is not there" : `has no statement ${sid}`],
          },
        ],
      );
      assert.deepEqual([dead, notJudged], [[], []]);
      if (missing[0]?.denied.length === 0) idle.add(sid);
    }
    assert.deepEqual([...idle].sort(), NOT_NEEDED);
  });
});
