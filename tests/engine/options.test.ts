import assert from "node:assert/strict";
import {
  assertCreatedOnce,
  assertNothingChanges,
  emptyWorld,
  fails,
  removeWorlds,
  takeDown,
  upAll,
} from "./worlds";
import type { World } from "./world";

const ACCOUNTS = { tooling: "111111111111", test: "222222222222", prod: "333333333333" };
const STACKS = Object.keys(ACCOUNTS);
const BOUNDARY = "most";

/** The organization's own policy, which the program only names. */
function addBoundaries(world: World): void {
  for (const account of Object.values(ACCOUNTS)) {
    const id = `arn:aws:iam::${account}:policy/${BOUNDARY}`;
    const place = { account, region: "global", type: "aws:iam/policy:Policy", id };
    world.cloud.put({ ...place, urn: "", inputs: {}, outputs: { arn: id } });
  }
}

/** Settings that bring in what the samples leave out. */
function setEverything(world: World): void {
  const github = { name: "catalog", source: { github: "org/repo" }, environments: [["test", "prod"]] };
  world.set("tooling", {
    iam: { path: "/team/", permissionsBoundary: BOUNDARY },
    pipelines: [github],
    vpc: { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
  });
  for (const stack of STACKS) {
    world.set(stack, { previews: { repository: "org/repo", state: { url: "s3://state" } } });
  }
}

describe("settings that the samples leave out", () => {
  afterEach(removeWorlds);

  it("come up once, change nothing then, and go again", async () => {
    const world = emptyWorld();
    setEverything(world);
    addBoundaries(world);
    const before = world.inventory();
    await upAll(world);
    const made = world.cloud.things().filter(({ urn }) => urn !== "");
    const roles = made.filter(({ type }) => type === "aws:iam/role:Role");
    assert.ok(roles.length > 0);
    for (const { id, outputs, account } of roles) {
      assert.equal(outputs["arn"], `arn:aws:iam::${account}:role/team/${id}`);
      assert.equal(outputs["permissionsBoundary"], `arn:aws:iam::${account}:policy/${BOUNDARY}`);
    }
    assertCreatedOnce(world, made);
    await assertNothingChanges(world);
    for (const stack of ["test", "prod", "tooling"]) await takeDown(world, stack);
    assert.deepEqual(world.inventory(), [...before, `${ACCOUNTS.tooling} aws:kms/key:Key artifacts`].sort());
  });

  it("are refused by AWS as long as the account lacks the boundary", async () => {
    const world = emptyWorld();
    world.set("tooling", { iam: { permissionsBoundary: BOUNDARY } });
    const { errors } = await fails(world, "tooling", "up");
    const arn = `arn:aws:iam::${ACCOUNTS.tooling}:policy/${BOUNDARY}`;
    const refusal = `NoSuchEntity: Policy ${arn} does not exist or is not attachable.`;
    assert.ok(errors.includes(refusal), errors.join("; "));
    assert.deepEqual(world.cloud.all("aws:iam/role:Role"), []);
  });
});
