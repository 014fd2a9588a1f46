import assert from "node:assert/strict";
import {
  added,
  type Change,
  changed,
  changedStatements,
  describe as told,
  removed,
  replaced,
  withoutCondition,
  withoutOperator,
} from "../../../../rehearsal/access/threats/change";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { sample } from "./sampleWorld";

const statement = (change: Change) =>
  changedStatements(sample.facts.model, change).find(({ Sid }) => Sid === change.sid);

describe("access/threats/change", () => {
  it("changes one statement and leaves the others of the document as they are", () => {
    const { model, key } = sample.facts;
    const at = { guarding: key };
    const before = changedStatements(model, replaced(at, "DecryptReleases", "as it is", {}));
    assert.deepEqual(
      before.map(({ Sid }) => Sid),
      ["DelegateToAccount", "DecryptReleases"],
    );
    const { Condition, ...rest } = before[1] ?? {};
    assert.deepEqual(statement(withoutCondition(at, "DecryptReleases")), rest);
    const operators = Condition as Record<string, unknown>;
    assert.deepEqual(Object.keys(operators), ["ArnEquals", "StringEquals"]);
    assert.deepEqual(statement(withoutOperator(at, "DecryptReleases", "StringEquals", "")), {
      ...rest,
      Condition: { ArnEquals: operators["ArnEquals"] },
    });
    assert.deepEqual(
      statement(replaced(at, "DecryptReleases", "", { Action: ["kms:*"], Condition: undefined })),
      {
        ...rest,
        Action: ["kms:*"],
      },
    );
    assert.deepEqual(changedStatements(model, removed(at, "DecryptReleases")), [before[0]]);
    const more = { Sid: "More", Action: "kms:Encrypt", Resource: "*", Principal: "*" };
    assert.deepEqual(changedStatements(model, added(at, more, "added")), [
      ...before,
      { Effect: "Allow", ...more },
    ]);
  });

  it("puts the changed document in the place of the old one, and only there", () => {
    const { model, main } = sample.facts;
    const change = withoutCondition({ trustOf: main.build.role }, "AssumedByService");
    const after = changed(model, change);
    const different = [...model.roles].filter(([arn, { trust }]) => after.roles.get(arn)?.trust !== trust);
    assert.deepEqual(
      different.map(([arn]) => arn),
      [main.build.role],
    );
    assert.deepEqual(after.guarded, model.guarded);
    assert.deepEqual(after.managed, model.managed);
    assert.equal(
      told(model, change),
      "trust of role delivery-catalog-build: AssumedByService without its condition",
    );
  });

  it("leaves a document without statements where the only one is removed", () => {
    const { model, main } = sample.facts;
    const after = changed(model, removed({ guarding: main.topic }, "RequireTls"));
    assert.deepEqual(after.guarded.get(main.topic)?.policy?.statements, []);
  });

  it("refuses a document or a statement that is not there", () => {
    const { model, main } = sample.facts;
    const refuses = (change: Change) =>
      assert.throws(
        () => changed(model, change),
        (error) => error instanceof NotKnown && /has not one statement .* to change$/.test(error.message),
      );
    refuses(removed({ policyOf: `${main.build.role}x` }, "Decrypt"));
    refuses(removed({ guarding: main.topic }, "Nothing"));
    refuses(removed({ managed: main.operator }, "Nothing"));
    refuses(added({ guarding: "arn:aws:s3:::none" }, { Sid: "More" }, "added"));
  });
});
