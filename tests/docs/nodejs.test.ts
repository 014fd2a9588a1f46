import assert from "node:assert/strict";
import { NODEJS } from "../../components/jobs/buildspec";
import { WORKLOADS } from "../../components/workloads/list";
import { textOf } from "./pages";

describe("the Node.js of the jobs", () => {
  for (const page of Object.keys(WORKLOADS).map((kind) => `docs/${kind}.md`))
    it(`is named in ${page}, as the buildspecs have it and no other, with what to do for another`, () => {
      const text = textOf(page);
      assert.match(text, /Build and Verify run these scripts on Node\.js \d/);
      assert.match(text, /`engines`[^#]*image of\s+your own/);
      assert.deepEqual(
        [...text.matchAll(/Node\.js (\d[\d.]*\d)/g)].map(([, version]) => version),
        [String(NODEJS)],
      );
    });
});
