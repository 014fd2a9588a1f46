/* eslint-disable @typescript-eslint/no-require-imports -- run before any TypeScript is */
/**
 * What packages load in each process, and few processes use. Together a third of the time that a command takes to come up.
 * Each is loaded by whoever asks for it.
 */
const { dirname, resolve } = require("node:path");
const { enableCompileCache } = require("node:module");

// Node.js 22.1 and later keep what they compile: a sixth of the CPU time of a command, and of evaluating the stacks.
enableCompileCache?.(resolve(__dirname, "../.out/compiled"));

const DEFERRED = {
  "@pulumi/pulumi": [
    "./automation",
    // By which closures become functions.
    ...["./typescript-shim", "@npmcli/arborist", "normalize-package-data"],
    // What speaks to the engine: where there is none, mocks stand in for it.
    ...[
      "@grpc/grpc-js",
      ...["callback", "engine", "provider", "resource"].map((name) => `./proto/${name}_grpc_pb`),
    ],
    ...["@opentelemetry/api", "semver"],
  ],
  // Messages in 40 languages; English has a file of its own.
  zod: ["./v4/locales/index.cjs"],
};

function defer(path) {
  let loaded;
  const load = () => {
    if (loaded === undefined) {
      delete require.cache[path];
      loaded = require(path);
    }
    return loaded;
  };
  const exported = (name) => (name === "default" && !load().__esModule ? load() : load()[name]);
  const handler = {
    // With __esModule no import copies what it has, which would load it.
    get: (_, name) => name === "__esModule" || exported(name),
    has: (_, name) => name in load(),
    ownKeys: () => Object.keys(load()),
    getOwnPropertyDescriptor: (_, name) =>
      name in load() ? { value: exported(name), enumerable: true, configurable: true } : undefined,
  };
  require.cache[path] ??= {
    ...{ id: path, filename: path, loaded: true, children: [], paths: [] },
    exports: new Proxy({}, handler),
  };
}

for (const [name, parts] of Object.entries(DEFERRED)) {
  const folder = dirname(require.resolve(name));
  for (const part of parts) defer(require.resolve(part.replace(/^\./, folder), { paths: [folder] }));
}
