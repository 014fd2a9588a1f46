import assert from "node:assert/strict";
import { judgeCharter } from "../../../../rehearsal/access/matrix/judge";
import { CASES } from "../../../stacks/together.cases";
import { worldOf } from "../worlds";

describe("The charter, with other settings", () => {
  for (const title of Object.keys(CASES)) {
    it(`is what the policies say: ${title}`, async () => {
      const { findings, rows, decided } = await judgeCharter(await worldOf(title), { calls: [] });
      assert.deepEqual(findings, []);
      assert.ok(rows.length > 80 && decided > 5_000, `${rows.length} rows, ${decided} decided`);
    });
  }
});
