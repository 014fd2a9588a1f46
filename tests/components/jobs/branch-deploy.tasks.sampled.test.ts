import assert from "node:assert/strict";
import { ecsService } from "../../../components/workloads/ecsService";
import { ofBranches, workloadSiteOf } from "../../../components/workloads/workload";
import { branchWorld, deployBranch, hashOf, stackOf } from "./branches";
import { pool } from "./inputs";
import { BUCKET, EXECUTION_ID, type World } from "./world";
import { whole } from "../../whole/sample";

const BRANCH = "feature/one";
const HASH = hashOf(BRANCH);
const ready = (): World =>
  branchWorld(BRANCH, { outcome: { status: "CREATE_COMPLETE", reason: null, changes: [] } });
const created = ({ commands }: World): string[] =>
  commands.find((command) => command.includes("create-change-set")) ?? [];

describe("job branch-deploy of tasks on a platform", () => {
  const tasks = ofBranches(ecsService);
  const SITE = workloadSiteOf({
    scope: { project: "delivery", region: "eu-west-1", toolingAccount: "111111111111", path: "/team/" },
    account: "222222222222",
    pipeline: { name: "catalog", prefix: "catalog" },
    environment: "br",
    host: "test",
  });
  const PLATFORM = {
    PARAMETERS: JSON.stringify(tasks.parameters(SITE)),
    ADDED: JSON.stringify(tasks.added?.({ ...SITE, repositoryArn: "arn:repository" })),
    BRANCH_PRIORITY: "42",
  };
  const ROLES = ["BranchTaskExecutionRole", "BranchTaskRole"];
  const template = (Resources: object) => ({
    "parameters/br.json": "[]",
    "template.yaml": JSON.stringify({ Resources, Outputs: {} }),
  });
  const sent = ({ objects }: World) =>
    JSON.parse(
      objects
        .get(`${BUCKET}/releases/catalog--br/222222222222/${HASH}/${EXECUTION_ID}.template.json`)
        ?.toString() ?? "null",
    ) as {
      Resources: Record<string, { Type: string; DependsOn?: string[]; Properties?: Record<string, unknown> }>;
    };

  whole("adds the roles of the branch's tasks, which all else waits for, and names them", async () => {
    const world = ready();
    const own = { Type: "AWS::ECS::TaskDefinition", Properties: { Family: "x" } };
    await deployBranch(
      world,
      BRANCH,
      PLATFORM,
      template({ Task: own, Service: { ...own, DependsOn: "Task" } }),
    );
    const { Resources } = sent(world);
    assert.deepEqual(Object.keys(Resources).sort(), [...ROLES, "Service", "Task"]);
    assert.deepEqual(Resources["Task"], { ...own, DependsOn: ROLES });
    assert.deepEqual(Resources["Service"]?.DependsOn, [...ROLES, "Task"]);
    const { DependsOn, Properties } = Resources["BranchTaskRole"] ?? {};
    assert.deepEqual(
      [DependsOn, Properties?.["RoleName"], Properties?.["Path"], Properties?.["PermissionsBoundary"]],
      [
        undefined,
        `${stackOf(BRANCH)}-task`,
        "/team/",
        "arn:aws:iam::222222222222:policy/team/delivery-catalog--br-boundary",
      ],
    );
    assert.ok(!JSON.stringify(Resources).includes("<stack>"));
    const [, parameters = "[]"] = world.commands.find(([name]) => name === "parameters") ?? [];
    const values = Object.fromEntries(
      (JSON.parse(parameters) as Record<string, string>[]).map((each): [string, unknown] => [
        each["ParameterKey"] ?? "",
        each["ParameterValue"],
      ]),
    );
    assert.deepEqual(
      [values["ListenerRulePriority"], values["BasePath"], values["TaskRoleArn"], values["Cluster"]],
      [
        "42",
        `/${stackOf(BRANCH)}`,
        `arn:aws:iam::222222222222:role/team/${stackOf(BRANCH)}-task`,
        "/delivery/test/platform/cluster",
      ],
    );
  });

  it("refuses a template that has resources of these names, and makes nothing", async () => {
    const world = ready();
    const result = await deployBranch(
      world,
      BRANCH,
      PLATFORM,
      template({ BranchTaskRole: { Type: "AWS::IAM::Role" } }),
    );
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: a branch's stack has resources of these names, which Deploy adds \(BranchTaskExecutionRole, BranchTaskRole\): call those of the template otherwise/,
    );
    assert.deepEqual(created(world), []);
  });

  whole("takes no place but one that Register gives", async () => {
    await pool(["-", "0", "042", "100000", "1x"], async (BRANCH_PRIORITY) => {
      const result = await deployBranch(ready(), BRANCH, { ...PLATFORM, BRANCH_PRIORITY }, template({}));
      assert.equal(result.code, 1, BRANCH_PRIORITY);
      assert.match(result.output, /error: variable BRANCH_PRIORITY must match/);
    });
  });
});
