/** AWS's CLI as builds have it: each call is a fork of one process, since most of a call's time is the CLI's start. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What `aws` is in builds, as a script: `folder` is for its own files, `cli` is AWS's, and Python runs what asks it. The first call of
 * a process group starts the CLI in it: whoever uses this ends the whole group.
 */
export function forkedCli(folder: string, python: string, cli: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "config"),
    `[plugins]\ncli_legacy_plugin_path = ${__dirname}\nforking = forking\n`,
  );
  const command = [python, "-I", "-S", join(__dirname, "client.py"), folder, cli];
  return `#!/bin/sh\nexec ${command.map((each) => `'${each}'`).join(" ")} "$@"\n`;
}
