import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { Act2 } from "../../../rehearsal/access/check";
import type { Act3 } from "../../../rehearsal/release/report";
import { type Acts, summary } from "../../../rehearsal/report/terminal";
import { unbroken } from "../sample";

const act2 = (findings: readonly string[]): Act2 =>
  ({
    walk: { calls: new Array(1775) },
    threats: [{ applicable: true }, { applicable: false }],
    findings,
    notShown: [],
  }) as unknown as Act2;

const release = (environments: readonly string[]): Act3 =>
  ({ environments: environments.map((environment) => ({ environment })), notShown: [] }) as unknown as Act3;

/** All of it in one line. */
async function said(acts: Omit<Acts, "act1">): Promise<string> {
  return stripVTControlCharacters(summary({ act1: await unbroken(), ...acts })).replaceAll(/\s+/g, " ");
}

describe("the end of npm start", () => {
  it("counts what was checked, one in the singular, thousands as the lines before have them", async () => {
    assert.match(
      await said({ act2: act2([]), release: release(["test", "prod"]) }),
      / OK: 3 stacks, 30 rules, 1,775 simulated calls, 1 threat scenario, a release to 2 environments\.$/,
    );
    assert.match(
      await said({ act2: act2([]), release: release(["test"]) }),
      / a release to 1 environment\.$/,
    );
    assert.match(
      await said({ act2: act2([]), release: { ...release([]), notCovered: "no image can be run here" } }),
      / OK: .*, a release as far as this machine can\.$/,
    );
  });

  it("says what failed: findings, a check that stopped, a release that stopped and what is to be done", async () => {
    assert.match(
      await said({ act2: act2(["role a may do more"]), release: release(["test"]) }),
      / Findings role a may do more .* Failed: 1 finding\.$/,
    );
    assert.match(
      await said({ act2: "no verdict on role a", release: "not released" }),
      / Failed: the access check stopped: no verdict on role a\.$/,
    );
    const stopped = { at: "Verify in test", message: "1 test failed", details: [], next: "correct it" };
    assert.match(
      await said({ act2: act2([]), release: { ...release(["test"]), stopped } }),
      / Failed: the release stopped at Verify in test; next: correct it\.$/,
    );
  });
});
