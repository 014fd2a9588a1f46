/* eslint-disable @typescript-eslint/no-require-imports -- run before any TypeScript is */
/**
 * Keeps what V8 compiles for the next process of the same command, which takes a fifth of the time of evaluating the stacks.
 * Node.js 22.1 and later do so themselves. V8 refuses what another version of it, or one with other flags, has compiled, and
 * of the text it compares the length alone.
 */
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join } = require("node:path");
const { deserialize, serialize } = require("node:v8");
const { Script } = require("node:vm");
const { keep } = require("./transpiler.cjs");

/** What is kept of a file with import() can't import any more (ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING, Node.js 20.20). */
const IMPORTS = /\bimport\s*[(/]/;

const hash = (text) => createHash("sha1").update(text).digest("hex");

/** By file: the hash of its text, and what was compiled. */
function read(file) {
  try {
    return deserialize(readFileSync(file));
  } catch {
    return new Map();
  }
}

const OF_ALL = { extensions: Module._extensions, cache: Module._cache };

/** As Node.js makes it for each module, which hands it to nobody. */
function requireOf(module) {
  const require = (id) => module.require(id);
  const resolve = (id, options) => Module._resolveFilename(id, module, false, options);
  resolve.paths = (id) => Module._resolveLookupPaths(id, module);
  return Object.assign(require, OF_ALL, { resolve, main: process.mainModule });
}

/** Keeps what is compiled from now on, with the functions that ran, in a file of the folder: one for each program. */
function keepCompiled(folder, program) {
  const file = join(folder, hash(`${process.version} ${process.arch} ${program}`));
  const known = read(file);
  const scripts = new Map();
  let isMissing = false;

  function script(text, filename) {
    const of = hash(text);
    const found = known.get(filename);
    const cachedData = found?.of === of ? found.cachedData : undefined;
    const made = new Script(Module.wrap(text), { filename, cachedData });
    if (cachedData === undefined || made.cachedDataRejected) isMissing = true;
    scripts.set(filename, { of, made });
    return made;
  }

  const { _compile } = Module.prototype;
  Module.prototype._compile = function (text, filename, format) {
    let made;
    try {
      if (format !== "module" && !IMPORTS.test(text)) made = script(text, filename);
    } catch {
      // what is no CommonJS, or wrong: Node.js runs it, or says what is wrong
    }
    if (made === undefined) return _compile.call(this, text, filename, format);
    const own = made.runInThisContext();
    return own.call(this.exports, this.exports, requireOf(this), this, filename, dirname(filename));
  };
  process.on("exit", () => {
    if (!isMissing) return;
    for (const [filename, { of, made }] of scripts)
      known.set(filename, { of, cachedData: made.createCachedData() });
    keep(file, serialize(known));
  });
}

module.exports = { keepCompiled };
