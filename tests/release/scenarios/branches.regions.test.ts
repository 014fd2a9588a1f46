/** Branches whose environment is in another Region: from a push to the end of their stack, all of it there. */
import assert from "node:assert/strict";
import { OUT } from "../system/folders";
import { installOsls } from "../system/osls";
import { live } from "../system/state";
import { WHOLE } from "../whole";
import { branchesOf, branchesRecord, DEV, RELEASED, stackOf } from "./branches";
import { scenario, scenarios } from "./scenario";
import { version } from "./service";
import { ZIP } from "./zip";

const REGION = "us-west-2";
const KINDS = {
  zip: ZIP,
  image: { workload: "lambda-container", directory: "app", template: "template.yaml" },
  ecs: { workload: "ecs-service", directory: "app", template: "ecs-service/template.yaml" },
  serverless: { workload: "serverless", directory: "app" },
};

scenarios("branches in another Region", () => {
  if (!WHOLE) return;
  before(() => installOsls(OUT));
  for (const [what, kind] of Object.entries(KINDS))
    it(`branch in another Region (${what}): from its first push to its deletion`, async () => {
      const record = await branchesRecord({}, kind, {
        region: REGION,
        ...(what === "ecs" && { platform: true }),
      });
      await scenario(`branch-region-${what}`, record, async (it) => {
        const first = await it.push(version(1), "feature/a", branchesOf(it));
        assert.deepEqual(it.attempts(first), RELEASED);
        const stack = stackOf(it, first);
        assert.equal(await live(it.system, DEV, stack), `CREATE_COMPLETE ${first.id}`);
        const second = await it.push(version(2), "feature/a", branchesOf(it));
        assert.equal(await live(it.system, DEV, stack), `UPDATE_COMPLETE ${second.id}`);
        await it.deleteBranch("feature/a");
        assert.equal(await live(it.system, DEV, stack), "none");
        const asked = it.system.aws.calls().flatMap(({ asked: all }) => all);
        const regions = asked
          .map(({ resource }) => resource.split(":"))
          .flatMap(([, , , region = "", of = ""]) => (of === DEV && region !== "" ? [region] : []));
        assert.deepEqual([...new Set(regions)], [REGION]);
      });
    });
});
