/* eslint-disable @typescript-eslint/no-require-imports -- run before any TypeScript is */
/**
 * Keeps what each process of the same command would find out again, a third of the time of evaluating the stacks: the text of
 * each file, what V8 compiles of it, and where packages' files are. Node.js 22.1 and later keep what is compiled themselves.
 */
const { hash } = require("node:crypto");
const { readFileSync, statSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, sep } = require("node:path");
const { deserialize, serialize } = require("node:v8");
const { Script } = require("node:vm");
const { keep } = require("./transpiler.cjs");

/**
 * What is not kept: a file with import(), since it can't import any more (ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING, Node.js 20.20),
 * and what ts-node has made, which holds its map: the next process has the same without, at a third of the length.
 */
const NOT_KEPT = /\bimport\s*[(/]|^\/\/# sourceMappingURL=data:/m;

/** Another one after each change of a file or its place. V8 compares the length of a text alone. */
function stampOf(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.ctimeMs}`;
}

/** What is kept of the same `how`. Files: stamp, source and what is compiled of it. Places: of what a folder's files load by an id. */
function read(file, how) {
  try {
    const found = deserialize(readFileSync(file));
    if (found.how === how) return found;
  } catch {
    // nothing is kept yet
  }
  return { files: new Map(), places: new Map() };
}

const OF_ALL = { extensions: Module._extensions, cache: Module._cache };

/** As Node.js makes it for each module, which hands it to nobody. */
function requireOf(module) {
  const require = (id) => module.require(id);
  const resolve = (id, options) => Module._resolveFilename(id, module, false, options);
  resolve.paths = (id) => Module._resolveLookupPaths(id, module);
  return Object.assign(require, OF_ALL, { resolve, main: process.mainModule });
}

function run(script, module, filename) {
  const own = script.runInThisContext();
  return own.call(module.exports, module.exports, requireOf(module), module, filename, dirname(filename));
}

/**
 * In a file of the folder, one for each program. `how` is all else that decides what becomes of a file; `packages` is a
 * node_modules, which stays as it is until npm writes its list anew. Without one nothing is kept.
 */
function keepCompiled({ folder, program, how, packages }) {
  const installed = stampOf(join(packages, ".package-lock.json"));
  if (installed === undefined) return;
  const file = join(folder, hash("sha1", `${process.version} ${process.arch} ${program}`));
  const made = `${installed} ${how}`;
  const { files, places } = read(file, made);
  const stamps = new Map();
  const scripts = new Map();
  let isMissing = false;

  for (const [extension, load] of Object.entries(Module._extensions)) {
    if (![".js", ".ts"].includes(extension)) continue;
    Module._extensions[extension] = (module, filename) => {
      const stamp = stampOf(filename);
      const found = files.get(filename);
      if (found === undefined || found.stamp !== stamp) {
        stamps.set(filename, stamp);
        return load(module, filename);
      }
      const { source, cachedData } = found;
      files.delete(filename); // what is compiled is in memory twice otherwise
      const script = new Script(source, { filename, cachedData });
      if (script.cachedDataRejected) isMissing = true;
      scripts.set(filename, { stamp, source, script });
      return run(script, module, filename);
    };
  }

  const { _compile } = Module.prototype;
  Module.prototype._compile = function (text, filename, format) {
    const stamp = stamps.get(filename);
    const source = Module.wrap(text);
    let script;
    try {
      if (stamp && format !== "module" && !NOT_KEPT.test(text)) script = new Script(source, { filename });
    } catch {
      // what is no CommonJS, or wrong: Node.js runs it, or says what is wrong
    }
    if (script === undefined) return _compile.call(this, text, filename, format);
    isMissing = true;
    scripts.set(filename, { stamp, source, script });
    return run(script, this, filename);
  };

  const { _resolveFilename } = Module;
  Module._resolveFilename = function (id, parent, isMain, options) {
    const key = parent?.filename && `${dirname(parent.filename)}\0${id}`;
    const known = options ? undefined : places.get(key);
    if (known !== undefined) return known;
    const place = _resolveFilename.call(this, id, parent, isMain, options);
    // Which file of the project an id means can change with each of them.
    if (key && !options && place.startsWith(packages + sep)) {
      places.set(key, place);
      isMissing = true;
    }
    return place;
  };

  process.on("exit", () => {
    if (!isMissing) return;
    for (const [filename, { stamp, source, script }] of scripts)
      files.set(filename, { stamp, source, cachedData: script.createCachedData() });
    keep(file, serialize({ how: made, files, places }));
  });
}

module.exports = { keepCompiled };
