import assert from "node:assert/strict";
import { kindsOf } from "../../../../rehearsal/access/estate/kindTraits";
import { expand } from "../../../../rehearsal/access/matrix/expand";
import { matrixFacts } from "../../../../rehearsal/access/matrix/facts";
import { judgeAccess } from "../../../../rehearsal/access/matrix/judge";
import { permissions } from "../../../../rehearsal/access/matrix/permissions";
import { CASES, isSampled, upOf } from "../../../stacks/together.cases";
import { folderOf, worldOf } from "../worlds";
import { sampled, whole } from "../../../whole/sample";

describe("The access matrix, with other settings", () => {
  for (const title of sampled(Object.keys(CASES), isSampled)) {
    (title.startsWith("waves") ? whole : it)(`is what the policies say: ${title}`, async () => {
      const { findings, rows, decided } = await judgeAccess(await worldOf(title), { calls: [] });
      assert.deepEqual(findings, []);
      assert.ok(rows.length > 80 && decided > 5_000, `${rows.length} rows, ${decided} decided`);
    });
  }

  /** None of these settings has both branches and transforms. */
  const UNTRIED = ["branches.yaml: the transforms of the settings are expanded"];
  whole("has no row that holds with none of them", async () => {
    const idle = new Set(permissions());
    for (const title of Object.keys(CASES)) {
      const world = { folder: folderOf(title), record: await upOf(title), kinds: kindsOf() };
      for (const { row } of expand(matrixFacts(world))) idle.delete(row);
    }
    assert.deepEqual(
      [...idle].map(({ at, reason }) => `${at.replace(/.*\/|:\d+$/g, "")}: ${reason}`),
      UNTRIED,
    );
  });
});
