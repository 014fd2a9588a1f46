import assert from "node:assert/strict";
import type { PendingOperation } from "../../../commands/engine/engine";
import { importFile, fixCommands, pendingProblem } from "../../../commands/engine/fixes";
import { resource, stackUrn, urn } from "../sample";

const AT = { account: "555555555555", region: "eu-central-1" };
const ROLE = "aws:iam/role:Role";
const PROVIDER = urn("qa", "pulumi:providers:aws", "account");
const PARENT = urn("qa", "delivery:index:CrossAccountRoles", "sh--qa");
const pending = (type: string, name: string, others: object = {}): PendingOperation => ({
  type,
  resource: resource("qa", ROLE, name, {
    inputs: { name: `acme-${name}` },
    provider: `${PROVIDER}::id-1`,
    ...others,
  }),
});
const KEY: PendingOperation = {
  type: "creating",
  resource: resource("qa", "aws:kms/key:Key", "key", {
    parent: stackUrn("qa"),
    provider: `${PROVIDER}::id-1`,
  }),
};

describe("what fixes a stack whose update was killed", () => {
  it("is an import of what may have been made, as the same resource: with its parent and its provider", () => {
    assert.deepEqual(importFile([pending("creating", "plan", { parent: PARENT }), KEY], AT), {
      nameTable: { "parent sh--qa": PARENT, "provider account": PROVIDER },
      resources: [
        { type: ROLE, name: "plan", id: "acme-plan", parent: "parent sh--qa", provider: "provider account" },
        { type: "aws:kms/key:Key", name: "key", id: "<id>", provider: "provider account" },
      ],
    });
  });

  it("keeps two parents of one name apart", () => {
    const other = urn("qa", "delivery:index:Other", "sh--qa");
    const { nameTable, resources } = importFile(
      [pending("creating", "a", { parent: PARENT }), pending("creating", "b", { parent: other })],
      AT,
    );
    assert.deepEqual(Object.values(nameTable).sort(), [PARENT, PROVIDER, other].sort());
    assert.deepEqual(
      resources.map(({ parent = "" }) => nameTable[parent]),
      [PARENT, other],
    );
  });

  it("is told as commands in their order, with what to look up; the lock first, where there is one", () => {
    const commands = fixCommands("qa", [pending("creating", "plan"), KEY], { at: AT, locked: true });
    assert.deepEqual(
      commands.filter((line) => !line.startsWith("cat ")),
      [
        "pulumi cancel --stack qa --yes",
        "pulumi refresh --stack qa --clear-pending-creates --yes --skip-preview",
        "# look in account 555555555555 for which of these were made, and put what stands in <> into the file:",
        "#   aws:iam:Role plan: acme-plan",
        "#   aws:kms:Key key: <key id>: aws resourcegroupstaggingapi get-resources --resource-type-filters kms:key --region eu-central-1",
        "# take those out of the file that were not made; without any, go on with npm run up",
        "pulumi import --stack qa --file import-qa.json --yes --skip-preview --generate-code=false --protect=false",
        "npm run up",
      ],
    );
    const file = commands.find((line) => line.startsWith("cat ")) ?? "";
    const [, json = ""] = /^cat > import-qa\.json <<'END'\n([^]*)\nEND$/.exec(file) ?? [];
    assert.deepEqual(JSON.parse(json), importFile([pending("creating", "plan"), KEY], AT));
  });

  it("needs no import where nothing was being created", () => {
    const reference = {
      ...pending("creating", "x").resource,
      type: "pulumi:pulumi:StackReference",
      custom: false,
    };
    const operations = [pending("updating", "plan"), { type: "creating", resource: reference }];
    assert.deepEqual(fixCommands("qa", operations, { at: AT, locked: false }), [
      "pulumi refresh --stack qa --clear-pending-creates --yes --skip-preview",
      "npm run up",
    ]);
  });

  it("is preceded by what happened", () => {
    assert.equal(
      pendingProblem([pending("creating", "plan"), pending("deleting", "deploy")]),
      "an update was killed, and 2 operations are pending:\n  creating aws:iam:Role plan\n  deleting aws:iam:Role deploy",
    );
  });
});
