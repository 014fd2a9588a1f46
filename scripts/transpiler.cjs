/* eslint-disable @typescript-eslint/no-require-imports -- ts-node's plug-in, run before any TypeScript is */
/**
 * What ts-node runs in place of its own transpiler: keeps what became of each file, since half of the time of `npm start`,
 * and of every process that a test starts, went into transpiling the same files again.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { dirname, join, resolve } = require("node:path");
const ts = require("typescript"); // which ts-node has loaded
require("./deferred.cjs");

// Node.js 22.1 and later keep what they compile: a sixth of the CPU time of a command, and of evaluating the stacks.
enableCompileCache?.(resolve(__dirname, "../.out/compiled"));

const FOLDER = resolve(__dirname, "../.out/transpiled");
const hash = (text) => createHash("sha256").update(text).digest("hex");

/** What is kept of a file, where it was made of the same text in the same way; any other is as good as none. */
function kept(path, key) {
  try {
    const found = JSON.parse(readFileSync(path, "utf8"));
    return found.key === key ? found : undefined;
  } catch {
    return undefined;
  }
}

/** In one step, since other processes read and write the same at the same time. */
function keep(path, found) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const own = `${path}.${process.pid}`;
    writeFileSync(own, JSON.stringify(found));
    renameSync(own, path);
  } catch {
    // a read-only checkout: it is only slower
  }
}

module.exports.create = ({ service, folder = FOLDER }) => {
  const compilerOptions = service.config.options;
  const how = JSON.stringify([ts.version, compilerOptions]);
  return {
    transpile(text, { fileName }) {
      const path = join(folder, hash(fileName));
      const key = hash(`${how}\0${text}`);
      const known = kept(path, key);
      if (known) return known;
      const made = ts.transpileModule(text, { fileName, compilerOptions, reportDiagnostics: true });
      const { outputText, sourceMapText, diagnostics } = made;
      if (diagnostics.length === 0) keep(path, { key, outputText, sourceMapText });
      return made;
    },
  };
};
