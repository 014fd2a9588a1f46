/**
 * What all worlds have in common: the doubled providers as plugins, compiled once since one starts for every stack and
 * step, and a copy of the program for the command line, whose folders only point to it.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { KINDS } from "./aws/kinds";
import { declaredBySdk } from "./sdkTypes";

export const PROJECT = resolve(__dirname, "../..");

/** Compiles a file and those of the project that it needs; returns the path of the result. */
function compile(source: string, into: string, done = new Map<string, string>()): string {
  const output = join(into, relative(PROJECT, source)).replace(/\.ts$/, ".js");
  if (done.has(source)) return output;
  done.set(source, output);
  const { outputText } = ts.transpileModule(readFileSync(source, "utf8"), {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, outputText);
  for (const [, path = ""] of outputText.matchAll(/require\("(\.[^"]+)"\)/g)) {
    const needed = resolve(dirname(source), path);
    compile(existsSync(`${needed}.ts`) ? `${needed}.ts` : join(needed, "index.ts"), into, done);
  }
  return output;
}

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8")) as { version: string })
    .version;

/** What the program is made of. */
export const PROGRAM = [
  "index.ts",
  "package.json",
  "tsconfig.json",
  "scripts",
  "stacks",
  "components",
  "node_modules",
];

/** Writes all of it into a folder. */
export function install(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const each of PROGRAM) {
    const [from, to] = [join(PROJECT, each), join(folder, each)];
    if (each === "node_modules") symlinkSync(from, to);
    else cpSync(from, to, { recursive: true });
  }
  writeFileSync(join(folder, "declared.json"), JSON.stringify(declaredBySdk(Object.keys(KINDS))));
  for (const name of ["aws", "awsx"]) {
    const main = compile(join(__dirname, name, "main.ts"), join(folder, "compiled"));
    const version = versionOf(name);
    const command = join(folder, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
    mkdirSync(dirname(command), { recursive: true });
    const variables = `NODE_PATH='${join(PROJECT, "node_modules")}' PLUGIN_VERSION=${version}`;
    writeFileSync(command, `#!/bin/sh\n${variables} exec '${process.execPath}' '${main}' "$@"\n`);
    chmodSync(command, 0o755);
  }
}
