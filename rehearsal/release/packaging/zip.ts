import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { CODE } from "../emulator/code";
import { folderSum } from "../pipeline/handover";
import { JOBS } from "../shownBy";
import { Stopped } from "../stopped";
import { missingTools, runJobScript } from "./jobScript";
import type { Packed, Packager, Packing } from "./packaging";

/** Where there is no zip, the folder that would be in it stands for it. */
async function withoutZip({ copy, release, script }: Packing, missing: readonly string[]): Promise<Packed> {
  const seconds = await script("bundle");
  const dist = join(copy, "dist");
  if (!existsSync(dist) || readdirSync(dist).length === 0)
    throw new Stopped(
      "npm run bundle wrote no dist/: it must write there what the zip holds",
      "correct the service's scripts, then start again",
    );
  const bundle = folderSum(dist);
  cpSync(dist, join(release, CODE, `${bundle}.zip`), { recursive: true, dereference: true });
  const what = `the zip: this machine has no ${missing.join(", no ")}, so that the folder dist stands for it`;
  return {
    bundle,
    how: `npm run bundle: SHA-256 ${bundle} of the folder, ${seconds.toFixed(1)} s (no zip: ${missing.join(", ")} missing)`,
    notShown: [{ what, shownBy: `npm start where they are; ${JOBS}` }],
  };
}

/** The zip is made by the build job's own script. */
export const zip: Packager = {
  needs: (template) => [template],
  parameters: (template) => join(dirname(template), "parameters"),
  async pack(packing) {
    const { copy, release, template } = packing;
    mkdirSync(join(release, CODE), { recursive: true });
    cpSync(join(copy, template), join(release, "template.yaml"));
    const missing = await missingTools(["bash", "GNU find, touch and xargs", "zip"], packing);
    if (missing.length > 0) return withoutZip(packing, missing);
    return runJobScript("zip.sh", ["make_code"], packing, {});
  },
  notShown: [
    {
      what: "the bucket: that Lambda fetches the zip from tooling's account, and that its key decrypts it",
      shownBy: "the access check, by the policies; pulumi up and a release",
    },
  ],
};
