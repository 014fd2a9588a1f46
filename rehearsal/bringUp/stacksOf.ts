/** Brings up what a folder's stack files say, for commands of the rehearsal that need all stacks. */
import { resolve } from "node:path";
import type { Rehearsed } from "../record/record";
import { type Folder, readStackFiles } from "../record/stackFiles";
import { UnusableFile } from "../record/yamlFile";
import { ROOT } from "./commandLine";

/** The stacks of a folder, all up. Pulumi is loaded here, so that wrong options are answered at once. */
export async function stacksOf(config: string): Promise<{ folder: Folder; record: Rehearsed }> {
  const folder = readStackFiles(config, resolve(ROOT, "Pulumi.yaml"));
  const { bringUp } = await import("./bringUp");
  const { default: program } = (await import("../../index")) as { default: () => Promise<unknown> };
  const { runs, findings } = await bringUp(folder, { program });
  const [finding] = findings;
  // Every problem that it has, not the first alone.
  if (finding) throw new UnusableFile(`the stacks do not come up: ${finding.stack}: ${finding.message}`);
  return { folder, record: runs };
}
