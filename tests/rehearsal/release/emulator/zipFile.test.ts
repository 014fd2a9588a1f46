import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { emptyFolder, write } from "../../../folders";
import { Stopped } from "../../../../rehearsal/release/stopped";
import { readZip } from "../../../../rehearsal/release/emulator/zipFile";

/** A zip of one file, as its format says. */
function zipOf(name: string, content: Buffer, method: number): Buffer {
  const header = (length: number, signature: number): Buffer => {
    const made = Buffer.alloc(length);
    made.writeUInt32LE(signature);
    return made;
  };
  const local = header(30, 0x04034b50);
  local.writeUInt16LE(name.length, 26);
  const entry = header(46, 0x02014b50);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(content.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = header(22, 0x06054b50);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + content.length, 16);
  return Buffer.concat([local, Buffer.from(name), content, entry, Buffer.from(name), end]);
}
const refusal = (zip: Buffer): string => {
  try {
    readZip(zip, "a.zip");
  } catch (error) {
    assert.ok(error instanceof Stopped);
    return error.message;
  }
  return assert.fail("it was taken");
};

describe("readZip", () => {
  it("reads what the command zip writes, packed and as it is, in folders too", () => {
    const folder = emptyFolder();
    const long = "lamp ".repeat(1000);
    write(folder, { "files/a.txt": "a", "files/deep/é.txt": long });
    execFileSync("zip", ["-q", "-r", "../a.zip", "."], { cwd: join(folder, "files") });
    const files = readZip(readFileSync(join(folder, "a.zip")), "a.zip");
    assert.deepEqual(files.map(({ name, content }) => [name, content.toString()]).sort(), [
      ["a.txt", "a"],
      ["deep/é.txt", long],
    ]);
  });

  it("refuses what is no zip, another form, and names that lead out", () => {
    assert.equal(refusal(Buffer.from("no zip, but long enough to be one")), "a.zip is no zip");
    const content = deflateRawSync("x");
    assert.deepEqual(
      readZip(zipOf("x", content, 8), "a.zip").map((file) => file.content.toString()),
      ["x"],
    );
    assert.equal(refusal(zipOf("x", content, 12)), "a.zip has x in a form that is not known here (12)");
    for (const name of ["../x", "/x", "a/../../x"])
      assert.equal(refusal(zipOf(name, content, 8)), `a.zip has ${name}, which leads out of it`);
  });
});
