/* eslint-disable @typescript-eslint/no-require-imports -- loaded into the program of a task */
/** A task of ECS listens at its own address, says once that it does, and ends with the emulator that has started it. */
const { writeSync } = require("node:fs");
const { Server } = require("node:net");

const { TASK_ADDRESS: host, TASK_READY: ready } = process.env;
const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...others) {
  this.once("listening", () => writeSync(Number(ready), "1"));
  return listen.call(
    this,
    { port: Number(port), host },
    ...others.filter((each) => typeof each === "function"),
  );
};
process.stdin.on("end", () => process.exit()).resume();
process.stdin.unref();
