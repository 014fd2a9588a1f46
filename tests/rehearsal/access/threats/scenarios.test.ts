import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FILE } from "../../../../rehearsal/access/threats/format";
import { FILES, names, parseScenarios, scenarios } from "../../../../rehearsal/access/threats/scenarios";
import { UnusableFile } from "../../../../rehearsal/record/yamlFile";
import { ROOT } from "../../sample";

const FOLDER = join(ROOT, "rehearsal/access/threats/scenarios");

function refusal(yaml: string): string {
  try {
    parseScenarios(yaml, "a.yaml");
  } catch (error) {
    if (error instanceof UnusableFile) return error.message;
    throw error;
  }
  return assert.fail("it is not refused");
}

describe("The threat scenarios", () => {
  it("are those of every file in their folder, whose first line names the schema", () => {
    assert.deepEqual([...FILES].sort(), readdirSync(FOLDER).sort());
    assert.ok(scenarios().length > 120, `${scenarios().length} scenarios`);
    for (const file of FILES)
      assert.match(
        readFileSync(join(FOLDER, file), "utf8"),
        /^# yaml-language-server: \$schema=\.\.\/\.\.\/\.\.\/\.\.\/docs\/schemas\/threats\.json\n/,
      );
  });

  it("begin as their group does", () => {
    const [one] = parseScenarios(
      `
threats:
  - needs: another pipeline
    steps: first
    because: It begins.
    threats:
      - id: one
        title: One
        needs: functions in an image
        because: It goes on.
        steps: [second, { by: build, calls: encrypt }]
        mustBeRefused: { by: build, calls: s3:GetObject, on: bucket, when: { a: b, c: { absent: true }, d: { arn: key } } }
        succeedsWith: { statement: Some of build, removed: true }
`,
      "a.yaml",
    );
    assert.deepEqual(one, {
      id: "one",
      title: "One",
      needs: ["another pipeline", "functions in an image"],
      because: "It begins. It goes on.",
      steps: ["first", "second", { by: "build", calls: "encrypt" }],
      mustBeRefused: {
        ...{ by: "build", calls: "s3:GetObject", on: "bucket" },
        when: { a: "b", c: { absent: true }, d: { arn: "key" } },
      },
      succeedsWith: { statement: "Some of build", removed: true },
    });
  });

  it("are refused with file, line, scenario and what is allowed, all problems at once", () => {
    const text = refusal(`
threats:
  - id: One
    title: One
    needs: another pipelin
    becuase: So.
    mustBeRefused: { by: build }
    succeedsWith: { statement: RequireTls, removed: true }
`).replace(/, allowed are .*$/gm, ", ...");
    assert.deepEqual(text.split("\n"), [
      "a.yaml:3: threat scenario One: id: Invalid string: must match pattern /^[a-z0-9]+(-[a-z0-9]+)*$/",
      "a.yaml:3: threat scenario One: because is missing; it or its group must say it",
      "a.yaml:5: threat scenario One: needs: there is no need another pipelin; the nearest is another pipeline, ...",
      "a.yaml:6: threat scenario One: there is no field becuase; the nearest is because, ...",
      "a.yaml:7: threat scenario One: calls: Invalid input: expected string, received undefined",
      "a.yaml:8: threat scenario One: statement: Invalid string: must match pattern /^\\S+ of .+$/",
    ]);
  });

  it("use every name that there is, and each for one thing", () => {
    const { things, calls, steps } = names();
    const said = [
      ...FILES.map((file) => readFileSync(join(FOLDER, file), "utf8")),
      JSON.stringify({ calls, steps }),
    ].join("\n");
    const unused = [...Object.keys(things), ...Object.keys(calls), ...Object.keys(steps)].filter(
      (name) => !new RegExp(`(^|[^\\w-])${name}($|[^\\w-])`, "m").test(said),
    );
    assert.deepEqual(unused, []);
    const meanings = Object.values(things);
    assert.equal(new Set(meanings).size, meanings.length);
  });

  it("have a JSON schema for editors, as `npm run docs:permissions` writes it", () => {
    const written: unknown = JSON.parse(readFileSync(join(ROOT, "docs/schemas/threats.json"), "utf8"));
    assert.deepEqual(written, z.toJSONSchema(FILE, { io: "input", reused: "ref" }));
  });
});
