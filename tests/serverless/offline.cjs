// Preloaded into every Node process but npm's, which installs: no connection is made, and each that is tried is noted.
/* eslint-disable @typescript-eslint/no-require-imports -- preloaded, so plain CommonJS */
const { appendFileSync } = require("node:fs");
const { Socket } = require("node:net");
const { basename } = require("node:path");

const program = basename(process.argv[1] ?? "");
if (!/^npm(-cli\.js)?$/.test(program)) {
  const note = (what) => appendFileSync(process.env.NOTES, `${program} ${what}\n`);
  note("starts");
  Socket.prototype.connect = () => {
    note("connects");
    throw new Error("no connection is allowed here");
  };
}
