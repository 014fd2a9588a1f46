/** Of the commands of the jobs' scripts, which were run: the last file, after all that runs them. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandsIn, notRun, scripts } from "./system/commandLines";
import { traces } from "./system/containers";
import { OUT } from "./system/system";

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

  it("were run under trace, or are written to a list", function () {
    const ran = traces.filter(existsSync);
    if (ran.length === 0) return this.skip();
    const missing = notRun(ran.map((file) => readFileSync(file, "utf8")).join("\n"));
    const count = [...scripts().values()].reduce((sum, { length }) => sum + length, 0);
    const list = join(OUT, "not-run.txt");
    writeFileSync(list, `${missing.join("\n")}\n`);
    const percent = ((100 * (count - missing.length)) / count).toFixed(1);
    console.log(
      `      ${count - missing.length} of ${count} commands were run, ${percent} %; the others: ${list}`,
    );
    assert.ok(missing.length < count, "no command of any script was noted");
  });
});
