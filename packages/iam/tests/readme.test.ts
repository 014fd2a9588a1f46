import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { format } from "node:util";
import ts from "typescript";

/** By the package's own name, as others import it: `exports` decides. */
const load: NodeJS.Require = createRequire(__filename);
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...given: unknown[]) => Promise<void>;

describe("README.md", () => {
  it("has examples that print what it says", async () => {
    const text = readFileSync(join(__dirname, "../README.md"), "utf8");
    const blocks = (language: string) =>
      [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(
        ([, block = ""]) => block,
      );
    const code = blocks("ts");
    assert.equal(code.length, 4);
    const { outputText } = ts.transpileModule(code.join("\n"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
    });
    const body = outputText.replace(
      /import (\{.*?\}) from ("@delivery\/iam\/.*?");/g,
      "const $1 = load($2);",
    );
    assert.doesNotMatch(body, /\bimport\b|\bexport\b/);
    const printed: string[] = [];
    const say = (...all: readonly unknown[]) => printed.push(format(...all));
    await new AsyncFunction("load", "console", body)(load, { log: say });
    assert.deepEqual(printed.join("\n").split("\n"), blocks("text").join("").trimEnd().split("\n"));
  });
});
