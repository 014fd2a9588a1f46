/** Tooling's Region is lost: another one, which has the copies, releases again. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { stringify } from "yaml";
import { readDelivery } from "../../../commands/delivery";
import { takeOver } from "../../../commands/failover/takeOver";
import { stacksOf } from "../../../rehearsal/bringUp/stacksOf";
import { fake, projectFolder } from "../../commands/fake";
import { write } from "../../folders";
import { environments, tooling } from "../../stacks/settingsSample";
import { all, approval, codecommit } from "../../stacks/together.case";
import { adopt, replicate } from "../system/replicating";
import { recorded } from "../system/state";
import { WHOLE } from "../whole";
import { RELEASED, WAITS } from "./expected";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";
import { PROD, ZIP } from "./zip";

const [LOST, NEXT] = ["eu-west-1", "eu-central-1"];

const { files } = all(
  tooling({
    environments: environments("test", `prod@${PROD}`).map((each) =>
      each.name === "prod" ? { ...each, approval } : each,
    ),
    pipelines: [
      codecommit("catalog", { ...ZIP, source: { codecommit: "shop", create: true } }),
      codecommit("image", {
        ...{ workload: "lambda-container", directory: "app", template: "template.yaml" },
        source: { codecommit: "shop", create: false },
      }),
    ],
    replication: { region: NEXT },
  }),
);
const KINDS = ["catalog", "image"];

/** Of a stack's state: where it is. The engine's own test moves whole ones. */
const state = (stack: string) => {
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::delivery::${type}::${name}`;
  const root = { urn: urn("pulumi:pulumi:Stack", `delivery-${stack}`), type: "pulumi:pulumi:Stack" };
  const provider = { type: "pulumi:providers:aws", custom: true, id: "account", inputs: { region: LOST } };
  const resources = [root, { ...provider, urn: urn(provider.type, "account"), parent: root.urn }];
  return { version: 3, deployment: { resources } };
};

/** A project's folder with these stack files, and what they bring up before and after `npm run failover`. */
async function bothRegions() {
  const folder = projectFolder(/^Pulumi\.yaml$/);
  const stacks = Object.keys(files);
  write(
    folder,
    Object.fromEntries(stacks.map((stack) => [`Pulumi.${stack}.yaml`, stringify({ config: files[stack] })])),
  );
  const { record: before } = await stacksOf(folder);
  const { session, said } = fake({ exported: Object.fromEntries(stacks.map((each) => [each, state(each)])) });
  const options = { from: LOST, to: NEXT, dryRun: false, yes: true };
  assert.equal(await takeOver(session, readDelivery(folder), options), 0, said.join("\n"));
  const { record: after } = await stacksOf(join(folder));
  return { before, after };
}

const digests = async ({ system }: Scenario, environment: string) =>
  Promise.all(
    KINDS.map(async (kind) => (await recorded(system, kind, environment)).map((each) => each.codeDigest)),
  );

/** One push releases both, as far as they go. */
async function push(it: Scenario, number: number): Promise<void> {
  const first = await it.push(version(number));
  const other = it.pipeline("image").executions.at(-1);
  assert.ok(other);
  assert.deepEqual([it.attempts(first), it.attempts(other)], [WAITS, WAITS]);
}
async function approve(it: Scenario): Promise<void> {
  for (const kind of KINDS) {
    await it.of(kind).decide("Approved");
    const run = it.pipeline(kind).executions.at(-1);
    assert.ok(run);
    assert.deepEqual(it.attempts(run), RELEASED);
  }
}
const says = (it: Scenario, environment: "test" | "prod") =>
  Promise.all(KINDS.map((kind) => it.of(kind).says(environment)));

scenarios("release after tooling's Region is lost", () => {
  if (!WHOLE) return;

  it("of what was kept: prod gets the bytes that were verified before, from the Region that has the copies", async () => {
    const { before, after } = await bothRegions();
    await scenario("failover-before", before, async (lost) => {
      await push(lost, 1);
      await approve(lost);
      await push(lost, 2); // it is in test, and prod waits
      await replicate(lost.system);
      const [inTest, inProd] = [await digests(lost, "test"), await digests(lost, "prod")];

      await scenario("failover-after", after, async (it) => {
        await adopt(lost.system, it.system);
        assert.deepEqual([await digests(it, "test"), await digests(it, "prod")], [inTest, inProd]);
        await push(it, 2);
        for (const kind of KINDS)
          assert.match(it.log(`${kind}-build`), /\nhands over the kept release of this commit/);
        await approve(it);
        assert.deepEqual(await says(it, "prod"), ["200 version 2", "200 version 2"]);
        const now = await digests(it, "prod");
        assert.deepEqual(
          now.map(([newest]) => newest),
          inTest.map(([newest]) => newest),
        );
        assert.deepEqual(
          now.map((each) => each.slice(1)),
          inProd,
        );

        // There are no runs of before to go back to: a release of that commit takes their place.
        await push(it, 1);
        for (const kind of KINDS)
          assert.match(it.log(`${kind}-build`), /\nhands over the kept release of this commit/);
        await approve(it);
        assert.deepEqual(await says(it, "prod"), ["200 version 1", "200 version 1"]);
        const regions = it.system.aws
          .calls()
          .flatMap(({ asked }) => asked)
          .map(({ resource }) => resource.split(":")[3] ?? "");
        assert.deepEqual([...new Set(regions)].sort(), ["", NEXT]);
      });
    });
  });
});
