/* eslint-disable @typescript-eslint/no-require-imports -- run before any TypeScript is */
/**
 * @pulumi/pulumi loads npm's dependency resolver, a fifth of the time that a command takes to come up, for programs that turn
 * closures into functions. This one has none: the resolver is loaded by whoever asks for it.
 */
const { dirname } = require("node:path");

const path = require.resolve("@npmcli/arborist", { paths: [dirname(require.resolve("@pulumi/pulumi"))] });

function loaded() {
  delete require.cache[path];
  return require(path);
}

require.cache[path] ??= {
  id: path,
  filename: path,
  loaded: true,
  children: [],
  paths: [],
  // With __esModule nobody copies what it has, which would load it.
  exports: Object.defineProperty({ __esModule: true }, "Arborist", {
    get: () => loaded().Arborist,
    enumerable: true,
  }),
};
