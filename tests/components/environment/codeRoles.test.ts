import assert from "node:assert/strict";
import { CodeRoles } from "../../../components/environment/codeRoles";
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

const made = (planJobRoleArn?: string, repositoryArn?: string) =>
  registered(
    (opts) =>
      new CodeRoles(
        "catalog--test",
        {
          scope: { project: "delivery", region: "eu-west-1", toolingAccount: "111111111111", path: "/" },
          ...{ account: "222222222222", environment: "test", functionName: "quotes-test", planJobRoleArn },
          pipeline: { name: "catalog", prefix: "catalog" },
          ...{ permissionsBoundary: "arn:boundary", repositoryArn },
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
    const resources = await made(undefined, "arn:images");
    const sids = (kind: string) =>
      documentOf(only(resources, "iam/rolePolicy:RolePolicy", `catalog--test-${kind}`)).Statement;
    assert.deepEqual(sids("plan"), [READS]);
    assert.deepEqual(
      sids("deploy").at(-1),
      allow("PullImage", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], ["arn:images"]),
    );
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
