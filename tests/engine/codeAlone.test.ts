import assert from "node:assert/strict";
import type { World } from "./world";
import { goAgain, live, TOOLING } from "./worldOfKinds";
import { assertCreatedOnce, assertNothingChanges, emptyWorld, removeWorlds, up } from "./worlds";

const TEST = "222222222222";
const PROD = "333333333333";
const STACKS = ["tooling", "test", "prod"];

const pipelines = (charts: string) => [
  {
    name: "quotes",
    workload: "lambda-zip-code",
    source: { codecommit: "quotes" },
    function: {
      name: "quotes-${environment}",
      runtime: "nodejs22.x",
      endpoint: "https://quotes.${environment}.example.com",
    },
  },
  {
    name: "charts",
    workload: "lambda-container-code",
    source: { codecommit: "charts" },
    function: { name: charts, endpoint: "https://charts.${environment}.example.com" },
  },
];

function worldOfCode(): World {
  const world = emptyWorld();
  const approval = { emails: ["release@example.com"] };
  world.set("tooling", {
    environments: [
      { name: "test", account: TEST },
      { name: "prod", account: PROD, approval },
    ],
    pipelines: pipelines("charts-${environment}"),
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
const deployPolicy = (world: World, account: string, role: string) =>
  resourcesIn(
    world.cloud.all("aws:iam/rolePolicy:RolePolicy", account).find(({ outputs }) => outputs["role"] === role)
      ?.outputs["policy"],
  );
const functionArn = (account: string, name: string) => `arn:aws:lambda:eu-west-1:${account}:function:${name}`;

describe("code alone, to functions that other stacks own", () => {
  afterEach(removeWorlds);

  it("comes up once in tooling and in each account, makes nothing but roles there, and goes again", async () => {
    const world = worldOfCode();
    await live(world, ["test", "prod"]);
    for (const account of [TEST, PROD]) {
      const types = [
        ...new Set(
          world.cloud
            .things()
            .filter((each) => each.account === account)
            .map(({ type }) => type),
        ),
      ];
      assert.deepEqual(types.sort(), [
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:ssm/parameter:Parameter",
      ]);
    }
    await goAgain(world, ["test", "prod"]);
  });

  it("names the one function to both sides, and follows the settings when that is called otherwise", async () => {
    const world = worldOfCode();
    for (const stack of STACKS) await up(world, stack);
    assertCreatedOnce(world);
    const [images] = world.cloud.all("aws:ecr/repository:Repository", TOOLING);
    const role = "delivery-charts--prod-deploy";
    const pulls = () =>
      resourcesIn(
        world.cloud.all("aws:ecr/repositoryPolicy:RepositoryPolicy", TOOLING)[0]?.outputs["policy"],
      )["PullToRunFunctions"];
    const arns = (test: string, prod: string) =>
      [functionArn(TEST, test), functionArn(PROD, prod)].flatMap((arn) => [arn, `${arn}:*`]);
    assert.deepEqual(deployPolicy(world, PROD, role), {
      ReadFunction: [functionArn(PROD, "charts-prod")],
      ReadVersions: [functionArn(PROD, "charts-prod:*")],
      ReleaseCode: [functionArn(PROD, "charts-prod")],
      PullImage: [images?.outputs["arn"]],
    });
    assert.deepEqual(Object.keys(deployPolicy(world, TEST, "delivery-quotes--test-deploy")), [
      "ReadFunction",
      "ReadVersions",
      "ReleaseCode",
    ]);
    assert.deepEqual(pulls(), { ArnLike: { "aws:SourceArn": arns("charts-test", "charts-prod") } });

    world.set("tooling", { pipelines: pipelines("Charts") });
    const before = world.now;
    for (const stack of STACKS) await up(world, stack);
    assert.deepEqual(deployPolicy(world, PROD, role)["ReleaseCode"], [functionArn(PROD, "Charts")]);
    assert.deepEqual(pulls(), { ArnLike: { "aws:SourceArn": arns("Charts", "Charts") } });
    assert.deepEqual([...new Set(world.writes(before).map(({ op }) => op))], ["update"]);
    await assertNothingChanges(world, STACKS);
  });
});
