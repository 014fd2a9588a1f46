import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderSum } from "../pipeline/handover";
import { imageFolder, makeImage } from "../emulator/image";
import { stepName } from "../pipeline/steps";
import { JOBS } from "../shownBy";
import type { Packager } from "./packaging";

const beside = (template: string, file: string): string => join(dirname(template), file);

/** What the Dockerfile copies is the image here: its base, and what runs in its build, are not. */
export const image: Packager = {
  needs: (template) => [template, beside(template, "Dockerfile")],
  parameters: (template) => join(dirname(template), "parameters"),
  async pack({ copy, release, template, step, delivery }) {
    const seconds = await step("bundle");
    const by = stepName("bundle", delivery);
    makeImage(join(copy, beside(template, "Dockerfile")), copy, release, by);
    cpSync(join(copy, template), join(release, "template.yaml"));
    const bundle = folderSum(imageFolder({ folder: release }));
    return { bundle, how: `${by}: SHA-256 ${bundle}, ${seconds.toFixed(1)} s`, notShown: [] };
  },
  notShown: [
    {
      what: "the image: its build, its push, the same digest in every environment (the bundle's checksum stands for it), that it is the same each time it is built",
      shownBy: `the job's commands: ${JOBS}`,
    },
    { what: "the scan gate; a signature of the image, which the pipeline does not make", shownBy: JOBS },
  ],
};
