/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, loaded before all else */
/** Loaded into each Node.js process of a run: leaves what it took in the folder that USAGE names, one file a process. */
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const used = { megabytes: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(join(process.env.USAGE, String(process.pid)), JSON.stringify(used));
});
