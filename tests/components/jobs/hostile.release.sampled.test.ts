import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./harness";
import { ASKED, BUILDSPECS, pool, releaseFolder, releaseVariables, seal } from "./inputs";
import { liveStack } from "./stack";
import { COMMIT_ID, emptyWorld, type World } from "./world";
import { sampled, whole } from "../../whole/sample";

const ready = (): World => ({ ...emptyWorld(), stacks: [liveStack()] });

/** The checksum of SHA256SUMS as it is, so that only what is in it can be found wrong. */
function hashOf(folder: string): string {
  return createHash("sha256")
    .update(readFileSync(join(folder, "SHA256SUMS")))
    .digest("hex");
}

describe("hostile input: what Build hands over", () => {
  whole("in the release is refused before any call but those that ask what was handed over", async () => {
    const other = JSON.stringify({ commit: COMMIT_ID, codeDigest: `sha256:${"f".repeat(64)}` });
    const cases: [string, (folder: string) => string | void, RegExp][] = [
      ["a file changed", (folder) => writeFileSync(join(folder, "template.yaml"), "x"), /a file of the release was changed after Build/],
      ["sums made again", (folder) => (writeFileSync(join(folder, "template.yaml"), "x"), void seal(folder)), /SHA256SUMS has the checksum \w+, Build said/],
      ["a file more", (folder) => writeFileSync(join(folder, "plan.sh"), "touch pwned"), /files are not those in SHA256SUMS/],
      ["a link", (folder) => symlinkSync("/etc/passwd", join(folder, "parameters/stage.json")), /no file or folder with a plain name: \.\/parameters\/stage\.json\n$/],
      ["a file less", (folder) => (writeFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)}  gone\n`), hashOf(folder)), /files are not those in SHA256SUMS/],
      ["a path that leads out", (folder) => (writeFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)}  ../x\n`), hashOf(folder)), /SHA256SUMS has a bad line/],
      ["an absolute path", (folder) => (writeFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)}  /etc/passwd\n`), hashOf(folder)), /SHA256SUMS has a bad line/],
      ["another image", (folder) => (writeFileSync(join(folder, "release.json"), other), seal(folder)), /release.json names other code than Build did/],
      ["another commit", (folder) => (writeFileSync(join(folder, "release.json"), other.replace(COMMIT_ID, "0".repeat(40))), seal(folder)), /release.json is about another commit/],
      ["no file of sums", (folder) => rmSync(join(folder, "SHA256SUMS")), /the release has no file SHA256SUMS/],
      ["no sums", (folder) => (writeFileSync(join(folder, "SHA256SUMS"), ""), hashOf(folder)), /files are not those in SHA256SUMS/],
    ]; // prettier-ignore
    await pool(
      sampled(
        cases.flatMap((one) => (["plan", "deploy", "verify"] as const).map((job) => [job, ...one] as const)),
        (_, index) => index % 5 === 0, // each job, with others of the cases
      ),
      async ([job, what, change, message]) => {
        const { folder, sha256 } = releaseFolder();
        const changed = change(folder) ?? sha256;
        const world = ready();
        const variables = {
          ...releaseVariables(changed),
          CHANGE_SET: "none",
          PACKAGING: "image",
          ENDPOINT: "https://x.example",
        };
        const result = await run(BUILDSPECS[job], folder, variables, world);
        assert.equal(result.code, 1, `${job}: ${what}`);
        assert.match(result.output, message, `${job}: ${what}`);
        const asked = job === "verify" ? ["aws - s3 cp"] : ASKED;
        assert.deepEqual(result.calls, asked, `${job}: ${what}`);
      },
    );
  });
});
