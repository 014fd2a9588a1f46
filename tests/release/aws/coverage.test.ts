/** The list of what is emulated, answered and not covered is whole, and the page says it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import { stacksOf } from "../../../rehearsal/bringUp/stacksOf";
import { allResources } from "../../../rehearsal/record/record";
import { branchesRecord } from "../scenarios/branches";
import { KINDS, recordOf } from "../scenarios/kinds";
import { upOf } from "../../stacks/together.cases";
import { additions, NOT_MADE, page } from "./coverage";
import { MADE } from "./resources";

describe("the AWS of the release test", () => {
  it("is on its page as the code has it: else run npm run docs:release-test", async () => {
    assert.equal(readFileSync(join(ROOT, "docs/release-test-aws.md"), "utf8"), await page());
  });

  it("makes each type that the stacks of the sample and of the scenarios register, or says where it counts", async () => {
    const { record } = await stacksOf(ROOT);
    const scenarios = [
      ...[await recordOf(KINDS), await branchesRecord()],
      await upOf("kept releases and images in another Region"),
      await upOf("previews of pull requests in CodeCommit"),
    ];
    const types = new Set(
      [record, ...scenarios]
        .flatMap(allResources)
        .filter(({ custom, remote }) => custom || remote)
        .map(({ type }) => type),
    );
    assert.ok(types.size > 10);
    assert.deepEqual(
      [...types].filter((type) => !(type in MADE) && !(type in NOT_MADE)),
      [],
    );
    assert.deepEqual(
      Object.keys(MADE).filter((type) => type in NOT_MADE),
      [],
    );
  });

  it("names a page of AWS's documentation for each addition to the emulator", () => {
    const found = additions();
    assert.ok(found.length > 0);
    assert.deepEqual(
      found.filter(({ what, pages }) => what === "" || pages.length === 0).map(({ name }) => name),
      [],
    );
    const defined = [
      ...readFileSync(join(__dirname, "additions.py"), "utf8").matchAll(/^def ([a-z]\w*)\(\) -> None:/gm),
    ];
    assert.deepEqual(
      defined.map(([, name]) => name).filter((name) => name !== "install"),
      found.map(({ name }) => name),
    );
  });
});
