import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { isProtected, withDeletable, withDeletableFiles } from "../../../commands/down/deletable";
import { allParts } from "../../../commands/delivery";
import { delivery, resource, state } from "../sample";

const WRITTEN = 'config:\n  kind: tooling # builds\n  account: "012345678901"\n';

describe("a stack that is made deletable", () => {
  it("has all its settings, and deletable, whichever way it was written", () => {
    const salt = "encryptionsalt: v1:abc=\n";
    assert.deepEqual(parse(withDeletable(`${WRITTEN}  deletable: false\n${salt}`, "acme")), {
      config: { kind: "tooling", account: "012345678901", "acme:deletable": true },
      encryptionsalt: "v1:abc=",
    });
    assert.deepEqual(parse(withDeletable("config:\n  acme:deletable: false\n", "acme")), {
      config: { "acme:deletable": true },
    });
  });

  it("is so in a copy, which is gone afterwards, also when something fails", async () => {
    const [part] = allParts(delivery());
    assert.ok(part);
    const before = readFileSync(part.file, "utf8");
    let copy = "";
    const failing = withDeletableFiles("acme", (fileOf) => {
      copy = fileOf(part);
      assert.match(readFileSync(copy, "utf8"), /acme:deletable: true/);
      writeFileSync(copy, "changed by Pulumi");
      return Promise.reject(new Error("failed"));
    });
    await assert.rejects(failing, { message: "failed" });
    assert.equal(existsSync(copy), false);
    assert.equal(readFileSync(part.file, "utf8"), before);
  });

  it("was not so when something of it is protected", () => {
    const role = (protect?: boolean) =>
      resource("qa", "aws:iam/role:Role", "r", protect === undefined ? {} : { protect });
    assert.deepEqual(
      [isProtected(state([role(), role(true)])), isProtected(state([role(), role(false)]))],
      [true, false],
    );
  });
});
