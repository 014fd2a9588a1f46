import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { allParts } from "../../../commands/delivery";
import { createStacks, keepComments } from "../../../commands/up/newStacks";
import { delivery, FakeEngine } from "../sample";

const WRITTEN = 'config:\n  kind: tooling # builds\n  account: "012345678901"\n';

describe("a stack that is made", () => {
  it("keeps what people wrote in its file, and gets how its secrets are encrypted", () => {
    const after = 'config:\n  acme:account: "012345678901"\n  acme:kind: tooling\nencryptionsalt: v1:abc=\n';
    assert.equal(keepComments(WRITTEN, after), `${WRITTEN}encryptionsalt: v1:abc=\n`);
    assert.equal(keepComments(WRITTEN.trimEnd(), after), `${WRITTEN}encryptionsalt: v1:abc=\n`);
    const kms = "secretsprovider: awskms://alias/x\n";
    assert.equal(
      keepComments(`${kms}${WRITTEN}`, `${kms}encryptedkey: k\nconfig: {}\n`),
      `${kms}${WRITTEN}encryptedkey: k\n`,
    );
    assert.equal(keepComments(WRITTEN, "config: {}\n"), WRITTEN);
  });

  it("is made with the provider of its own file, and a failure is told with its name and leaves the file", async () => {
    const [build, qa] = allParts(delivery());
    assert.ok(build && qa);
    const engine = new FakeEngine({}, { "create qa": { error: new Error("passphrase must be set") } });
    const before = readFileSync(qa.file, "utf8");
    await assert.rejects(createStacks(engine, [{ ...build, secretsProvider: "awskms://alias/x" }, qa]), {
      message: "qa: the stack cannot be created: passphrase must be set",
    });
    assert.deepEqual(engine.calls, ["create build awskms://alias/x", "create qa"]);
    assert.equal(readFileSync(qa.file, "utf8"), before);
  });
});
