/* eslint-disable @typescript-eslint/no-require-imports -- run before any TypeScript is */
/**
 * What commands are started with, in place of ts-node/register: a file that is kept as it was transpiled needs neither ts-node
 * nor TypeScript, which take a fifth of a command's time and a quarter of its memory. The first that is not kept loads both.
 */
const { readFileSync } = require("node:fs");
const { dirname, resolve } = require("node:path");
const { enableCompileCache } = require("node:module");
const { setFlagsFromString } = require("node:v8");
const { FOLDER, howFile, kept } = require("./transpiler.cjs");
const { keepCompiled } = require("./compiled.cjs");

const CONFIG = resolve(__dirname, "../tsconfig.json");

/** How ts-node would transpile; undefined where it has not kept that yet, or is told otherwise by the environment. */
function known() {
  if (Object.keys(process.env).some((name) => name.startsWith("TS_NODE_"))) return undefined;
  try {
    return readFileSync(howFile(FOLDER, readFileSync(CONFIG, "utf8")), "utf8");
  } catch {
    return undefined;
  }
}

const how = known();

/** What is kept of a file, as it is now. */
const transpiled = (fileName) =>
  how && kept({ folder: FOLDER, how, fileName, text: readFileSync(fileName, "utf8") });

/** Stack traces name lines of the TypeScript. Few commands print one, so that what reads the maps is loaded with the first. */
function mapStackTraces() {
  const { install } = require(
    require.resolve("@cspotcode/source-map-support", { paths: [dirname(require.resolve("ts-node"))] }),
  );
  const mapOf = (path) => require.cache[path] && path.endsWith(".ts") && transpiled(path)?.sourceMapText;
  install({
    environment: "node",
    // TypeScript has the source as seen from ts-node's folder.
    retrieveSourceMap: (path) => {
      const text = mapOf(path);
      return text ? { url: path, map: { ...JSON.parse(text), sources: [path] } } : null;
    },
  });
}
Error.prepareStackTrace = (error, frames) => {
  mapStackTraces();
  return Error.prepareStackTrace(error, frames);
};

require.extensions[".ts"] = (module, fileName) => {
  const found = transpiled(fileName);
  if (found) return module._compile(found.outputText, fileName);
  delete require.extensions[".ts"];
  // ts-node takes the place of what would do this with the first trace. That has mostly come: node:repl reads one as it is loaded.
  mapStackTraces();
  require("ts-node").register({ dir: __dirname });
  require.extensions[".ts"](module, fileName);
};

// Later versions do both by themselves.
if (!enableCompileCache) {
  // V8 of Node.js 20 optimizes a function after 66 kB of its bytecode, on four threads: where there are two cores, they took half a
  // second of three from the command's own. Later versions have no such flag.
  setFlagsFromString("--interrupt-budget=300000");
  if (how)
    keepCompiled({
      folder: resolve(__dirname, "../.out/compiled"),
      ...{ program: process.argv[1], how },
      packages: resolve(__dirname, "../node_modules"),
    });
}
