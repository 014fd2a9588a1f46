import { writeFileSync } from "node:fs";
import { page } from "./page/page";
import { type Acts, notShownBy } from "./terminal";
import { policySizesOf } from "../rules/sizes";
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

/** Writes all of it as one page for a browser, which fetches nothing. */
export async function writeReport(file: string, { project, stacks }: Folder, acts: Acts): Promise<void> {
  const { act1, act2, release } = acts;
  const { world, walk, charter, threats } = typeof act2 === "object" ? act2 : {};
  const notShown = notShownBy(acts);
  const input = { project, settings: stacks, act1, world, walk, charter, threats, release, notShown };
  writeFileSync(file, await page({ ...input, sizes: sizesOf(acts) }));
}

/** The same as data; of the access check what was asked and answered, not the policies, which the bring-up has. */
export function asData({ project, stacks }: Folder, { act1, act2, release }: Acts): object {
  const { walk, charter, threats, findings, notShown } = typeof act2 === "object" ? act2 : {};
  const access = typeof act2 === "string" ? act2 : { walk, charter, threats, findings, notShown };
  return { project, settings: stacks, act1, act2: access, release };
}
