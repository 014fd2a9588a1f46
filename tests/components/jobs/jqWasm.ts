/** jq itself, in WebAssembly: compiled once, and linear in what it reads and writes. */
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

const READS = "stdinBuffer = stdinBuffer.slice(1)";
const WRITES =
  /const tmp = new Uint8Array\((std\w+)\.length \+ 1\);\s*tmp\.set\(\1, 0\);\s*tmp\[tmp\.length - 1\] = charCode;\s*\1 = tmp;/g;

/** The bytes with one more, in memory that has room for the next ones. */
function appended(bytes: Uint8Array, byte: number): Uint8Array {
  const { length } = bytes;
  let room = new Uint8Array(bytes.buffer);
  if (room.length === length) {
    room = new Uint8Array(2 * length + 1000);
    room.set(bytes);
  }
  room[length] = byte;
  return room.subarray(0, length + 1);
}

/** For each character, the package copies all input that is left, and all output so far; here neither. */
function loaded(): NewJq {
  const changes = [TEXT.split(READS).length - 1, TEXT.match(WRITES)?.length];
  assert.deepEqual(changes, [1, 2], "jq-wasm reads or writes in another way: see whether it still copies");
  const mended = TEXT.replace(READS, "stdinBuffer = stdinBuffer.subarray(1)").replace(
    WRITES,
    "$1 = appended($1, charCode);",
  );
  const made = { exports: {} };
  const names = ["module", "exports", "require", "__filename", "__dirname", "appended"];
  const load = compileFunction(mended, names, { filename: FILE }) as (...given: unknown[]) => void;
  load(made, made.exports, createRequire(FILE), FILE, dirname(FILE), appended);
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
