import assert from "node:assert/strict";
import { Refusal } from "../../../commands/refusal";
import { type Given, unattendedBy } from "../../../commands/up/options";

const DIGEST = "0123456789abcdef".repeat(4);
const by = (given: Partial<Given>, ...names: string[]) =>
  unattendedBy({ yes: false, additions: false, ...given }, names);

describe("options of an up that asks nobody", () => {
  it("are the steps that were agreed to, or additions, and how long it waits", () => {
    assert.deepEqual(by({ steps: DIGEST }), { digest: DIGEST, wait: 0 });
    assert.deepEqual(by({ steps: DIGEST, wait: "240" }, "prod"), { digest: DIGEST, wait: 240 });
    assert.deepEqual(by({ additions: true, wait: "0" }), { digest: undefined, wait: 0 });
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
          `--steps: received ${steps}, allowed are the 64 characters that npm run preview -- --steps ends with`,
        ] as const,
    ),
    [{ additions: true }, "--additions compares the rights of all stacks: name none of them", ["prod"]],
    ...["-1", "1.5", "4h", "10000", ""].map(
      (wait) =>
        [{ steps: DIGEST, wait }, `--wait: received ${wait}, allowed are whole minutes, 0 to 9999`] as const,
    ),
    [{ wait: "5" }, "--wait says nothing where somebody is asked: give --steps or --additions with it"],
    [
      { yes: true, wait: "5" },
      "--wait says nothing where somebody is asked: give --steps or --additions with it",
    ],
  ];
  for (const [given, message, names = []] of refused)
    it(`refuse ${JSON.stringify(given)}${names.length > 0 ? ` for ${names.join()}` : ""}`, () => {
      assert.throws(() => by(given, ...names), new Refusal(message));
    });
});
