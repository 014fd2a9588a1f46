import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Linter } from "eslint";
import { parser } from "typescript-eslint";
import { parse } from "yaml";

// eslint-disable-next-line @typescript-eslint/no-require-imports -- plain CommonJS, which eslint.config.mjs loads too
const refused = require("../scripts/steady.cjs") as { selector: string; message: string }[];
const ROOT = join(__dirname, "..");

/** Numbers of the rules that refuse this code. */
function by(code: string): number[] {
  const found = new Linter().verify(code, {
    languageOptions: { parser },
    rules: { "no-restricted-syntax": ["error", ...refused] },
  });
  return found.map(({ message }) => refused.findIndex((each) => each.message === message));
}

/** What each rule refuses, in their order. */
const SAMPLES = [
  ["this.timeout(5000);", "it('x', () => {}).timeout(60_000);", "AbortSignal.timeout(10);"],
  ["spawnSync('node', [], { timeout: 1000 });"],
  [
    "setTimeout(done, 10);",
    "setInterval(() => {}, 10);",
    'import { setTimeout as wait } from "node:timers/promises";',
  ],
  ["server.listen(8080);", "createServer().listen(3000, '127.0.0.1');"],
  ["new Agent({ keepAlive: true });", "assert.ok(request.reusedSocket);"],
  ["for (const stream of [child.stdout, child.stderr]) stream.on('data', add);"],
  ["stream.on('data', (chunk: Buffer) => (text += chunk.toString()));"],
  [
    "fc.assert(fc.property(fc.string(), holds));",
    "fc.assert(fc.property(fc.string(), holds), { numRuns: 9 });",
  ],
  ["writeFileSync('.out/x', '');", "writeFileSync(`${ROOT}/.out/x`, '');"],
  ["statSync(file).mtimeMs;"],
  ["export const keys = [];\nbefore(() => keys.push(1));", "afterEach(clear);\nexport function clear() {}"],
];
const SOUND = [
  "server.listen(0, '127.0.0.1');",
  "fc.assert(fc.property(fc.string(), holds), { seed: 1 });",
  "child.stdout.setEncoding('utf8').on('data', (text) => (out += text));",
  "assert.deepEqual([status, stdout, stderr], [0, '', '']);",
  "setImmediate(done);",
  "before(start);",
  "export function started(): void {\n  before(start);\n}",
  "const text = 'server.listen(8080); setTimeout(f, 10)';",
];

describe("tests that depend on speed, order or luck", () => {
  it("are refused by lint, each kind by the rule for it", () => {
    assert.deepEqual(
      SAMPLES.map((samples) => samples.map(by)),
      SAMPLES.map((samples, index) => samples.map(() => [index])),
    );
    assert.equal(SAMPLES.length, refused.length);
    assert.deepEqual(SOUND.map(by).flat(), []);
  });

  it("have no limit but one that only a hang meets: ten minutes at least for each", () => {
    const files = [
      ".mocharc.cjs",
      "tests/browser/mocharc.yaml",
      "tests/commands/moto/mocharc.yaml",
      "tests/engine/mocharc.yaml",
      "tests/serverless/mocharc.yaml",
      "tests/whole/mocharc.cjs",
      "app/.mocharc.cjs",
    ];
    for (const name of files) {
      const path = join(ROOT, name);
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- as mocha does
      const config: unknown = name.endsWith(".cjs") ? require(path) : parse(readFileSync(path, "utf8"));
      const { timeout } = config as { timeout: number };
      assert.ok(timeout >= 600_000, `${path}: ${timeout}`);
    }
    for (const path of ["package.json", "app/package.json"])
      assert.doesNotMatch(readFileSync(join(ROOT, path), "utf8"), /--timeout/, path);
  });
});
