import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ModuleKind, transpile } from "typescript";

const ROOT = resolve(__dirname, "..");
const PROCESSES = `
const { spawn } = require("node:child_process");
const [fs, os, path] = ["fs", "os", "path"].map((name) => require("node:" + name));
describe("a program", () => {
  it("starts processes", async () => {
    fs.mkdtempSync(path.join(os.tmpdir(), "left-"));
    for (let n = 0; n < PROCESSES; n++) await new Promise((end) => spawn("true").on("close", end));
  });
});
`;
const PROGRAM = `${PROCESSES}
const pulumi = require("@pulumi/pulumi");
const newResource = ({ name, type, inputs }) => {
  if (type === REFUSED) throw new Error("refused by the mock");
  return { id: name, state: inputs };
};
describe("a program", () => {
  it("comes up", async () => {
    await pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs });
    await pulumi.runtime.runInPulumiStack(async () => {
      const displayName = pulumi.output("x").apply(IN_APPLY);
      new pulumi.CustomResource("aws:sns/topic:Topic", "topic", { displayName });
    });
    await pulumi.runtime.disconnect();
  });
});
`;

const SOUND = { REFUSED: '"none"', IN_APPLY: "(x) => x", PROCESSES: "16" };
const NPM_TEST = ["setup.ts", "fewProcesses.ts"];

/** Exit code, output and what is left on disk of a mocha run of its own over a test that Pulumi alone would not let fail. */
async function run(change: Partial<typeof SOUND>, setup = ["setup.ts"], program = PROGRAM) {
  const folder = mkdtempSync(join(tmpdir(), "setup-test-"));
  try {
    // As JavaScript, so that each run need not load TypeScript.
    const required = setup.flatMap((name) => {
      const made = join(folder, `${name}.js`);
      writeFileSync(made, transpile(readFileSync(join(__dirname, name), "utf8"), { module: ModuleKind.CommonJS })); // prettier-ignore
      return ["--require", made];
    });
    const file = join(folder, "program.js");
    const constants = Object.entries({ ...SOUND, ...change }).map((each) => `const ${each.join(" = ")};\n`);
    writeFileSync(file, constants.join("") + program);
    const mocha = join(ROOT, "node_modules/mocha/lib/cli/cli.js"); // what bin/mocha.js starts a process for
    const temporary = join(folder, "temporary");
    mkdirSync(temporary);
    const env = { ...process.env, NODE_PATH: join(ROOT, "node_modules"), TMPDIR: temporary };
    const child = spawn(
      "bash",
      ["-c", 'exec "$0" "$@" 2>&1', process.execPath, mocha, "--no-config", "--timeout=0", ...required, file],
      { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] },
    );
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const [status] = (await once(child, "close")) as [number | null];
    return { status, output, left: readdirSync(temporary) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is run, and what its last words are; those that fail end with a code that is not 0. */
const RUNS: readonly {
  readonly run: () => ReturnType<typeof run>;
  readonly passes?: true;
  readonly says: string;
}[] = [
  { run: () => run({}, NPM_TEST), passes: true, says: "2 passing" },
  { run: () => run({ PROCESSES: "17" }, ["setup.ts"], PROCESSES), passes: true, says: "1 passing" },
  {
    run: () => run({ IN_APPLY: '() => { throw new Error("thrown in an apply"); }' }),
    says: "thrown in an apply",
  },
  { run: () => run({ REFUSED: '"aws:sns/topic:Topic"' }), says: "refused by the mock" },
  {
    run: () => run({ PROCESSES: "17" }, NPM_TEST, PROCESSES),
    says: "program.js has started 17 processes, and npm test allows 16 for each file: try a sample",
  },
];

describe("setup.ts", () => {
  it("lets a mocha run fail at an error in an apply, at a mock that refuses and at many processes, lets others pass, and leaves nothing on disk", async () => {
    await Promise.all(
      RUNS.map(async ({ run: start, passes = false, says }) => {
        const { status, output, left } = await start();
        assert.equal(status === 0, passes, `exit code ${status}: ${output}`);
        assert.ok(output.includes(says), output);
        assert.deepEqual(left, []);
      }),
    );
  });
});
