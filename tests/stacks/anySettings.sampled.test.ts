import assert from "node:assert/strict";
import fc from "fast-check";
import { act2 } from "../../rehearsal/access/check";
import { allResources } from "../../rehearsal/record/record";
import { judge } from "../../rehearsal/rules/rule";
import { RULES } from "../../rehearsal/rules/all";
import { readSettings } from "../../stacks/settings/read";
import { broughtUp, folder } from "../programs";
import { sampled } from "../whole/sample";
import { anySettings } from "./anySettings";
import { deliver } from "./settingsSample";

const [NUMBER = 0] = sampled([120, 12], (number) => number === 12);
const SAMPLES = fc.sample(anySettings, { seed: 7, numRuns: NUMBER }).map(({ files }) => ({
  files,
  read: readSettings(deliver(files["tooling"] ?? {}, "tooling")),
}));
const accepted = SAMPLES.filter(({ read }) => read.settings);

describe("any settings", () => {
  it("are taken as often as not, and refused by lines that name the key", () => {
    assert.ok(accepted.length > SAMPLES.length / 3, `${accepted.length} of ${SAMPLES.length}`);
    for (const { read } of SAMPLES)
      for (const problem of read.problems ?? [])
        assert.match(problem, /^[\w:]+[\w.[\]]*: (received|is missing)/);
  });

  accepted.forEach(({ files }, i) => {
    it(`that are taken keep the rules of AWS, and let everybody do what is theirs and no more (${i + 1})`, async () => {
      const record = await broughtUp(files);
      const findings = judge(record, RULES).flatMap((each) => each.findings);
      const access = await act2(folder(files, "delivery"), record, { places: [], app: undefined });
      assert.deepEqual([...findings, ...access.findings], [], JSON.stringify(files["tooling"]));
      assert.ok(allResources(record).length > 0);
    });
  });
});
