import assert from "node:assert/strict";
import { CodeRoles, type CodeTarget } from "../../../components/environment/codeRoles";
import { functionTarget } from "../../../components/environment/functionStatements";
import { serviceTarget } from "../../../components/environment/serviceStatements";
import { documentOf, ofKind, only, registered } from "../../programs";

const FUNCTION = "arn:aws:lambda:eu-west-1:222222222222:function:quotes-test";
const allow = (Sid: string, Action: string[], Resource: string[]) => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
});
const READS = allow(
  "ReadFunction",
  ["lambda:GetAlias", "lambda:GetFunctionConfiguration", "lambda:ListVersionsByFunction"],
  [FUNCTION],
);

const SCOPE = { project: "delivery", region: "eu-west-1", toolingAccount: "111111111111", path: "/" };
const toFunction = (repositoryArn?: string): CodeTarget =>
  functionTarget({
    ...{ scope: SCOPE, account: "222222222222", functionName: "quotes-test" },
    repositoryArn,
  });
const toService = (
  changes: { readonly taskRole?: string; readonly instanceRole?: string } = {},
): CodeTarget =>
  serviceTarget({
    ...{ scope: { ...SCOPE, path: "/ours/" }, account: "222222222222" },
    service: {
      ...{ cluster: "main", name: "quotes-test", family: "quotes", executionRole: "theirs/quotes-execution" },
      ...changes,
    },
  });

const made = (planJobRoleArn?: string, target = toFunction()) =>
  registered(
    (opts) =>
      new CodeRoles(
        "catalog--test",
        {
          ...{ scope: SCOPE, account: "222222222222", environment: "test", target, planJobRoleArn },
          pipeline: { name: "catalog", prefix: "catalog" },
          ...{ permissionsBoundary: "arn:boundary" },
          releaseJobRoleArn: "arn:release-job",
        },
        opts,
      ),
  );

describe("roles of a pipeline that releases code alone", () => {
  it("are two: one reads the function, one gives it code and moves its alias, and neither configures it", async () => {
    const resources = await made("arn:plan-job");
    assert.deepEqual(
      ofKind(resources, "iam/role:Role")
        .map(({ inputs }) => [inputs["name"], inputs["permissionsBoundary"]])
        .sort(),
      [
        ["delivery-catalog--test-deploy", "arn:boundary"],
        ["delivery-catalog--test-plan", "arn:boundary"],
      ],
    );
    const statements = (kind: string) =>
      documentOf(only(resources, "iam/rolePolicy:RolePolicy", `catalog--test-${kind}`)).Statement;
    assert.deepEqual(statements("plan"), [READS]);
    assert.deepEqual(statements("deploy"), [
      READS,
      allow("ReadVersions", ["lambda:GetFunctionConfiguration"], [`${FUNCTION}:*`]),
      allow("ReleaseCode", ["lambda:UpdateAlias", "lambda:UpdateFunctionCode"], [FUNCTION]),
    ]);
  });

  it("may pull the image that the function gets, and of no other repository", async () => {
    const resources = await made(undefined, toFunction("arn:images"));
    const sids = (kind: string) =>
      documentOf(only(resources, "iam/rolePolicy:RolePolicy", `catalog--test-${kind}`)).Statement;
    assert.deepEqual(sids("plan"), [READS]);
    assert.deepEqual(
      sids("deploy").at(-1),
      allow("PullImage", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], ["arn:images"]),
    );
  });

  it("are two of a service of ECS: one reads it, one registers revisions of its family, with its roles alone, and updates it", async () => {
    const role = (name: string) => `arn:aws:iam::222222222222:role/${name}`;
    const [service, revisions] = ["service/main/quotes-test", "task-definition/quotes:*"].map(
      (each) => `arn:aws:ecs:eu-west-1:222222222222:${each}`,
    ) as [string, string];
    const reads = [
      allow("ReadService", ["ecs:DescribeServices"], [service]),
      allow("ReadTaskDefinition", ["ecs:DescribeTaskDefinition"], ["*"]),
    ];
    const expected = (...roles: string[]) => [
      ...reads,
      {
        ...allow("RegisterRevisions", ["ecs:RegisterTaskDefinition"], [revisions]),
        Condition: {
          StringEqualsIfExists: { "ecs:privileged": "false" },
          "ForAllValues:StringEquals": { "ecs:compute-compatibility": ["FARGATE"] },
          Null: { "ecs:compute-compatibility": "false" },
        },
      },
      {
        ...allow("PassTaskRoles", ["iam:PassRole"], roles),
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
      {
        ...allow("ReleaseCode", ["ecs:UpdateService"], [service]),
        Condition: {
          ArnLike: { "ecs:task-definition": revisions },
          StringEqualsIfExists: {
            "ecs:enable-ebs-volumes": "false",
            "ecs:enable-execute-command": "false",
            "ecs:enable-service-connect": "false",
            "ecs:enable-vpc-lattice": "false",
          },
          BoolIfExists: { "ecs:auto-assign-public-ip": "false" },
          Null: { "ecs:capacity-provider": "true", "ecs:namespace": "true", "ecs:subnet": "true" },
        },
      },
    ];
    const [alone, both] = [
      await made(undefined, toService()),
      await made(undefined, toService({ taskRole: "task" })),
    ];
    const statements = (resources: Awaited<ReturnType<typeof made>>, kind: string) =>
      documentOf(only(resources, "iam/rolePolicy:RolePolicy", `catalog--test-${kind}`)).Statement;
    assert.deepEqual(statements(alone, "plan"), reads);
    assert.deepEqual(statements(alone, "deploy"), expected(role("theirs/quotes-execution")));
    assert.deepEqual(statements(both, "deploy"), expected(role("theirs/quotes-execution"), role("task")));

    // On instances it registers what runs there, too; their role it hands to nobody.
    const there = await made(undefined, toService({ instanceRole: "instances" }));
    const [first, second, registers, ...others] = expected(role("theirs/quotes-execution"));
    const Condition = {
      StringEqualsIfExists: { "ecs:privileged": "false" },
      "ForAllValues:StringEquals": { "ecs:compute-compatibility": ["EC2", "EXTERNAL", "FARGATE"] },
    };
    assert.deepEqual(statements(there, "deploy"), [first, second, { ...registers, Condition }, ...others]);
  });

  it("trust the jobs by name: Plan's role also the release job, which rolls back", async () => {
    const trusted = (resources: Awaited<ReturnType<typeof made>>, kind: string) => {
      const role = only(resources, "iam/role:Role", `catalog--test-${kind}`);
      const [{ Condition } = {}] = documentOf(role, "assumeRolePolicy").Statement;
      return Condition;
    };
    const by = (...arns: string[]) => ({ ArnEquals: { "aws:PrincipalArn": arns } });
    const [planned, others] = [await made("arn:plan-job"), await made()];
    assert.deepEqual(trusted(planned, "plan"), by("arn:plan-job", "arn:release-job"));
    assert.deepEqual(trusted(others, "plan"), by("arn:release-job"));
    assert.deepEqual(trusted(planned, "deploy"), by("arn:release-job"));
  });
});
