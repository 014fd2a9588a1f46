/** The Serverless Framework as a machine has it that packages services: the sample's own version, installed once. */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import { installed } from "../codebuild/nodejs";

const SAMPLE = join(ROOT, "app/serverless");
const LOCK = "package-lock.json";

const folderOf = (tools: string): string => {
  const sum = createHash("sha256")
    .update(readFileSync(join(SAMPLE, LOCK)))
    .digest("hex");
  return join(tools, `osls-${sum.slice(0, 12)}`);
};
const programOf = (tools: string): string => join(folderOf(tools), "node_modules/.bin/osls");

/** `osls` on PATH; without `installOsls` there is none behind it. */
export const oslsCommand = (tools: string): string => `#!/bin/sh\nexec '${programOf(tools)}' "$@"\n`;

/** Into the ignored folder, unless it is there. */
export function installOsls(tools: string): void {
  if (existsSync(programOf(tools))) return;
  installed(folderOf(tools), (making) => {
    for (const name of ["package.json", LOCK]) copyFileSync(join(SAMPLE, name), join(making, name));
    return ["ci"];
  });
}
