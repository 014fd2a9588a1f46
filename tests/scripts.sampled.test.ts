/** Every command line that package.json names answers --help, and refuses an option that it has not. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "./folders";
import { whole } from "./whole/sample";

const ROOT = join(__dirname, "..");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};

/** Name and file of each command that is ours; what mocha and lint do with their arguments is theirs. */
const OURS = Object.entries(scripts).flatMap(([name, line]) => {
  const [, file] = /^node (?:-r \.\/scripts\/register\.cjs )?(\S+)$/.exec(line) ?? [];
  return file === undefined || name.startsWith("pre")
    ? []
    : [{ name, file, typed: line.includes("register.cjs") }];
});
const called = (name: string) => (name === "start" ? "npm start" : `npm run ${name}`);
/** What a command's help begins with. */
const helps = ({ name }: { readonly name: string }) => new RegExp(`^${called(name)}(?::| -- )`, "m");

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without pulumi, credentials, or what setup.ts sets: as people have it. */
function node(...args: string[]): Promise<Ended> {
  const env = { PATH: "/nowhere", HOME: folderWith({}) };
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd: ROOT, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );
}

/**
 * Runs each file as if it were the one that node was started with, with each argument, all in one process: they have most of
 * what they load in common.
 */
const TOGETHER = `
  const files = process.argv.slice(1).map((file) => require("node:path").resolve(file));
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(2 * files.length + 10);
  for (const argument of ["--help", "--none-such"])
    for (const file of files) {
      delete require.cache[file];
      process.argv = [process.execPath, file, argument];
      try { require("node:module").runMain(file); } catch (error) { console.error(file, error); }
    }`;

describe("npm's scripts", () => {
  const typed = OURS.filter((each) => each.typed);
  /** Names of those of which that is not true. */
  const but = (holds: (each: (typeof typed)[number]) => boolean) =>
    typed.filter((each) => !holds(each)).map(({ name }) => name);

  it("install what is missing first", () => {
    assert.ok(typed.length > 20);
    assert.deepEqual(
      OURS.filter(({ name }) => !scripts[`pre${name}`]?.startsWith("node scripts/install.cjs")),
      [],
    );
  });

  it("load, say with --help what they do, and refuse in a line an option that they have not", async () => {
    const files = typed.map(({ file }) => file);
    const { stdout, stderr } = await node("-r", "./scripts/register.cjs", "-e", TOGETHER, "--", ...files);
    const lines = stderr.trim().split("\n");
    const refusals = (name: string) =>
      lines.filter(
        (line) => /--none-such.*; (.*) -- --help shows the options$/.exec(line)?.[1] === called(name),
      );
    assert.deepEqual(
      but(({ name }) => refusals(name).length === 1),
      [],
      stderr,
    );
    assert.equal(lines.length, typed.length, stderr);
    assert.deepEqual(
      but((each) => helps(each).test(stdout)),
      [],
      stdout,
    );
  });

  for (const { name, file, typed } of OURS)
    whole(
      `${called(name)} ends with 0 after --help, and with 1 or 2 after an option that it has not`,
      async () => {
        const command = [...(typed ? ["-r", "./scripts/register.cjs"] : []), file];
        const help = await node(...command, "--help");
        assert.deepEqual([help.code, help.stderr], [0, ""]);
        assert.match(help.stdout, helps({ name }));
        if (name === "test:engine") return; // all other options are mocha's
        const refused = await node(...command, "--none-such");
        assert.ok(refused.code === 1 || refused.code === 2, String(refused.code));
        assert.equal(refused.stdout, "");
        assert.match(refused.stderr, /--none-such.*\n$/);
      },
    );
});
