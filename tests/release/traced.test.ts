/** Of the commands of the jobs' scripts, which were run: the last file, after all that runs them. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { commandsIn, notRun, scripts } from "./system/commandLines";
import { traces } from "./system/containers";
import { WHOLE } from "./whole";

/** Commands of which no scenario has need, by reason. */
const listed = (): Map<string, string> => {
  const written = parse(readFileSync(join(__dirname, "notRun.yaml"), "utf8")) as Record<string, string[]>;
  return new Map(
    Object.entries(written).flatMap(([reason, all]) => all.map((each) => [each, reason] as const)),
  );
};

describe("commands of the jobs' scripts", () => {
  it("are found by their lines, each once, however many it is over", () => {
    const text = [
      "f() {",
      "local a",
      'if [[ $a == "$(cat <<< ")")" ]]; then',
      "jq '",
      "  .x # it",
      "' file",
      "else",
      'log "a \\"quoted',
      "text\" $'it\\'s'",
      "fi",
      "}",
      "case $1 in",
      "a | b)",
      "g ;;",
      "esac",
    ].join("\n");
    assert.deepEqual(
      commandsIn(text).map(({ first, last }) => [first, last]),
      [
        [2, 2],
        [3, 3],
        [4, 6],
        [8, 9],
        [12, 12],
        [14, 14],
      ],
    );
  });

  it("were run under trace, or are listed with a reason", function () {
    const ran = traces.filter(existsSync);
    if (ran.length === 0) return this.skip();
    const missing = notRun(ran.map((file) => readFileSync(file, "utf8")).join("\n"));
    const count = [...scripts().values()].reduce((sum, { length }) => sum + length, 0);
    const percent = (100 * (count - missing.length)) / count;
    console.log(`      ${count - missing.length} of ${count} commands were run: ${percent.toFixed(1)} %`);
    if (!WHOLE) return;
    const known = listed();
    assert.deepEqual(
      missing.filter((each) => !known.has(each)),
      [],
      "not run, and not listed in tests/release/notRun.yaml",
    );
    assert.deepEqual(
      [...known.keys()].filter((each) => !missing.includes(each)),
      [],
      "listed in tests/release/notRun.yaml, and run",
    );
  });
});
