import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { commandLine, firstSentence } from "../../../rehearsal/bringUp/commandLine";
import { ROOT } from "../sample";

const parsed = (...args: string[]) =>
  commandLine({
    args,
    allowPositionals: true,
    options: {
      config: { type: "string" },
      email: { type: "string", multiple: true },
      yes: { type: "boolean", default: false },
    },
  });

describe("commandLine", () => {
  it("has words and options as node:util's parseArgs has them", () => {
    const { values, positionals } = parsed("up", "--config=a=b", "--email=a", "--email", "b", "--yes");
    assert.deepEqual({ ...values }, { config: "a=b", email: ["a", "b"], yes: true });
    assert.deepEqual(positionals, ["up"]);
  });

  const REFUSED: Readonly<Record<string, readonly [string[], string]>> = {
    "an option without its value": [["--config"], "Option '--config <value>' argument missing"],
    "an empty value, as of a variable that is not set": [
      ["--config="],
      "--config is given an empty value: write one, or leave the option out",
    ],
    "one behind a space": [
      ["--config", ""],
      "--config is given an empty value: write one, or leave the option out",
    ],
    "one of several": [
      ["--email=a", "--email="],
      "--email is given an empty value: write one, or leave the option out",
    ],
    "an empty word": [["up", ""], "one of the words is empty: write it out, or leave it out"],
    "an option that is given twice": [["--config=a", "--config=b"], "--config is given twice: give it once"],
    "a flag that is given twice": [["--yes", "--yes"], "--yes is given twice: give it once"],
  };
  for (const [title, [args, message]] of Object.entries(REFUSED))
    it(`refuses ${title}`, () => {
      assert.throws(
        () => parsed(...args),
        (error: Error & { code?: string }) =>
          /^ERR_PARSE_ARGS_/.test(error.code ?? "") && (assert.equal(error.message, message), true),
      );
    });

  it("says in one sentence what is wrong, without the dot of parseArgs", () => {
    assert.throws(
      () => parsed("--config", "-x"),
      (error: Error) => firstSentence(error) === "Option '--config' argument is ambiguous",
    );
  });

  it("ends as by Ctrl-C, and without a word, where the reader of its output goes", async () => {
    const program =
      'require("./rehearsal/bringUp/commandLine").endWithReader(); setInterval(() => console.log("line"), 1)';
    const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", program], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.stdout.once("data", () => child.stdout.destroy());
    assert.deepEqual([await once(child, "close"), said], [[null, "SIGINT"], ""]);
  });
});
