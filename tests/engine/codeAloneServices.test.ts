import assert from "node:assert/strict";
import type { World } from "./world";
import { goAgain, live, TOOLING } from "./worldOfKinds";
import { assertCreatedOnce, assertNothingChanges, emptyWorld, removeWorlds, up } from "./worlds";

const TEST = "222222222222";
const PROD = "333333333333";
const STACKS = ["tooling", "test", "prod"];

const pipelines = (executionRole: string) => [
  {
    name: "rates",
    workload: "ecs-service-code",
    source: { codecommit: "rates" },
    service: {
      ...{ cluster: "main", name: "rates-${environment}", family: "rates", container: "app" },
      ...{ executionRole, taskRole: "rates-task", endpoint: "https://rates.${environment}.example.com" },
    },
  },
];

function worldOfCode(): World {
  const world = emptyWorld();
  world.set("tooling", {
    environments: [
      { name: "test", account: TEST },
      { name: "prod", account: PROD, approval: { emails: ["release@example.com"] } },
    ],
    pipelines: pipelines("rates-execution"),
  });
  return world;
}

/** What the statements of a policy are about, by their Sids. */
const resourcesIn = (policy: unknown): Record<string, unknown> => {
  const { Statement } = JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] };
  return Object.fromEntries(
    Statement.map(({ Sid, Resource, Condition }): [string, unknown] => [String(Sid), Resource ?? Condition]),
  );
};
const ecs = (account: string, rest: string) => `arn:aws:ecs:eu-west-1:${account}:${rest}`;
const role = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;

describe("code alone, to services of ECS that other stacks own", () => {
  afterEach(removeWorlds);

  it("comes up once in tooling and in each account, makes nothing but roles there, and goes again", async () => {
    const world = worldOfCode();
    await live(world, ["test", "prod"]);
    for (const account of [TEST, PROD]) {
      const here = world.cloud.things().filter((each) => each.account === account);
      assert.deepEqual([...new Set(here.map(({ type }) => type))].sort(), [
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:ssm/parameter:Parameter",
      ]);
    }
    await goAgain(world, ["test", "prod"]);
  });

  it("names the one role that pulls to both sides, and follows the settings when that is called otherwise", async () => {
    const world = worldOfCode();
    for (const stack of STACKS) await up(world, stack);
    assertCreatedOnce(world);
    const deploys = () =>
      resourcesIn(
        world.cloud
          .all("aws:iam/rolePolicy:RolePolicy", PROD)
          .find(({ outputs }) => outputs["role"] === "delivery-rates--prod-deploy")?.outputs["policy"],
      );
    const pulls = () =>
      resourcesIn(
        world.cloud.all("aws:ecr/repositoryPolicy:RepositoryPolicy", TOOLING)[0]?.outputs["policy"],
      );
    const only = (name: string) => ({
      PullToStartTasks: { ArnEquals: { "aws:PrincipalArn": [role(TEST, name), role(PROD, name)] } },
    });
    assert.deepEqual(deploys(), {
      ReadService: [ecs(PROD, "service/main/rates-prod")],
      ReadTaskDefinition: ["*"],
      RegisterRevisions: [ecs(PROD, "task-definition/rates:*")],
      PassTaskRoles: [role(PROD, "rates-execution"), role(PROD, "rates-task")],
      ReleaseCode: [ecs(PROD, "service/main/rates-prod")],
    });
    assert.deepEqual(pulls(), only("rates-execution"));

    world.set("tooling", { pipelines: pipelines("services/execution") });
    const before = world.now;
    for (const stack of STACKS) await up(world, stack);
    const passed = [role(PROD, "services/execution"), role(PROD, "rates-task")];
    assert.deepEqual(deploys()["PassTaskRoles"], passed);
    assert.deepEqual(pulls(), only("services/execution"));
    assert.deepEqual([...new Set(world.writes(before).map(({ op }) => op))], ["update"]);
    await assertNothingChanges(world, STACKS);
  });
});
