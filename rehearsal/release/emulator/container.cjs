/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, loaded before the service */
/**
 * Stands for a container's own network, where each task has every port to itself: what the service listens on becomes
 * a free port of this machine, and the rehearsal is told which. The process ends when the rehearsal does.
 */
const { Server } = require("node:net");

const { listen } = Server.prototype;
const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

process.on("disconnect", () => process.exit());
process.channel.unref(); // a service that has nothing left to do ends by itself

/** A service that only waits for requests will listen nowhere else, so that nobody need wait for it. */
function sayWhenIdle() {
  if (process.getActiveResourcesInfo().every((each) => each === "TCPServerWrap"))
    process.send?.({ idle: true });
  else setTimeout(sayWhenIdle, 50).unref();
}

/** @this {import("node:net").Server} */
Server.prototype.listen = function (...args) {
  const [first, second] = args;
  const options = typeof first === "object" && first !== null ? first : { port: first, host: second };
  const port = Number(options.port);
  if (options.port === undefined || options.port === null || Number.isNaN(port))
    return listen.apply(this, args);
  const loopback = LOOPBACK.includes(options.host);
  this.once("listening", () => {
    process.send?.({ port, at: this.address().port, loopback });
    setTimeout(sayWhenIdle).unref();
  });
  const callback = args.find((each) => typeof each === "function");
  return listen.call(this, { port: 0, host: "127.0.0.1" }, callback);
};
