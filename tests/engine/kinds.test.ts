import assert from "node:assert/strict";
import type { World } from "./world";
import { ACCOUNTS, goAgain, live, RUNNER, TOOLING, worldOfKinds } from "./worldOfKinds";
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
    // The runner of each pipeline that releases to prod, which the job in tooling is told of.
    const projects = created(world, ACCOUNTS.prod, "codebuild/project:Project").sort();
    const runners = ["catalog", "jobs", "lamps", "zip"].map(
      (name) => `arn:aws:codebuild:eu-west-1:${ACCOUNTS.prod}:project/delivery-${name}--prod-runner`,
    );
    assert.deepEqual(projects, runners);
    for (const id of runners) {
      const at = { account: ACCOUNTS.prod, region: "eu-west-1", type: "aws:codebuild/project:Project" };
      const { vpcConfig, concurrentBuildLimit } = world.cloud.get({ ...at, id })?.outputs ?? {};
      assert.deepEqual([vpcConfig, concurrentBuildLimit], [RUNNER.vpc, 1]);
    }
    assert.deepEqual(created(world, ACCOUNTS.test, "codebuild/project:Project"), []);
    await goAgain(world);
  });
});
