import assert from "node:assert/strict";
import { ReadOnlyRole, type ReadOnlyRoleArgs } from "../../../components/environment/readOnlyRole";
import { inputsOf, names, only, registered, roleStatements, SCOPE } from "../../programs";

const ACCOUNT = "444444444444";
const ROLES = [
  "arn:aws:iam::555555555555:role/aws-reserved/sso/Look",
  "arn:aws:iam::666666666666:role/audit",
  "arn:aws:iam::555555555555:role/other",
];
const made = (change: Partial<ReadOnlyRoleArgs> = {}) =>
  registered(
    (opts) =>
      new ReadOnlyRole(
        "readers",
        {
          ...{ scope: SCOPE, account: ACCOUNT, environment: "qa", roleName: "acme-qa-readonly" },
          ...{ readers: ROLES, ...change },
        },
        opts,
      ),
  );

describe("ReadOnlyRole", () => {
  it("is taken by the roles that are named, of whichever accounts, and by nobody else", async () => {
    const all = await made();
    assert.deepEqual(names(all), [
      "aws:iam/role:Role readers",
      "aws:iam/rolePolicy:RolePolicy readers",
      "delivery:index:ReadOnlyRole readers",
    ]);
    assert.deepEqual(inputsOf(all, "iam/role:Role"), {
      readers: {
        name: "acme-qa-readonly",
        path: SCOPE.path,
        description: "Describes environment qa, reads no data",
        assumeRolePolicy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "AssumedByReaders",
              Effect: "Allow",
              Principal: { AWS: ["arn:aws:iam::555555555555:root", "arn:aws:iam::666666666666:root"] },
              Action: "sts:AssumeRole",
              Condition: { ArnEquals: { "aws:PrincipalArn": ROLES } },
            },
          ],
        },
      },
    });
  });

  it("describes and lists, and reads no data but the values that this environment's stack publishes", async () => {
    const [describes, reads, ...more] = roleStatements(await made(), "readers");
    assert.deepEqual(more, []);
    const actions = describes?.Action as string[];
    assert.deepEqual(
      actions.filter((action) => !/:(Describe|List)[A-Za-z]+$/.test(action)),
      ["cloudwatch:GetMetricData", "lambda:GetAlias", "tag:GetResources"],
    );
    // What these tell has environment variables, template parameters or log lines in it.
    const telling = ["cloudformation:DescribeStacks", "ecs:DescribeTaskDefinition", "lambda:ListFunctions"];
    assert.deepEqual(
      telling.filter((action) => actions.includes(action)),
      [],
    );
    const below = `arn:aws:ssm:${SCOPE.region}:${ACCOUNT}:parameter/${SCOPE.project}/qa`;
    assert.deepEqual(reads, {
      Sid: "ReadPublishedValues",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
      Resource: [below, `${below}/*`],
    });
  });

  it("has the organization's boundary where there is one", async () => {
    const all = await made({ permissionsBoundary: "arn:org" });
    assert.equal(only(all, "iam/role:Role").inputs["permissionsBoundary"], "arn:org");
  });
});
