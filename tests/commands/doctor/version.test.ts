import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { versionCheck } from "../../../commands/doctor/stackChecks";
import { ROOT, unbroken } from "../../rehearsal/sample";
import { delivery, state } from "../sample";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

describe("the version that a stack was brought up with", () => {
  const [part] = delivery().tooling;
  assert.ok(part);
  const checked = (outputs: Record<string, unknown>) => versionCheck(part, state([], { outputs }));

  it("is an output of every stack", async () => {
    const { runs } = await unbroken();
    assert.deepEqual(
      runs.map(({ outputs }) => outputs["version"]),
      ["tooling", "test", "prod"].map(() => version),
    );
  });

  it("is told by doctor", () =>
    assert.deepEqual(checked({ version }), { what: `build: brought up with version ${version}` }));

  for (const [outputs, named] of [
    [{ version: "0.1.9" }, "0.1.9"],
    [{}, "0.1.0 or earlier"],
  ] as const)
    it(`is told with what to do where it is another: ${named}`, () =>
      assert.deepEqual(checked(outputs), {
        what: `build: brought up with version ${named}`,
        problem: `this is version ${version}`,
        fix: ["read CHANGELOG.md, then: npm run up -- build"],
        state: "waits",
      }));
});
