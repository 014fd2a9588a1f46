/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, which mocha loads */
const { availableParallelism } = require("node:os");

// Which files: package.json names them. Here they would be added to those that a person names.
module.exports = {
  require: ["ts-node/register", "tests/setup.ts", "tests/fewProcesses.ts"],
  ignore: [
    ...[
      "tests/engine/**",
      "tests/browser/**",
      "tests/commands/moto/**",
      "tests/serverless/**",
      "tests/release/**",
    ],
    "**/*.whole.test.ts", // for npm run test:whole, which also runs all of *.sampled.test.ts
  ],
  // Most of what is made is gone at once: a larger space for it is cleared less often.
  "node-option": ["max-semi-space-size=64"],
  parallel: true,
  // Each brings up a program of its own: more of them than cores only load it more often.
  jobs: Math.min(8, Math.max(2, availableParallelism())),
  // Only what hangs meets this: the slowest test takes seconds, and beside other work no more than minutes.
  timeout: 3600000,
};
