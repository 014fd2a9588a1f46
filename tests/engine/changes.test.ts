import assert from "node:assert/strict";
import { run } from "./stack";
import { assertNothingChanges, fails, removeWorlds, STACKS, up, upAll, upWorld } from "./worlds";
import type { World } from "./world";

/** Gives the sample's pipeline other settings. */
function setPipeline(world: World, settings: object): void {
  const [pipeline] = world.settings("tooling")["pipelines"] as object[];
  world.set("tooling", { pipelines: [{ ...pipeline, ...settings }] });
}

/** Gives environments other settings, by their names. */
function setEnvironments(world: World, settings: Readonly<Record<string, object>>): void {
  const environments = world.settings("tooling")["environments"] as { name: string }[];
  world.set("tooling", { environments: environments.map((each) => ({ ...each, ...settings[each.name] })) });
}

/** Lets go what others read, or holds it again; every holder of something is full. */
async function letGo(world: World, deletable: true | undefined): Promise<void> {
  for (const stack of STACKS) world.set(stack, { deletable });
  world.fill();
  await upAll(world);
}

/** What was done since then: `tooling create aws:iam/role:Role catalog--br`. */
const done = (world: World, since: number): string[] =>
  world.writes(since).map(({ op, urn }) => {
    const [stack = "", , types = "", name] = urn.split("::");
    return [stack.split(":").at(-1), op, types.split("$").at(-1), name].join(" ");
  });

const having = (lines: readonly string[], part: RegExp): string[] =>
  lines.filter((line) => part.test(line)).sort();

const existing = {
  vpc: "vpc-0123456789abcdef0",
  subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  cluster: "apps",
  listener:
    "arn:aws:elasticloadbalancing:eu-west-1:333333333333:listener/app/front/0123456789abcdef/0123456789abcdef",
  securityGroup: "sg-0123456789abcdef0",
  endpoint: "https://shop.example.com",
};

describe("what is changed later", () => {
  afterEach(removeWorlds);

  it("as branches takes one up of tooling and one of their environment, replaces nothing, and goes without a trace", async () => {
    const world = await upWorld();
    const [before, inventory] = [world.now, world.inventory()];
    setPipeline(world, { branches: { include: ["feature/*"], environment: "test" } });
    for (const stack of ["tooling", "test"]) await up(world, stack);
    const added = done(world, before);
    assert.deepEqual(having(added, /^\w+ (?!create )/), [
      "tooling update aws:kms/key:Key artifacts",
      "tooling update aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration artifacts",
      "tooling update aws:s3/bucketPolicy:BucketPolicy artifacts",
    ]);
    assert.deepEqual(having(added, / aws:codepipeline/), [
      "tooling create aws:codepipeline/pipeline:Pipeline catalog--br",
    ]);
    assert.deepEqual(having(added, /^test .*:Role /), [
      "test create aws:iam/role:Role catalog--br-codedeploy",
      "test create aws:iam/role:Role catalog--br-deploy",
    ]);
    await assertNothingChanges(world);

    await letGo(world, true);
    setPipeline(world, { branches: undefined });
    await upAll(world);
    await letGo(world, undefined);
    assert.deepEqual(world.inventory(), inventory);
    await assertNothingChanges(world);
  });

  it("as a pipeline's kind is refused by its preview as long as its images are protected", async () => {
    const world = await upWorld();
    const before = world.now;
    setPipeline(world, { workload: "lambda-zip" });
    const { errors } = await fails(world, "tooling", "preview");
    assert.ok(
      errors.some((each) =>
        /RepositoryPolicy::catalog" cannot be deleted\nbecause it is protected/.test(each),
      ),
      errors.join("\n"),
    );
    assert.deepEqual(world.writes(before), []);
  });

  it("as a pipeline's kind takes one up of each stack, with the platforms that it needs, there and back", async () => {
    const world = await upWorld();
    const inventory = world.inventory();
    await letGo(world, true);
    /** The pipeline stayed the same one, and AWS took everything. */
    const assertChanged = async (since: number): Promise<void> => {
      assert.deepEqual(having(done(world, since), / delete aws:codepipeline| refused /), []);
      await assertNothingChanges(world);
    };
    const zips = world.now;
    setPipeline(world, { workload: "lambda-zip" });
    await upAll(world);
    assert.deepEqual(having(done(world, zips), / delete aws:ecr\/repository:/), [
      "tooling delete aws:ecr/repository:Repository catalog",
    ]);
    await assertChanged(zips);

    const containers = world.now;
    // A rolling deployment may take longer than Lambda's compute lets a job.
    setPipeline(world, { workload: "ecs-service", shortJobs: ["plan", "verify"] });
    setEnvironments(world, { test: { platform: true }, prod: { platform: existing } });
    await upAll(world);
    const made = done(world, containers);
    assert.deepEqual(having(made, /:Role |:Cluster /), [
      "prod create aws:iam/role:Role catalog--prod-task",
      "prod create aws:iam/role:Role catalog--prod-task-execution",
      "prod delete aws:iam/role:Role catalog--prod-codedeploy",
      "test create aws:ecs/cluster:Cluster test",
      "test create aws:iam/role:Role catalog--test-task",
      "test create aws:iam/role:Role catalog--test-task-execution",
      "test delete aws:iam/role:Role catalog--test-codedeploy",
    ]);
    await assertChanged(containers);

    const back = world.now;
    setPipeline(world, { workload: undefined, shortJobs: ["plan", "deploy", "verify"] });
    setEnvironments(world, { test: { platform: undefined }, prod: { platform: undefined } });
    await upAll(world);
    await assertChanged(back);
    await letGo(world, undefined);
    assert.deepEqual(world.inventory(), inventory);
  });

  it("as readers whose account nobody has is refused by AWS, and the next up with right ones completes", async () => {
    const world = await upWorld();
    world.close("999999999999");
    const readers = (account: string) => [`arn:aws:iam::${account}:role/people/on-call`];
    setEnvironments(world, { test: { readers: readers("999999999999") } });
    await up(world, "tooling");
    const { errors } = await fails(world, "test", "up");
    const refusal =
      'MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::999999999999:root"';
    assert.ok(errors.includes(refusal), errors.join("; "));
    setEnvironments(world, { test: { readers: readers("888888888888") } });
    const before = world.now;
    for (const stack of ["tooling", "test"]) await up(world, stack);
    assert.deepEqual(having(done(world, before), / aws:iam/), [
      "test create aws:iam/role:Role readers",
      "test create aws:iam/rolePolicy:RolePolicy readers",
    ]);
    await assertNothingChanges(world);
    assert.deepEqual((await run(world, "test", "refresh")).changes, {});
  });
});
