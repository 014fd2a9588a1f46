/** Of the commands of the jobs' scripts, which were run: the last file, after all that runs them. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { tools } from "./aws/tools";
import { commandsIn, keptTraces, missingShares, Notes, scripts, traceHeader } from "./system/commandLines";
import { OUT, TRACES } from "./system/folders";
import { WHOLE } from "./whole";

/** By script, what its commands begin with that no test runs, and why. */
const REASONS = z
  .record(z.string(), z.record(z.string(), z.string().min(1)))
  .parse(parse(readFileSync(join(__dirname, "notRun.yaml"), "utf8")));

/** Percent of the commands: of all scenarios, and of the sample. */
const FLOOR = WHOLE ? 95 : 40;

describe("commands of the jobs' scripts", () => {
  it("are found by their lines, each once, however many it is over", () => {
    const text = [
      "f() {",
      "local -A a",
      'if [[ $a == "$(cat <<< ")")" ]]; then',
      "jq '",
      "  .x # it",
      "' file",
      "elif b; then",
      "c=$(d)",
      "e=()",
      "else",
      'log "a \\"quoted',
      "text\" $'it\\'s'",
      "fi",
      "}",
      "case $1 in",
      "a | b)",
      "g ;;",
      "'(') h=$(i) ;;",
      "esac",
      "(cd j && k)",
      "{",
      "l",
      "} > m",
    ].join("\n");
    assert.deepEqual(
      commandsIn(text).map(({ first, last, text: command }) => [first, last, command.split("\n", 1)[0]]),
      [
        [2, 2, "local -A a"],
        [3, 3, 'if [[ $a == "$(cat <<< ")")" ]]; then'],
        [4, 6, "jq '"],
        [7, 7, "elif b; then"],
        [8, 8, "c=$(d)"],
        [9, 9, "e=()"],
        [11, 12, 'log "a \\"quoted'],
        [15, 15, "case $1 in"],
        [17, 17, "g ;;"],
        [18, 18, "h=$(i) ;;"],
        [20, 20, "(cd j && k)"],
        [22, 22, "l"],
      ],
    );
  });

  it("count as run where the script is still as it was", () => {
    const [name, [command] = []] = [...scripts()].find(([, { length }]) => length > 0) ?? [];
    assert.ok(name !== undefined && command);
    const note = `++${name}:${command.last}: made up\n`;
    const missing = (trace: string) => new Notes([trace]).notRun.get(name)?.length ?? 0;
    const all = scripts().get(name)?.length ?? 0;
    assert.equal(missing(traceHeader() + note), all - 1);
    assert.equal(missing(`scripts ${JSON.stringify({ [name]: "another" })}\n${note}`), all);
    assert.equal(missing(note), all);
  });

  // All that has run since, also before this run: each scenario leaves its own.
  let traces: readonly string[];
  before(() => (traces = keptTraces(TRACES)));
  const notes = () => new Notes(traces);

  it("are counted over all shares of a run: where one is missing, or all are, nothing is said", () => {
    const shares = (...names: string[]) => missingShares(names);
    assert.deepEqual(shares("a", "b", "b-1-of-3"), [], "here somebody has run scenarios one by one, too");
    assert.deepEqual(shares("a-1-of-3", "b-3-of-3", "b-2-of-3"), []);
    assert.deepEqual(shares("a-1-of-3", "b-3-of-3", "b-1-of-3"), ["2 of 3"]);
    assert.deepEqual(shares("a-1-of-2", "b-1-of-1"), ["2 of 2"]);
  });

  it("are those that bash has noted", function () {
    if (traces.length === 0 && (!WHOLE || "skipped" in tools())) return this.skip();
    assert.ok(traces.length > 0, `no scenario has left a trace in ${TRACES}`);
    assert.deepEqual(missingShares(readdirSync(TRACES)), [], "shares that have left no trace");
    assert.deepEqual(notes().unknown, []);
  });

  it("were run under trace, or have a reason", function () {
    if (traces.length === 0 && (!WHOLE || "skipped" in tools())) return this.skip();
    const wholly = (file: string) => REASONS[file]?.[""] !== undefined;
    const counted = [...scripts()].filter(([file]) => !wholly(file));
    const all = counted.reduce((sum, [, { length }]) => sum + length, 0);
    const missing = [...notes().notRun].flatMap(([file, commands]) =>
      commands.map((command) => {
        const [start, reason] =
          Object.entries(REASONS[file] ?? {}).find(([begins]) => command.startsWith(begins)) ?? [];
        return { file, command: command.split("\n", 1)[0] ?? "", start, reason };
      }),
    );
    const count = all - missing.filter(({ file }) => !wholly(file)).length;
    const percent = (100 * count) / all;
    const list = join(OUT, "not-run.txt");
    writeFileSync(
      list,
      missing
        .map(({ file, command, reason }) => `${file}: ${command}  <- ${reason ?? "no reason"}\n`)
        .join(""),
    );
    console.log(`      ${count} of ${all} commands were run, ${percent.toFixed(1)} %; the others: ${list}`);
    const applied = new Set(missing.map(({ file, start }) => `${file}: ${start}`));
    assert.deepEqual(
      Object.entries(REASONS)
        .flatMap(([file, starts]) => Object.keys(starts).map((start) => `${file}: ${start}`))
        .filter((each) => !applied.has(each)),
      [],
      "notRun.yaml names what is run, or is no command",
    );
    assert.ok(
      percent >= FLOOR,
      `${percent.toFixed(1)} % of the commands were run, at least ${FLOOR} % must be`,
    );
    if (WHOLE)
      assert.deepEqual(
        missing
          .filter(({ reason }) => reason === undefined)
          .map(({ file, command }) => `${file}: ${command}`),
        [],
        "notRun.yaml does not say why these are not run",
      );
  });
});
