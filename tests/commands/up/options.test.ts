import assert from "node:assert/strict";
import { Refusal } from "../../../commands/refusal";
import { type Given, unattendedBy } from "../../../commands/up/options";

const DIGEST = "0123456789abcdef".repeat(4);
const by = (given: Partial<Given>, ...names: string[]) =>
  unattendedBy({ yes: false, additions: false, ...given }, names);

describe("options of an up that asks nobody", () => {
  it("are the steps that were agreed to, or additions, and how long it waits", () => {
    const agreed = { digest: DIGEST, wait: 0, notSelf: false };
    assert.deepEqual(by({ steps: DIGEST }), agreed);
    assert.deepEqual(by({ steps: "none" }), { ...agreed, digest: "none" });
    assert.deepEqual(by({ steps: DIGEST, wait: "240" }, "prod"), { ...agreed, wait: 240 });
    assert.deepEqual(by({ steps: DIGEST, "not-self": true }), { ...agreed, notSelf: true });
    assert.deepEqual(by({ additions: true, wait: "0" }), { ...agreed, digest: undefined });
    assert.deepEqual([by({}), by({ yes: true }, "prod")], [undefined, undefined]);
  });

  const refused: readonly (readonly [Partial<Given>, string, string[]?])[] = [
    [{ yes: true, steps: DIGEST }, "--yes and --steps exclude each other: give one of them"],
    [{ yes: true, additions: true }, "--yes and --additions exclude each other: give one of them"],
    [{ steps: DIGEST, additions: true }, "--steps and --additions exclude each other: give one of them"],
    ...["", DIGEST.slice(1), `${DIGEST}0`, DIGEST.toUpperCase(), `${DIGEST}\n`].map(
      (steps) =>
        [
          { steps },
          `--steps: received ${steps}, allowed is what npm run preview -- --steps ends with: 64 characters, or none`,
        ] as const,
    ),
    [{ additions: true }, "--additions compares the rights of all stacks: name none of them", ["prod"]],
    ...["-1", "1.5", "4h", "10000", ""].map(
      (wait) =>
        [{ steps: DIGEST, wait }, `--wait: received ${wait}, allowed are whole minutes, 0 to 9999`] as const,
    ),
    ...[{ "not-self": true }, { yes: true, "not-self": true }].map(
      (given) =>
        [given, "--not-self is for an up that asks nobody: give --steps or --additions with it"] as const,
    ),
    [{ wait: "5" }, "--wait is for an up that asks nobody: give --steps or --additions with it"],
    [{ yes: true, wait: "5" }, "--wait is for an up that asks nobody: give --steps or --additions with it"],
  ];
  for (const [given, message, names = []] of refused)
    it(`refuse ${JSON.stringify(given)}${names.length > 0 ? ` for ${names.join()}` : ""}`, () => {
      assert.throws(() => by(given, ...names), new Refusal(message));
    });
});
