import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../../folders";
import { readText } from "../../../rehearsal/release/pipeline/deliveryFile";
import { pythonVersion } from "../../../rehearsal/release/emulator/python";
import type { Act3 } from "../../../rehearsal/release/report";
import { SERVICES } from "../access/worlds";
import { DELIVERIES } from "./deliveries";
import { configWith, releaseOf, service, type Written } from "./service";

/** A service of tests/fixtures/services, for the environments of these tests. */
async function released(name: string, pipeline: Written): Promise<Act3> {
  const folder = emptyFolder();
  cpSync(join(SERVICES, name), folder, { recursive: true });
  const file = join(folder, "delivery.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("  prod:", "  live:"));
  return (await releaseOf(folder, {}, configWith(pipeline))).act;
}
const stated = ({ environments }: Act3) => environments.map(({ state, verify }) => [state, verify?.tests]);

describe("services of other languages, as docs/languages.md has them", () => {
  for (const [title, pipeline] of [
    ["in a zip", { workload: "lambda-zip" }],
    ["in an image", { workload: "lambda-container", template: "container/template.yaml" }],
  ] as const)
    it(`in Python, ${title}, are live in each environment where there is a python3`, async () => {
      const act = await released("rates-python", pipeline);
      assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
      if (pythonVersion() === undefined) {
        assert.match(act.notCovered ?? "", /python3/);
        return;
      }
      assert.equal(act.notCovered, undefined);
      assert.deepEqual([act.tests, stated(act)], [2, [["live", 2], ["live", 2]]]); // prettier-ignore
      assert.ok(
        act.notShown.some(({ what }) => what.startsWith("Lambda's own Python (here Function runs on 3.")),
      );
    });

  it("in Go are built, tested and planned where there is a Go, and then not covered", async () => {
    const act = await released("rates-go", { workload: "lambda-zip" });
    assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
    if (spawnSync("go", ["version"]).error) {
      assert.equal(act.notCovered, "the service is built with go, which this machine does not have");
      return;
    }
    assert.equal(
      act.notCovered,
      "function Function runs on provided.al2023, and the rehearsal runs Node.js and Python",
    );
    assert.deepEqual([act.tests, stated(act)], [2, [["planned", undefined], ["untouched", undefined]]]); // prettier-ignore
    assert.ok((act.environments[0]?.plan?.changes.length ?? 0) > 8);
  });
});

describe("delivery.yaml to the job's own reader", () => {
  it("is the same to the job's own reader, where there is a Python with PyYAML", () => {
    if (spawnSync("python3", ["-c", "import yaml"]).status !== 0) return; // CodeBuild's images have it
    const program = join(__dirname, "../../../components/jobs/scripts/delivery.py");
    for (const [text, expected] of DELIVERIES) {
      const folder = service({}, { "delivery.yaml": text });
      const { status, stdout } = spawnSync("python3", [program, join(folder, "delivery.yaml")], {
        encoding: "utf8",
      });
      const refused = "refused" in readText(text);
      assert.equal(status, refused ? 3 : 0, text);
      if (refused) assert.ok(lineless(stdout).startsWith(lineless(String(expected))), `${text}: ${stdout}`);
      else assert.deepEqual(JSON.parse(stdout), expected, text);
    }
  });

  /** The two place some mistakes in neighbouring lines. */
  const lineless = (text: string): string => text.replace(/^line \d+: /, "");
});
