import assert from "node:assert/strict";
import type { World } from "./world";
import { ACCOUNTS, goAgain, live, TOOLING, worldOfKinds } from "./worldOfKinds";
import { removeWorlds } from "./worlds";

const created = (world: World, account: string, type: string): string[] =>
  world.cloud.all(`aws:${type}`, account).map(({ id }) => id);

describe("every kind of workload over one store", () => {
  afterEach(removeWorlds);

  it("in accounts of their own comes up once, changes nothing then, and goes again", async () => {
    const world = worldOfKinds(ACCOUNTS);
    await live(world);
    const pipelines = created(world, TOOLING, "codepipeline/pipeline:Pipeline").sort();
    assert.deepEqual(pipelines, [
      "catalog",
      "catalog--br",
      "jobs",
      "jobs--br",
      "lamps",
      "web",
      "web--br",
      "zip",
      "zip--br",
    ]);
    // What exists already is taken as it is.
    assert.equal(created(world, ACCOUNTS.test, "ec2/vpc:Vpc").length, 1);
    for (const account of [ACCOUNTS.stage, ACCOUNTS.prod]) {
      assert.deepEqual(created(world, account, "ec2/vpc:Vpc"), []);
      assert.deepEqual(created(world, account, "ecs/cluster:Cluster"), []);
    }
    const cluster = (account: string, environment: string) =>
      world.cloud.get({
        ...{ account, region: "eu-west-1", type: "aws:ssm/parameter:Parameter" },
        id: `/delivery/${environment}/platform/cluster`,
      })?.outputs["value"];
    assert.equal(cluster(ACCOUNTS.stage, "stage"), "apps");
    assert.match(String(cluster(ACCOUNTS.test, "test")), /^test-[0-9a-f]{7}$/);
    assert.equal(cluster(ACCOUNTS.prod, "prod"), undefined);
    await goAgain(world);
  });
});
