/** An environment in another Region than tooling's: its code is there before Plan needs it, the same bytes. */
import assert from "node:assert/strict";
import { broughtUp } from "../../programs";
import { all, approval, codecommit } from "../../stacks/together.case";
import { environments, tooling } from "../../stacks/settingsSample";
import { ofType, type Rehearsed } from "../../../rehearsal/record/record";
import { recorded } from "../system/state";
import { WHOLE } from "../whole";
import { made, nothing, RELEASED, updated, WAITS } from "./expected";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";
import { PROD, ZIP } from "./zip";

const REGION = "us-west-2";

const twoRegions = (workload: object = ZIP, environment: object = {}): Promise<Rehearsed> =>
  broughtUp(
    all(
      tooling({
        environments: environments("test", `prod@${PROD}`).map((each) =>
          each.name === "prod"
            ? { ...each, region: REGION, approval, ...environment }
            : { ...each, ...environment },
        ),
        pipelines: [codecommit("catalog", { directory: "app", ...workload })],
      }),
    ).files,
  );

/** The bucket with artifacts in a Region. */
const bucketIn = (record: Rehearsed, region: string): string => {
  const found = ofType(record, "aws:s3/bucket:Bucket").filter(
    (each) => each.region === region && !each.name.endsWith("-access-logs"),
  );
  assert.equal(found.length, 1);
  return String(found[0]?.outputs["bucket"]);
};

/** What jobs and services asked for that names a Region, by the Region: no job may ask for a thing of prod's elsewhere. */
const regionsOf = (it: Scenario, account: string): string[] => [
  ...new Set(
    it.system.aws
      .calls()
      .flatMap(({ asked }) => asked)
      .map(({ resource }) => resource.split(":"))
      .flatMap(([, , , region = "", of = ""]) => (of === account && region !== "" ? [region] : [])),
  ),
];

scenarios("release to an environment in another Region", () => {
  let record: Rehearsed;
  before(async () => (record = await twoRegions()));

  it("first release and update, through to prod, which gets the bytes that test got", () =>
    scenario("regions", record, async (it) => {
      const { objects } = it.system.aws;
      const first = await it.push(version(1));
      assert.deepEqual(it.attempts(first), WAITS);
      assert.deepEqual(await it.environments(), {
        test: made(first.id),
        prod: { ...nothing, stack: "REVIEW_IN_PROGRESS undefined", sets: [`d-${first.id}`] },
      });
      // Before the approval all of it is where prod reads it, byte for byte as in tooling's Region.
      const [home, near] = [bucketIn(record, "eu-west-1"), bucketIn(record, REGION)];
      const files = `releases/catalog/${PROD}/prod/${first.id}`;
      const there = await objects.list(near, files);
      assert.deepEqual(there, await objects.list(home, files));
      assert.ok(there.includes(`${files}.template.json`) && there.some((key) => key.includes("/code/")));
      for (const key of there)
        assert.deepEqual(await objects.get(near, key), await objects.get(home, key), key);
      // And nothing of another environment's, nor what is kept.
      assert.deepEqual(
        (await objects.list(near)).filter((key) => !key.startsWith(files)),
        [],
      );
      await it.decide("Approved");
      assert.deepEqual(it.attempts(first), RELEASED);

      const second = await it.push(version(2));
      await it.decide("Approved");
      assert.deepEqual(it.attempts(second), RELEASED);
      assert.deepEqual(await it.environments(), { test: updated(second.id), prod: updated(second.id) });
      const digests = await Promise.all(
        ["test", "prod"].map(async (name) => (await recorded(it.system, "catalog", name))[0]?.codeDigest),
      );
      assert.equal(digests[0], digests[1]);
      assert.deepEqual(regionsOf(it, PROD), [REGION]);
    }));

  it("a release that is rejected: the clean-up works in that Region, and prod keeps nothing of it", () =>
    scenario("regions-rejected", record, async (it) => {
      const first = await it.push(version(1));
      await it.decide("Rejected");
      assert.equal(first.status, "Failed");
      assert.deepEqual(await it.environments(), { test: made(first.id), prod: nothing });
    }));
});

const IMAGES = {
  "a function": { workload: { workload: "lambda-container", template: "template.yaml" }, environment: {} },
  "a service on ECS": {
    workload: { workload: "ecs-service", template: "ecs-service/template.yaml" },
    environment: { platform: true },
  },
};

scenarios("release of an image to an environment in another Region", () => {
  if (!WHOLE) return;
  for (const [kind, { workload, environment }] of Object.entries(IMAGES))
    it(`${kind}: first release and update, through to prod, which pulls the image that test runs from its own Region`, async () => {
      const record = await twoRegions(workload, environment);
      await scenario(`regions-image ${kind}`, record, async (it) => {
        const first = await it.push(version(1));
        assert.deepEqual(it.attempts(first), WAITS);
        await it.decide("Approved");
        assert.deepEqual(it.attempts(first), RELEASED);
        assert.deepEqual(await it.environments(), { test: made(first.id), prod: made(first.id) });

        const second = await it.push(version(2));
        await it.decide("Approved");
        assert.deepEqual(it.attempts(second), RELEASED);
        assert.deepEqual(await it.environments(), { test: updated(second.id), prod: updated(second.id) });
        assert.deepEqual([await it.says("test"), await it.says("prod")], ["200 version 2", "200 version 2"]);
        const digests = await Promise.all(
          ["test", "prod"].map(async (name) => (await recorded(it.system, "catalog", name))[0]?.codeDigest),
        );
        assert.equal(digests[0], digests[1]);
        assert.deepEqual(regionsOf(it, PROD), [REGION]);
        // Each pulls the repository of its own Region, and Build alone pushes there.
        const asked = it.system.aws
          .calls()
          .flatMap(({ principal, asked: all }) =>
            all.map(({ action, resource }) => ({ principal, action, region: resource.split(":")[3] ?? "" })),
          );
        const of = (action: string, who: RegExp): string[] => [
          ...new Set(
            asked.flatMap((each) =>
              each.action === action && who.test(each.principal) ? [each.region] : [],
            ),
          ),
        ];
        assert.deepEqual(of("ecr:PutImage", /catalog-build/), ["eu-west-1", REGION]);
        assert.deepEqual(of("ecr:PutImage", /^(?!.*catalog-build)/), []);
      });
    });
});
