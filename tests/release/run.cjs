/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, run without ts-node */
/** `npm run test:release -- [--all] [NAME]`: a sample, everything, or the scenarios whose names hold NAME. */
const { spawnSync } = require("node:child_process");

const words = process.argv.slice(2);
const names = words.filter((word) => word !== "--all");
if (names.length > 1 || names.some((name) => name.startsWith("-"))) {
  console.error(
    `npm run test:release -- ${words.join(" ")}: it takes --all, or a part of one scenario's name in quotes; nothing was run`,
  );
  process.exit(2);
}
// What is named runs whether or not it is in the sample.
const DELIVERY_RELEASE = words.length > 0 ? "all" : "sample";
const only = names.length > 0 ? ["--fgrep", names[0], "--fail-zero"] : ["--fail-zero"];
const mocha = require.resolve("mocha/bin/mocha.js");
const { status } = spawnSync(process.execPath, [mocha, "--config", "tests/release/mocharc.yaml", ...only], {
  stdio: "inherit",
  env: { ...process.env, DELIVERY_RELEASE },
});
process.exit(status ?? 1);
