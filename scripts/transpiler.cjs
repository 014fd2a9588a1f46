/* eslint-disable @typescript-eslint/no-require-imports -- ts-node's plug-in, run before any TypeScript is */
/**
 * What ts-node runs in place of its own transpiler: keeps what became of each file, since half of the time of `npm start`,
 * and of every process that a test starts, went into transpiling the same files again.
 */
const { hash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join, resolve } = require("node:path");
require("./deferred.cjs");

const FOLDER = resolve(__dirname, "../.out/transpiled");

/** Two who do it in different ways, such as two programs of the bench, don't take turns. */
const fileOf = ({ folder, how, fileName }) => join(folder, hash("sha256", `${how}\0${fileName}`));

/** What is kept of a file, where it was made of the same text in the same way; any other is as good as none. */
function kept({ text, ...of }) {
  try {
    const found = JSON.parse(readFileSync(fileOf(of), "utf8"));
    return found.key === hash("sha256", text) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** In one step, since other processes read and write the same at the same time. */
function keep(path, text) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const own = `${path}.${process.pid}`;
    writeFileSync(own, text);
    renameSync(own, path);
  } catch {
    // a read-only checkout: it is only slower
  }
}

/** Where it is kept how files are transpiled by a tsconfig.json: TypeScript alone can say so, and register.cjs doesn't load it. */
const howFile = (folder, config) => join(folder, `how-${hash("sha256", config)}`);

function create({ service, folder = FOLDER }) {
  const ts = require("typescript"); // which ts-node has loaded
  const compilerOptions = service.config.options;
  const how = JSON.stringify([ts.version, compilerOptions]);
  const { configFilePath, module } = compilerOptions;
  // ts-node asks for a transpiler of each kind of module; this project's files are all of one.
  if (configFilePath && module === ts.ModuleKind.CommonJS)
    keep(howFile(folder, readFileSync(configFilePath, "utf8")), how);
  return {
    transpile(text, { fileName }) {
      const known = kept({ folder, how, fileName, text });
      if (known) return known;
      const made = ts.transpileModule(text, { fileName, compilerOptions, reportDiagnostics: true });
      const { outputText, sourceMapText, diagnostics } = made;
      if (diagnostics.length === 0)
        keep(
          fileOf({ folder, how, fileName }),
          JSON.stringify({ key: hash("sha256", text), outputText, sourceMapText }),
        );
      return made;
    },
  };
}

module.exports = { FOLDER, create, howFile, keep, kept };
