/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, run without ts-node */
/** `npm run test:release -- [--all [--shard I/N]] [NAME]`: a sample, everything or a share of it, or the scenarios whose names hold NAME. */
const { spawnSync } = require("node:child_process");

const words = process.argv.slice(2);
const at = words.indexOf("--shard");
const [, shard] = at < 0 ? [] : words.splice(at, 2);
const names = words.filter((word) => word !== "--all");
const [, part, parts] = /^([1-9]\d?)\/([1-9]\d?)$/.exec(shard ?? "1/1") ?? [];
if (
  names.length > 1 ||
  names.some((name) => name.startsWith("-")) ||
  (at >= 0 && (shard === undefined || names.length > 0 || words.length === 0)) ||
  !(Number(part) <= Number(parts))
) {
  console.error(
    `npm run test:release -- ${process.argv.slice(2).join(" ")}: it takes --all, and with that --shard I/N, the I-th of N shares; or a part of one scenario's name in quotes; nothing was run`,
  );
  process.exit(2);
}
// What is named runs whether or not it is in the sample.
const DELIVERY_RELEASE = words.length > 0 ? "all" : "sample";
const only = names.length > 0 ? ["--fgrep", names[0], "--fail-zero"] : ["--fail-zero"];
const mocha = require.resolve("mocha/bin/mocha.js");
const { status } = spawnSync(process.execPath, [mocha, "--config", "tests/release/mocharc.yaml", ...only], {
  stdio: "inherit",
  env: { ...process.env, DELIVERY_RELEASE, ...(shard !== undefined && { DELIVERY_RELEASE_SHARD: shard }) },
});
process.exit(status ?? 1);
