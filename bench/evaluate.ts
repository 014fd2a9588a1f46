/** `node FILE DIR TYPES`: brings the stacks of a folder up without judging them, and writes the type of each resource. */
import { writeFileSync } from "node:fs";
import { stacksOf } from "../rehearsal/bringUp/stacksOf";

const [folder, file] = process.argv.slice(2);
if (folder === undefined || file === undefined) throw new Error("arguments are DIR TYPES");
void stacksOf(folder).then(({ record }) =>
  writeFileSync(file, JSON.stringify(record.flatMap(({ resources }) => resources.map(({ type }) => type)))),
);
