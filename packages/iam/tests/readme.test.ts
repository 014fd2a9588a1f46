import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";

const FOLDER = join(__dirname, "..");
const requireFrom = createRequire(__filename);
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...given: unknown[]) => Promise<void>;

describe("README.md", () => {
  it("has an example that prints what it says", async () => {
    const text = readFileSync(join(FOLDER, "README.md"), "utf8");
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    const [, prints = ""] = /^prints `(.*)`\.$/m.exec(text) ?? [];
    const printed: string[] = [];
    const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
    const body = outputText.replace(
      /import (\{.*?\}) from "@delivery\/iam\/(.*?)";/g,
      'const $1 = load("$2");',
    );
    assert.match(body, /load\(/);
    const load = (name: string): unknown => requireFrom(join(FOLDER, "src", name));
    const say = (verdict: string, by: readonly string[]) =>
      printed.push(`${verdict} [ ${by.map((each) => `'${each}'`).join(", ")} ]`);
    await new AsyncFunction("load", "console", body)(load, { log: say });
    assert.deepEqual(printed, [prints]);
  });
});
