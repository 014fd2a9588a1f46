import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { holderIn, lockHolder, lockHolders } from "../../../commands/engine/locks";

const LOCK = { pid: 42, username: "alice", hostname: "laptop", timestamp: "2026-11-21T04:42:43.224177887Z" };

describe("who holds a stack", () => {
  it("is told from what the CLI says", () => {
    const said =
      "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  file:///state/.pulumi/locks/organization/acme/qa/1.json: created by alice@laptop (pid 42) at 2026-11-21T04:42:43Z";
    assert.equal(lockHolder(said), "alice@laptop (pid 42) since 2026-11-21T04:42:43Z");
    assert.equal(
      lockHolder("error: [409] Conflict: Another update is currently in progress."),
      "another update (Pulumi Cloud's page of the stack says whose)",
    );
    assert.equal(lockHolder("error: AccessDenied"), undefined);
  });

  it("is told from a lock file", () => {
    assert.equal(holderIn(JSON.stringify(LOCK)), "alice@laptop (pid 42) since 2026-11-21T04:42:43Z");
  });

  it("is looked up where the backend is a folder, for this stack alone", async () => {
    const root = folderWith({});
    const path = join(root, ".pulumi/locks/organization/acme/qa");
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "1.json"), JSON.stringify(LOCK));
    writeFileSync(join(path, "1.json.attrs"), "{}");
    const url = `file://${root}?no_tmp_dir=true`;
    assert.deepEqual(await lockHolders(url, "acme", "qa"), [
      "alice@laptop (pid 42) since 2026-11-21T04:42:43Z",
    ]);
    assert.deepEqual(await lockHolders(url, "acme", "live"), []);
  });

  it("is not known of other backends", async () => {
    assert.equal(await lockHolders("https://app.pulumi.com/alice", "acme", "qa"), undefined);
    assert.equal(await lockHolders("azblob://state", "acme", "qa"), undefined);
  });
});
