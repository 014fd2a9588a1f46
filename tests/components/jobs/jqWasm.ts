/** jq itself, in WebAssembly: compiled once, and linear in what it reads. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";

export interface Jq {
  raw(input: string, filter: string, flags: string[]): Promise<string>;
}
type Instantiate = (
  imports: WebAssembly.Imports,
  received: (instance: WebAssembly.Instance) => void,
) => object;
type NewJq = (options: { readonly instantiateWasm: Instantiate }) => Promise<Jq>;

const FILE = require.resolve("jq-wasm/dist/build/jq");
const TEXT = readFileSync(FILE, "utf8");

/** The package copies all input that is left for each character of it; here it only goes on in it. */
function loaded(): NewJq {
  const mended = TEXT.replace("stdinBuffer = stdinBuffer.slice(1)", "stdinBuffer = stdinBuffer.subarray(1)");
  assert.notEqual(mended, TEXT, "jq-wasm reads in another way: see whether it copies its input still");
  const made = { exports: {} };
  const names = ["module", "exports", "require", "__filename", "__dirname"];
  const load = compileFunction(mended, names, { filename: FILE }) as (...given: unknown[]) => void;
  load(made, made.exports, createRequire(FILE), FILE, dirname(FILE));
  return made.exports as NewJq;
}

let jq: { readonly make: NewJq; readonly module: Promise<WebAssembly.Module> } | undefined;
/** Another instance of the one module. */
export function newInstance(): Promise<Jq> {
  if (!jq) {
    const [, embedded] = /base64,([A-Za-z0-9+/=]+)"/.exec(TEXT) ?? [];
    assert.ok(embedded, "jq-wasm does not carry its module any more");
    jq = { make: loaded(), module: WebAssembly.compile(Buffer.from(embedded, "base64")) };
  }
  const { make, module } = jq;
  return make({
    instantiateWasm: (imports, received) => {
      void module.then((compiled) => WebAssembly.instantiate(compiled, imports)).then(received);
      return {};
    },
  });
}
