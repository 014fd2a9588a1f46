/**
 * mocha drops unhandled rejections, and Pulumi reports errors inside `apply` as nothing else:
 * without this line such a test would be green.
 */
process.on("unhandledRejection", (reason) => {
  throw reason;
});
