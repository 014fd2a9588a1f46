/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, which mocha loads */
const common = require("../../.mocharc.cjs");

// npm run test:whole: what npm test leaves out, or takes a sample of.
module.exports = {
  ...common,
  require: ["ts-node/register", "tests/setup.ts", "tests/whole/setup.ts"],
  ignore: common.ignore.filter((pattern) => !pattern.includes("whole")),
};
