import assert from "node:assert/strict";
import {
  fails,
  assertCreatedOnce,
  assertNothingChanges,
  emptyWorld,
  removeWorlds,
  takeDown,
  upAll,
} from "./worlds";

const ACCOUNTS = { test: "222222222222", us: "333333333333", asia: "333333333333" };
const REGIONS: Readonly<Record<string, string>> = { us: "us-east-1", asia: "ap-southeast-1" };
const ENVIRONMENTS = Object.entries(ACCOUNTS).map(([name, account]) => ({
  ...{ name, account },
  ...(REGIONS[name] !== undefined && { region: REGIONS[name] }),
}));
const NAMES = ENVIRONMENTS.map(({ name }) => name);

/** Functions in zips and in images, to environments of as many Regions; branches have theirs in another one than tooling's. */
function world() {
  const made = emptyWorld();
  const branches = { include: ["feature/*"], environment: "us" };
  made.set("tooling", {
    environments: ENVIRONMENTS,
    pipelines: [
      { name: "catalog", workload: "lambda-zip", source: { codecommit: "catalog" }, branches },
      { name: "shop", workload: "lambda-container", source: { codecommit: "shop" }, branches },
    ],
  });
  for (const { name, account, region = "eu-west-1" } of ENVIRONMENTS)
    made.set(name, { "aws:region": region, kind: "environment", account });
  return made;
}

describe("environments in three Regions", () => {
  afterEach(removeWorlds);

  it("come up once with one tooling, change nothing then, and go again", async () => {
    const there = world();
    const stacks = ["tooling", ...NAMES];
    await upAll(there, stacks);
    assertCreatedOnce(there);
    await assertNothingChanges(there, stacks);
    there.fill();
    for (const stack of [...NAMES, "tooling"]) await takeDown(there, stack);
    const keys = ["artifacts", "artifacts-ap-southeast-1", "artifacts-us-east-1"];
    assert.deepEqual(
      [...there.inventory()].sort(),
      keys.map((key) => `111111111111 aws:kms/key:Key ${key}`),
    );
  });

  it("in another Region than tooling says are told so by the engine, and nothing is made", async () => {
    const there = world();
    await upAll(there, ["tooling"]);
    there.set("us", { "aws:region": "us-west-2" });
    const before = there.now;
    const { errors } = await fails(there, "us", "up");
    assert.deepEqual(errors, [
      "environment 'us' is in Region us-west-2 by this stack's aws:region, but in us-east-1 by the settings of stack " +
        "organization/delivery/tooling: set aws:region to us-east-1 here, or environments[].region there to us-west-2",
    ]);
    assert.deepEqual(there.writes(before), []);
  });
});
