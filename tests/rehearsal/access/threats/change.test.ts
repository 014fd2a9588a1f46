import assert from "node:assert/strict";
import {
  type Change,
  changed,
  changedStatements,
  describe as told,
} from "../../../../rehearsal/access/threats/change";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import type { Values } from "../../../../packages/iam/src/json";
import { sample, withSample } from "./sampleWorld";

withSample();

const BUILD = "arn:aws:iam::111111111111:role/delivery-catalog-build";

const found = (pattern: RegExp): string =>
  [...sample.world.model.guarded.keys()].find((arn) => pattern.test(arn)) ?? assert.fail(String(pattern));
const removed = (at: string, sid: string): Change => ({ at, sid, words: "removed", to: () => undefined });
const added = (at: string, statement: Values & { readonly Sid: string }): Change => ({
  ...{ at, sid: statement.Sid, words: "added", to: () => ({ Effect: "Allow", ...statement }), adds: true },
});

describe("access/threats/change", () => {
  it("changes one statement and leaves the others of the document as they are", () => {
    const { model } = sample.world;
    const at = found(/:key\//);
    const [first, second] = changedStatements(model, {
      ...removed(at, "DecryptReleases"),
      to: (old) => ({ ...old, Action: ["kms:*"] }),
    });
    assert.equal(first?.["Sid"], "DelegateToAccount");
    assert.deepEqual([second?.["Sid"], second?.["Action"]], ["DecryptReleases", ["kms:*"]]);
    assert.deepEqual(Object.keys(second?.["Condition"] ?? {}), ["ArnEquals", "StringEquals"]);
    assert.deepEqual(changedStatements(model, removed(at, "DecryptReleases")), [first]);
    const more = { Sid: "More", Action: "kms:Encrypt", Resource: "*", Principal: "*" };
    const [, , last] = changedStatements(model, added(at, more));
    assert.deepEqual(last, { Effect: "Allow", ...more });
  });

  it("puts the changed document in the place of the old one, and only there", () => {
    const { model } = sample.world;
    const change: Change = {
      ...removed(BUILD, "AssumedByService"),
      words: "without its condition",
      to: (old) => Object.fromEntries(Object.entries(old ?? {}).filter(([key]) => key !== "Condition")),
    };
    const after = changed(model, change);
    const different = [...model.roles].filter(([arn, { trust }]) => after.roles.get(arn)?.trust !== trust);
    assert.deepEqual(
      different.map(([arn]) => arn),
      [BUILD],
    );
    assert.deepEqual(after.guarded, model.guarded);
    assert.deepEqual(after.managed, model.managed);
    assert.equal(
      told(model, change),
      "trust of role delivery-catalog-build: AssumedByService without its condition",
    );
  });

  it("leaves a document without statements where the only one is removed", () => {
    const topic = found(/:sns:/);
    const after = changed(sample.world.model, removed(topic, "RequireTls"));
    assert.deepEqual(after.guarded.get(topic)?.policy?.statements, []);
  });

  it("gives a role without any policy its first, and no other role one", () => {
    const { model } = sample.world;
    const own = model.roles.get(BUILD) ?? assert.fail("no role of build");
    const bare = { ...model, roles: new Map([...model.roles, [BUILD, { ...own, identity: [] }]]) };
    const change = added(BUILD, { Sid: "First", Action: "s3:GetObject", Resource: "*" });
    const after = changed(bare, change);
    assert.deepEqual(
      after.roles.get(BUILD)?.identity.map(({ statements }) => statements.map(({ sid }) => sid)),
      [["First"]],
    );
    for (const [arn, { identity, trust }] of after.roles) {
      assert.equal(trust, bare.roles.get(arn)?.trust);
      if (arn !== BUILD) assert.deepEqual(identity, bare.roles.get(arn)?.identity);
    }
    assert.equal(told(bare, change), "first policy of role delivery-catalog-build: First added");
  });

  it("refuses a document or a statement that is not there", () => {
    const refuses = (change: Change) =>
      assert.throws(
        () => changed(sample.world.model, change),
        (error) => error instanceof NotKnown && /has not one statement .* to change$/.test(error.message),
      );
    refuses(removed(`${BUILD}x`, "Decrypt"));
    refuses(removed(found(/:sns:/), "Nothing"));
    refuses(removed([...sample.world.model.managed.keys()][0] ?? "", "Nothing"));
    refuses(added("arn:aws:s3:::none", { Sid: "More" }));
  });
});
