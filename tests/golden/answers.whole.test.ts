import assert from "node:assert/strict";
import { answersOf, mutationOfSample } from "./answers";
import { assertAsKept } from "./files";
import { type SetName, SETS } from "./sets";

describe("kept answers", () => {
  for (const set of Object.keys(SETS) as SetName[]) {
    it(`are still given for ${SETS[set]}`, async () => assertAsKept(set, await answersOf(set)));
  }

  it("are still given for each changed policy of the sample, none of which passes or is said in other words than its own", async () => {
    const { verdicts, answers } = await mutationOfSample();
    const passed = verdicts.filter(({ outcome }) => outcome === "survived" || outcome === "unjudged");
    assert.deepEqual(passed, []);
    assert.ok(verdicts.length > 1000);
    assert.deepEqual(
      verdicts.filter(({ missaid }) => missaid !== undefined),
      [],
    );
    assertAsKept("sample", answers);
  });
});
