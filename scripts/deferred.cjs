/* eslint-disable @typescript-eslint/no-require-imports -- run before any TypeScript is */
/**
 * What @pulumi/pulumi loads in each process, and few processes use: its Automation API, and two packages by which it turns
 * closures into functions. Together a quarter of the time that a command takes to come up. Each is loaded by whoever asks for it.
 */
const { dirname } = require("node:path");

const pulumi = require.resolve("@pulumi/pulumi");
for (const name of ["./automation", "@npmcli/arborist", "normalize-package-data"]) {
  const path = require.resolve(name.replace(/^\./, dirname(pulumi)), { paths: [dirname(pulumi)] });
  let loaded;
  const load = () => {
    if (loaded === undefined) {
      delete require.cache[path];
      loaded = require(path);
    }
    return loaded;
  };
  const exported = (name) => (name === "default" && !load().__esModule ? load() : load()[name]);
  // With __esModule nobody copies what it has, which would load it.
  const get = (_, name) => name === "__esModule" || exported(name);
  require.cache[path] ??= {
    ...{ id: path, filename: path, loaded: true, children: [], paths: [] },
    exports: new Proxy({}, { get }),
  };
}
