import assert from "node:assert/strict";
import fc from "fast-check";
import { readSettings } from "../../../stacks/settings/read";
import { declared, deliver, tooling } from "../settingsSample";

describe("readSettings, of any settings,", () => {
  it("gives the same answer whatever order the keys come in", () => {
    const wrong = tooling({
      b: 1,
      a: 2,
      kind: "x",
      account: "1",
      "aws:z": "1",
      "aws:b": "2",
      vpc: { id: 1 },
    });
    const { problems, ...from } = {
      ...deliver(wrong, "tooling"),
      ...readSettings(deliver(wrong, "tooling")),
    };
    assert.equal(problems?.length, 10);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Object.entries(from.config), { minLength: Object.keys(from.config).length }),
        (entries) =>
          assert.deepEqual(readSettings({ ...from, config: Object.fromEntries(entries) }), { problems }),
      ),
      { seed: 1 },
    );
  });

  it("answers whatever it is given with settings or with lines that differ, and never throws", () => {
    const key = fc.constantFrom(...Object.keys(declared), "aws:region", "aws:defaultTags", "aws:assumeRoles");
    const element = fc.dictionary(
      fc.constantFrom(
        "name",
        "prefix",
        "account",
        "approval",
        "environments",
        "source",
        "secure",
        "__proto__",
      ),
      fc.oneof(fc.jsonValue(), fc.constantFrom("a", "a-b", "222222222222"), fc.constant(["a", "b"])),
    );
    const value = fc.oneof(fc.jsonValue(), fc.array(element));
    const kinds = fc.constantFrom("tooling", "environment", "");
    fc.assert(
      fc.property(fc.dictionary(key, value), kinds, (values, kind) => {
        const { settings, problems = [] } = readSettings(deliver({ ...values, kind }, "test"));
        assert.notEqual(settings === undefined, problems.length === 0);
        assert.equal(new Set(problems).size, problems.length);
        for (const problem of problems)
          assert.match(problem, /^[\w:.-]*(\[.*\])?[\w:.[\]-]*: (received .+|is missing); .+[^.]$/u);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
