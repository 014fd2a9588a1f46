/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, run without ts-node */
/** `npm run test:release -- [--all [--shard I/N]] [NAME]`: a sample, everything or a share of it, or the scenarios whose names hold NAME. */
const { spawn } = require("node:child_process");
const { createInterface } = require("node:readline");

const USAGE = `npm run test:release -- [options] [NAME]: releases over emulated AWS; a sample of the scenarios

  NAME         the scenarios whose names hold it
  --all        all of them
  --shard I/N  with --all: the I-th of N shares
  --help       show this

exit code: 0 all passed, 1 not, 2 nothing was run`;
const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) {
  console.log(USAGE);
  process.exit(0);
}
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

const COLOR = process.stdout.isTTY ? "--color" : "--no-color";
const COUNT = "traced.test.ts";
const WEIGH = "weighed.test.ts";
/** Leaves out what lies there, below this folder. */
const without = (...globs) => globs.flatMap((each) => ["--ignore", `tests/release/${each}`]);
/** What of the sample runs side by side, since a job is mostly one process after the other; then what counts over both. */
const SAMPLE = [
  [without("scenarios/**", COUNT), without("!(scenarios)/**", `!(${WEIGH})`)],
  [without("*/**", `!(${COUNT})`)],
];
// What is named runs whether or not it is in the sample.
const steps = words.length === 0 ? SAMPLE : [[names.length > 0 ? ["--fgrep", names[0]] : []]];
const env = {
  ...process.env,
  DELIVERY_RELEASE: words.length > 0 ? "all" : "sample",
  ...(shard !== undefined && { DELIVERY_RELEASE_SHARD: shard }),
};

/** Shows each line as it comes, and from the count of tests on all at once: others run beside it. */
function run(args) {
  const mocha = require.resolve("mocha/bin/mocha.js");
  const child = spawn(
    process.execPath,
    [mocha, "--config", "tests/release/mocharc.yaml", "--fail-zero", COLOR, ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env,
    },
  );
  const last = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (last.length > 0 || / \d+ passing\b/.test(line)) last.push(line);
    else console.log(line);
  });
  return new Promise((resolve) =>
    child.on("close", (code) => {
      for (const line of last) console.log(line);
      resolve(code ?? 1);
    }),
  );
}

void (async () => {
  let worst = 0;
  for (const step of steps) worst = Math.max(worst, ...(await Promise.all(step.map(run))));
  process.exit(worst);
})();
