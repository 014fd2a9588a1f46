import assert from "node:assert/strict";
import { modelOf } from "../../src/documents";
import { missaid } from "../../src/growth/mutants";
import { withOthers } from "../../src/matrix/statements";
import { formsOf } from "../../src/mutation/forms";
import { type Mutant, mutants } from "../../src/mutation/mutators";
import { catalog } from "../../src/policy/catalog";
import { allow, document } from "../asked";

const READER = "arn:aws:iam::111111111111:role/reader";
const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };
const own = document(
  allow({
    ...{ Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::pictures/*" },
    Condition: { Bool: { "aws:SecureTransport": "true" } },
  }),
);

/** The policy, its mutants by name, and what is wrong with what is said of one. */
async function judged() {
  const model = await modelOf({ roles: { [READER]: { trust: document(trust), inline: own } } });
  const policy = model.roles.get(READER)?.identity[0] ?? assert.fail("the role has no policy");
  const known = withOthers(await catalog(["s3", "sts"]), []);
  const reference = { model, catalog: known, forms: await formsOf(known.covered("*")) };
  const all = mutants(own, { stranger: "arn:aws:iam::999999999999:root" });
  return {
    all,
    said: (mutant: Mutant, more: Partial<Parameters<typeof missaid>[2]> = {}, owner = READER) =>
      missaid(
        { policy, owner },
        mutant,
        { outcome: "killed", direction: mutant.direction, ...more },
        reference,
      ),
    named: (name: string) =>
      all.find((each) => each.name.endsWith(name)) ?? assert.fail(`there is no ${name}`),
  };
}

const trustAll = allow({ Sid: "More", Action: "s3:ListBucket", Resource: "*" });

describe("What is said of mutants", () => {
  it("is right of each", async () => {
    const { all, said } = await judged();
    assert.ok(all.length > 8);
    // Every request has this key.
    const same = all.filter(({ mutator }) => mutator === "operator to IfExists");
    assert.deepEqual(
      same.map((each) => said(each, { outcome: "excused" })),
      [undefined],
    );
    assert.deepEqual(
      all.filter((each) => !same.includes(each)).flatMap((each) => said(each) ?? []),
      [],
    );
  });

  it("is told to be wrong: silence, a sentence about nothing, the other direction, other things than those that differ, more than one", async () => {
    const { said, named } = await judged();
    const [gone, wide] = [named("without action s3:PutObject"), named("resource *")];
    const words =
      "role reader may no longer s3:PutObject on arn:aws:s3:::pictures/*, when aws:SecureTransport is true";
    assert.equal(said(named("BoolIfExists aws:SecureTransport")), "it is not said");
    assert.equal(said(gone, { outcome: "excused" }), `it changes nothing, and it is said: ${words}`);
    assert.equal(said(gone, { direction: "widening" }), `it is widening, and it is said: ${words}`);
    const other = named("without action s3:GetObject"); // as if this were what the document has changed
    assert.equal(
      said({ ...gone, statement: other.statement }),
      `it names other actions than those that differ: ${words}`,
    );
    assert.match(
      said({ ...wide, document: document(allow(), trustAll) }) ?? "",
      /^it is one change, and 3 are said: /,
    );
  });
});
