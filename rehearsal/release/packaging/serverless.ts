import { JOBS } from "../shownBy";
import { Stopped } from "../stopped";
import { missingTools, runJobScript } from "./jobScript";
import type { Packager } from "./packaging";

/** The service's own `npm run package`, and what the build job's script makes of it. */
export const serverless: Packager = {
  needs: () => [],
  parameters: () => undefined, // serverless.yml has the settings of each stage
  async pack(packing) {
    const { environments, region, stackPrefix } = packing;
    const missing = await missingTools(["bash", "GNU find, touch and xargs", "jq"], packing);
    if (missing.length > 0)
      throw new Stopped(
        `this machine has no ${missing.join(", no ")}, which the build job's script needs to package the service`,
        "install what is missing, then start again; a release in AWS needs nothing of this machine",
      );
    const packed = await runJobScript("serverless.sh", ["make_templates", "make_code"], packing, {
      ...packing.delivery?.variables,
      ENVIRONMENTS: environments.join(" "),
      AWS_REGION: region,
      STACK_PREFIX: stackPrefix,
      npm_config_prefer_offline: "true",
    });
    const how = `npm run package for ${environments.join(", ")}, by ${packed.how}`;
    return { ...packed, how };
  },
  notShown: [
    {
      what: "the bucket: that Lambda fetches the zips from tooling's account, and that its key decrypts them",
      shownBy: "the access check, by the policies; pulumi up and a release",
    },
    {
      what: "what osls deploys beside its template: it never deploys here nor in the pipeline",
      shownBy: `the job's commands: ${JOBS}`,
    },
  ],
};
