import assert from "node:assert/strict";
import { hasChanges, summary } from "../../../commands/up/changes";
import { allParts } from "../../../commands/delivery";
import { EngineFailure } from "../../../commands/engine/engine";
import type { EngineEvent, OpType } from "../../../commands/engine/engine";
import { report, runStacks } from "../../../commands/stackRuns";
import { sessionWith } from "../quiet";
import { counts, delivery, error, event, FakeEngine, stackUrn, urn } from "../sample";

const ROLE = "aws:iam/role:Role";

describe("a preview of all stacks", () => {
  const change = (op: OpType, name: string, diffs: string[] = []): EngineEvent =>
    event({
      resourcePreEvent: { metadata: { op, urn: urn("build", ROLE, name), type: ROLE, provider: "", diffs } },
    });
  const preview = async () => {
    const build = [
      ...["create", "update", "replace", "delete"].map((op) => change(op as OpType, op, ["a", "b"])),
      change("update", "much", ["1", "2", "3", "4", "5", "6", "7", "8"]),
      counts({ create: 1, update: 2, replace: 1, delete: 1, same: 10 }),
    ];
    const engine = new FakeEngine(
      {},
      {
        "preview build": { events: build },
        "preview qa": { events: [counts({ same: 14 })] },
        "preview eu-live": {
          events: [error("no such role", stackUrn("eu-live"))],
          error: new EngineFailure("1"),
        },
      },
    );
    return runStacks(sessionWith(engine), "preview", allParts(delivery()));
  };

  it("is one table and what changes, with the reason where there is no preview", async () => {
    const outcomes = await preview();
    assert.deepEqual(summary(outcomes, [{ stack: "late", reason: "since build is not up yet" }]), [
      "stack    create  update  replace  delete  same",
      "build    1       2       1        1       10",
      "qa       0       0       0        0       14",
      "eu-live  ?       ?       ?        ?       ?     failed",
      "late: not previewed, since build is not up yet",
      "",
      "build: 5 changes",
      "  + aws:iam:Role create",
      "  ~ aws:iam:Role update: a, b",
      "  ± aws:iam:Role replace: a, b",
      "  - aws:iam:Role delete",
      "  ~ aws:iam:Role much: 1, 2, 3, 4, 5, 6 and 2 more",
    ]);
    assert.deepEqual(outcomes.map(hasChanges), [true, false, false]);
    assert.deepEqual(report(outcomes), ["eu-live: no such role"]);
  });

  it("has no table where nothing could be previewed", () => {
    assert.deepEqual(summary([], [{ stack: "qa", reason: "why" }]), ["qa: not previewed, why"]);
  });
});
