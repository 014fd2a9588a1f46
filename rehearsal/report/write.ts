import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../bringUp/commandLine";
import type { Made } from "./page/input";
import { page } from "./page/page";
import { type Acts, notShownBy } from "./terminal";
import { policySizesOf } from "../rules/sizes";
import { promotionsOf } from "../release/promotions";
import type { Folder } from "../record/stackFiles";

/** Largest documents that the report shows. */
const LARGEST = 10;

/** Those that come nearest to what AWS takes. */
const sizesOf = ({ act1 }: Acts) =>
  policySizesOf(act1.runs)
    .sort((one, other) => other.size / other.limit - one.size / one.limit)
    .slice(0, LARGEST)
    .map(({ resource, what, size, limit }) => ({
      policy: `${what} of ${resource.name} (${resource.stack})`,
      size,
      limit,
    }));

/** The project's commit, as far as git knows it; `-dirty` where files differ from it. */
function commitHere(): string | undefined {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

function madeOf(stacks: Folder["stacks"]): Made {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const hash = createHash("sha256");
  for (const path of stacks.map((each) => each.path).sort()) hash.update(readFileSync(path));
  return { at: new Date(), version, commit: commitHere(), settings: hash.digest("hex") };
}

/** Writes all of it as one page for a browser, which fetches nothing. */
export async function writeReport(file: string, folder: Folder, acts: Acts): Promise<void> {
  const { project, stacks } = folder;
  const { act1, act2, release } = acts;
  const { world, walk, charter, threats } = typeof act2 === "object" ? act2 : {};
  const notShown = notShownBy(acts);
  const input = {
    project,
    made: madeOf(stacks),
    promotions: promotionsOf(folder),
    settings: stacks,
    act1,
    world,
    walk,
    charter,
    threats,
    release,
    notShown,
  };
  writeFileSync(file, await page({ ...input, sizes: sizesOf(acts) }));
}

/** The same as data; of the access check what was asked and answered, not the policies, which the bring-up has. */
export function asData({ project, stacks }: Folder, { act1, act2, release }: Acts): object {
  const { walk, charter, threats, findings, notShown } = typeof act2 === "object" ? act2 : {};
  const access = typeof act2 === "string" ? act2 : { walk, charter, threats, findings, notShown };
  return { project, settings: stacks, act1, act2: access, release };
}
