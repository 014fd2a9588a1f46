import assert from "node:assert/strict";
import { judgeCharter } from "../../../../rehearsal/access/matrix/judge";
import { CASES, isSampled } from "../../../stacks/together.cases";
import { worldOf } from "../worlds";
import { sampled } from "../../../whole/sample";

describe("The charter, with other settings", () => {
  for (const title of sampled(Object.keys(CASES), isSampled)) {
    it(`is what the policies say: ${title}`, async () => {
      const { findings, rows, decided } = await judgeCharter(await worldOf(title), { calls: [] });
      assert.deepEqual(findings, []);
      assert.ok(rows.length > 80 && decided > 5_000, `${rows.length} rows, ${decided} decided`);
    });
  }
});
