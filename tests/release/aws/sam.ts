/** AWS SAM as CodeBuild's images have it: its CLI, with the translator that CloudFormation expands templates by; of the version that .ci/run tests. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Beside what tools.ts installs. */
const FOLDER = join(__dirname, "../../../.out/release-tools");
/** `aws-sam-cli==1.2.3`: .ci/run names it once. */
const requirement = (): string => {
  const [, found] =
    /^get sam have_python sam (\S+)$/m.exec(readFileSync(join(__dirname, "../../../.ci/run"), "utf8")) ?? [];
  if (found === undefined) throw new Error(".ci/run installs no sam: it has the version");
  return found;
};

/** Folder of Python's modules, which is there once `installSam` has put it there. */
export const samModules = (): string => join(FOLDER, requirement());

/** `sam` on PATH; without `installSam` there is none behind it. */
export const samCommand = (python: string): string =>
  `#!/bin/sh\nPYTHONPATH='${samModules()}' exec '${python}' -m samcli "$@"\n`;

/** Into the ignored folder, unless it is there; in one line, why it can't be. */
export function installSam(python: string): string | undefined {
  const folder = samModules();
  if (existsSync(folder)) return undefined;
  const making = `${folder}.${process.pid}`; // whole or not at all, also where two runs start at once
  mkdirSync(making, { recursive: true });
  const asked = ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--target", making];
  const { status } = spawnSync(python, [...asked, requirement()], { stdio: "ignore" });
  if (status === 0 && !existsSync(folder)) renameSync(making, folder);
  else rmSync(making, { recursive: true });
  return existsSync(folder) ? undefined : `pip can't install ${requirement()} here`;
}
