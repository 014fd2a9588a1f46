import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { CODE } from "../emulator/code";
import { folderSum } from "../pipeline/handover";
import { stepName } from "../pipeline/steps";
import { JOBS } from "../shownBy";
import { Stopped } from "../stopped";
import { missingTools, runJobScript } from "./jobScript";
import type { Packed, Packager, Packing } from "./packaging";

/** Where there is no zip, the folder that would be in it stands for it. */
async function withoutZip(
  { copy, release, step, delivery }: Packing,
  missing: readonly string[],
): Promise<Packed> {
  const seconds = await step("bundle");
  const by = stepName("bundle", delivery);
  const dist = join(copy, "dist");
  if (!existsSync(dist) || readdirSync(dist).length === 0)
    throw new Stopped(
      `${by} wrote no dist/: it must write there what the zip holds`,
      "correct the service's scripts, then start again",
    );
  const bundle = folderSum(dist);
  cpSync(dist, join(release, CODE, `${bundle}.zip`), { recursive: true, dereference: true });
  const what = `the zip: this machine has no ${missing.join(", no ")}, so that the folder dist stands for it`;
  return {
    bundle,
    how: `${by}: SHA-256 ${bundle} of the folder, ${seconds.toFixed(1)} s (no zip: ${missing.join(", ")} missing)`,
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
    if (!packing.delivery?.bundle) return runJobScript("zip.sh", ["make_code"], packing, {});
    // Its own commands need no tool of the job's to be read here.
    await packing.step("bundle");
    const ran = ["must() { :; }", `step_name() { printf %s "'$1' of delivery.yaml"; }`];
    return runJobScript("zip.sh", [...ran, "make_code"], packing, {});
  },
  notShown: [
    {
      what: "the bucket: that Lambda fetches the zip from tooling's account, and that its key decrypts it",
      shownBy: "the access check, by the policies; pulumi up and a release",
    },
  ],
};
