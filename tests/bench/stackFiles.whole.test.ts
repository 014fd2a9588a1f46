import assert from "node:assert/strict";
import { judge } from "../../bench/judge";
import { type Size, SIZES, titleOf, writeStackFiles } from "../../bench/stackFiles";
import { stacksOf } from "../../rehearsal/bringUp/stacksOf";
import { ofType } from "../../rehearsal/record/record";
import { emptyFolder } from "../folders";

describe("stack files of the bench", () => {
  const cases: readonly (Size & { readonly stages: number })[] = [
    { environments: 2, pipelines: 1, stages: 5 },
    { environments: 3, pipelines: 2, stages: 6 },
  ];
  for (const { stages, ...size } of cases)
    it(`come up with ${size.environments} environments and ${size.pipelines} pipelines`, async () => {
      const folder = emptyFolder();
      writeStackFiles(folder, size);
      const { record } = await stacksOf(folder);
      assert.equal(record.length, size.environments + 1);
      const pipelines = ofType(record, "aws:codepipeline/pipeline:Pipeline");
      assert.deepEqual(
        pipelines.map(({ inputs }) => (inputs["stages"] as readonly unknown[]).length),
        Array<number>(size.pipelines).fill(stages),
      );
    });

  // The smallest is the sample's own size, which npm start judges.
  for (const size of SIZES.slice(1))
    it(`are judged without a finding at size ${titleOf(size)}`, async () => {
      const folder = emptyFolder();
      writeStackFiles(folder, size);
      await judge(folder);
    });
});
