// Called so since mocha looks for this name first, in all folders above too: another's would be taken in its place.
module.exports = {
  require: "ts-node/register",
  reporter: "./tests/reporter.mjs",
  // In milliseconds. Only what hangs meets it, here and in `npm run verify`: a test takes a second at most, and an API of
  // AWS's answers within 30.
  timeout: 600000,
};
