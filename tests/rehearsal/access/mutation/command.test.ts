import assert from "node:assert/strict";
import { chosen, mutateAccess, USAGE } from "../../../../rehearsal/access/mutation/command";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";

const NAMES = ["trust of role build", "inline policy of role build", "trust of role promote"];

describe("access/mutation/command", () => {
  it("chooses the policies whose name has a text in it, or all", () => {
    assert.deepEqual(chosen(NAMES, undefined), [0, 1, 2]);
    assert.deepEqual(chosen(NAMES, "role build"), [0, 1]);
  });

  it("refuses a text that no name has, and stacks without policies", () => {
    const refusal = (names: readonly string[], only?: string) => {
      try {
        return chosen(names, only);
      } catch (error) {
        return error instanceof NotKnown ? error.message : error;
      }
    };
    assert.equal(
      refusal(NAMES, "trust of role promise"),
      "no policy has trust of role promise in its name; the nearest is trust of role promote",
    );
    assert.equal(refusal([]), "the stacks write no policy: there is nothing to change");
  });

  it("shows its options and judges nothing", async () => {
    const said: string[] = [];
    assert.equal(await mutateAccess(["--help"], (line) => said.push(line)), 0);
    assert.deepEqual(said, [USAGE]);
  });

  it("refuses an option that does not exist", async () => {
    await assert.rejects(
      mutateAccess(["--every"], () => undefined),
      { code: "ERR_PARSE_ARGS_UNKNOWN_OPTION" },
    );
  });
});
