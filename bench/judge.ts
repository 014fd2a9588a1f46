/** `node FILE DIR`: brings the stacks of a folder up and judges them, as npm start does before it releases. */
import { resolve } from "node:path";
import { act2 } from "../rehearsal/access/check";
import { rehearse } from "../rehearsal/bringUp/check";
import { readStackFiles } from "../rehearsal/record/stackFiles";
import program from "../index";

export async function judge(folder: string): Promise<void> {
  const root = resolve(__dirname, "..");
  const files = readStackFiles(folder, resolve(root, "Pulumi.yaml"));
  const { runs, findings } = await rehearse(files, { program });
  const access = await act2(files, runs, { places: [folder, root], app: undefined, pipeline: undefined });
  const found = [...findings, ...access.findings];
  if (found.length > 0) throw new Error(`there are findings: ${JSON.stringify(found.slice(0, 3))}`);
}

if (require.main === module) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("the argument is DIR");
  void judge(folder);
}
