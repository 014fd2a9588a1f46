import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownFolder } from "./folders";

describe("folders of scenarios", () => {
  /** A process that has ended. */
  const ended = String(spawnSync("true").pid);
  /** The one that started this one: it runs. */
  const other = String(process.ppid);
  const leave = (out: string, pid: string, scenario: string): string => {
    const folder = join(out, "runs", pid, scenario);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "01.log"), pid);
    return folder;
  };

  it("are a process's own: that of another run stays while it goes on, and the known path leads to the newest", () => {
    const out = mkdtempSync(join(tmpdir(), "delivery-folders-"));
    const [theirs, old, older] = [
      leave(out, other, "first"),
      leave(out, ended, "first"),
      leave(out, ended, "second"),
    ];
    const own = ownFolder("first", out);
    writeFileSync(join(own, "01.log"), "own");
    assert.deepEqual([theirs, old, older, own].map(existsSync), [true, false, true, true]);
    assert.equal(readFileSync(join(theirs, "01.log"), "utf8"), other);
    assert.equal(readFileSync(join(out, "first/01.log"), "utf8"), "own");
    assert.deepEqual(readdirSync(ownFolder("first", out)), [], "it runs again, with no log of before");
  });

  it("replace a folder that has the known path", () => {
    const out = mkdtempSync(join(tmpdir(), "delivery-folders-"));
    mkdirSync(join(out, "first"));
    writeFileSync(join(out, "first/old.log"), "");
    ownFolder("first", out);
    assert.deepEqual([readdirSync(join(out, "first")), readdirSync(out)], [[], ["first", "runs"]]);
  });
});
