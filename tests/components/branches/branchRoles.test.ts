import assert from "node:assert/strict";
import { BranchRoles, type BranchRolesArgs } from "../../../components/branches/branchRoles";
import * as pulumi from "@pulumi/pulumi";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import {
  CATALOG,
  documentOf,
  inputsOf,
  names,
  only,
  registered,
  roleStatements,
  SCOPE,
  TOOLING_ROOT,
} from "../../programs";
import { texts } from "../../../packages/iam/src/json";

const JOBS = "arn:aws:iam::444444444444:role/team/acme-cat--br-";
const STACK = "arn:aws:cloudformation:eu-central-1:222222222222:stack/cat--br-${aws:PrincipalTag/branch}/*";
const FILES = "arn:bucket/releases/cat--br/222222222222/${aws:PrincipalTag/branch}/*";
const args: BranchRolesArgs = {
  scope: SCOPE,
  account: "222222222222",
  environment: "test",
  pipeline: CATALOG,
  workload: lambdaContainer,
  transforms: [],
  bucketArn: "arn:bucket",
  keyArn: "arn:key",
  repositoryArn: "arn:repository",
  releaseJobRoleArn: `${JOBS}release-job`,
  cleanupJobRoleArn: `${JOBS}cleanup`,
};
const roles = (change: Partial<BranchRolesArgs> = {}) =>
  registered((opts) => new BranchRoles("branches", { ...args, ...change }, opts));
const allow = (Sid: string, Action: string[], Resource: string[], Condition?: object) => ({
  ...{ Sid, Effect: "Allow", Action, Resource },
  ...(Condition && { Condition }),
});

describe("BranchRoles", () => {
  it("are one role for the stacks of all branches, the workload's own, and the boundary of what they make", async () => {
    const made = await roles();
    assert.deepEqual(names(made), [
      "aws:iam/policy:Policy branches-boundary",
      "aws:iam/policy:Policy branches-deploy",
      "aws:iam/role:Role branches-codedeploy",
      "aws:iam/role:Role branches-deploy",
      "aws:iam/rolePolicy:RolePolicy branches-codedeploy",
      "aws:iam/rolePolicy:RolePolicy branches-deploy",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment branches-deploy",
      "delivery:index:BranchRoles branches",
    ]);
    const { role, policyArn } = only(made, "iam/rolePolicyAttachment:RolePolicyAttachment").inputs;
    assert.deepEqual(
      [role, policyArn],
      ["acme-cat--br-deploy", only(made, "iam/policy:Policy", "branches-deploy").outputs["arn"]],
    );
  });

  it("trust the two jobs of tooling, which must say the branch and may say nothing else", async () => {
    const { "branches-deploy": deploy } = inputsOf(await roles(), "iam/role:Role");
    assert.deepEqual(deploy, {
      name: "acme-cat--br-deploy",
      path: "/team/",
      description: "Makes, changes and deletes the stack of a branch of catalog",
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AssumedByJobs",
            Effect: "Allow",
            Principal: { AWS: TOOLING_ROOT },
            Action: ["sts:AssumeRole", "sts:TagSession"],
            Condition: {
              ArnEquals: { "aws:PrincipalArn": [`${JOBS}release-job`, `${JOBS}cleanup`] },
              StringLike: { "aws:RequestTag/branch": "????????" },
              "ForAllValues:StringEquals": { "aws:TagKeys": ["branch"] },
            },
          },
        ],
      },
    });
  });

  it("make, execute, mend and delete the session's own stack, with no role of CloudFormation's", async () => {
    const own = { StringLike: { "cloudformation:ChangeSetName": "d-*" } };
    const policy = only(await roles(), "iam/policy:Policy", "branches-deploy");
    assert.deepEqual(documentOf(policy).Statement, [
      allow("CreateChangeSets", ["cloudformation:CreateChangeSet"], [STACK], {
        Null: { "cloudformation:RoleArn": "true" },
        ...own,
      }),
      allow("TagStack", ["cloudformation:TagResource"], [STACK], {
        StringEquals: { "cloudformation:CreateAction": "CreateChangeSet" },
      }),
      allow(
        "ReadAndDeleteChangeSets",
        ["cloudformation:DeleteChangeSet", "cloudformation:DescribeChangeSet"],
        [STACK],
        own,
      ),
      allow("ListChangeSets", ["cloudformation:ListChangeSets"], [STACK]),
      allow("FindTablesLeft", ["dynamodb:ListTables"], ["*"]),
      allow("ReadTemplate", ["cloudformation:GetTemplate"], [STACK]),
      allow("ReadReleaseFiles", ["s3:GetObject"], [FILES]),
      allow("DecryptReleaseFiles", ["kms:Decrypt"], ["arn:key"], {
        StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
      }),
      allow("DescribeStack", ["cloudformation:DescribeStacks"], [STACK]),
      allow("FollowStack", ["cloudformation:DescribeStackEvents"], [STACK]),
      allow(
        "ExecuteChangeSets",
        ["cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"],
        [STACK],
        own,
      ),
      allow(
        "MendOrDeleteStack",
        ["cloudformation:ContinueUpdateRollback", "cloudformation:DeleteStack"],
        [STACK],
      ),
    ]);
  });

  for (const workload of [lambdaContainer, lambdaZip]) {
    it(`limit everything that ${workload.kind} names to the session's branch`, async () => {
      const made = await roles({ workload });
      const texts = [
        ...roleStatements(made, "branches-deploy"),
        ...documentOf(only(made, "iam/policy:Policy", "branches-boundary")).Statement,
      ]
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(
          ({ Resource, Condition }) => JSON.stringify([Resource, Condition]).match(/[^"]*cat--[^"]*/g) ?? [],
        );
      assert.ok(texts.length > 15);
      const shared = [
        "arn:aws:iam::222222222222:policy/team/acme-cat--br-boundary",
        "arn:aws:iam::222222222222:role/team/acme-cat--br-codedeploy",
      ];
      const loose = texts.filter(
        (text) => !text.includes("${aws:PrincipalTag/branch}") && !shared.includes(text),
      );
      assert.deepEqual(loose, []);
    });
  }

  it("limit what tasks of a branch on the environment's platform are given to the session's branch", async () => {
    const platform = {
      cluster: pulumi.output("shared"),
      listenerArn: pulumi.output("arn:aws:elasticloadbalancing:eu-central-1:222222222222:listener/app/a/b/c"),
      subnetIds: ["subnet-1"],
    };
    const made = await roles({ workload: ecsService, platform });
    assert.deepEqual(Object.keys(inputsOf(made, "iam/role:Role")), ["branches-deploy"]);
    const documents = made
      .filter(({ type }) => /iam\/(policy:Policy|rolePolicy:RolePolicy)$/.test(type))
      .flatMap((each) => documentOf(each).Statement);
    const named = documents
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(
        ({ Resource, Condition }) => JSON.stringify([Resource, Condition]).match(/[^"]*cat--[^"]*/g) ?? [],
      );
    assert.ok(named.length > 20);
    assert.deepEqual(
      [...new Set(named.filter((text) => !text.includes("cat--br-${aws:PrincipalTag/branch}")))].filter(
        (text) => !text.includes("cat--br/222222222222/${aws:PrincipalTag/branch}/"),
      ),
      ["arn:aws:iam::222222222222:policy/team/acme-cat--br-boundary"],
    );
    const statement = (sid: string) =>
      documents.filter(({ Sid }) => Sid === sid).map(({ Resource }) => Resource);
    const ROLE = "arn:aws:iam::222222222222:role/team/cat--br-${aws:PrincipalTag/branch}-";
    const two = [`${ROLE}task`, `${ROLE}task-execution`];
    assert.deepEqual(
      ["ManageBoundedRoles", "ReadAndDeleteRoles", "PassTaskRoles"].map((sid) => statement(sid)),
      [[two], [two], [two]],
    );
    // The session asks for the platform's values twice: to make the change set, and to execute it.
    const values = ["arn:aws:ssm:eu-central-1:222222222222:parameter/acme/test/platform/*"];
    assert.deepEqual(statement("ReadPlatform"), [values, values]);
  });

  it("keep the tag of the roles that a branch makes", async () => {
    const other = { StringNotEquals: { "aws:RequestTag/branch": "${aws:PrincipalTag/branch}" } };
    const denied = roleStatements(await roles(), "branches-deploy").filter(
      ({ Effect, Action }) => Effect === "Deny" && texts(Action).every((each) => each.startsWith("iam:")),
    );
    const deny = (Sid: string, Action: string[], Condition?: object) => ({
      ...allow(Sid, Action, ["*"], Condition),
      Effect: "Deny",
    });
    assert.deepEqual(denied, [
      deny("CreateRolesWithTag", ["iam:CreateRole"], other),
      deny("KeepTag", ["iam:TagRole"], { ...other, Null: { "aws:RequestTag/branch": "false" } }),
      deny("KeepTags", ["iam:UntagRole"]),
    ]);
  });

  it("let CodeDeploy shift the aliases of all branches of the pipeline, and of nothing else", async () => {
    const [shift] = roleStatements(await roles(), "branches-codedeploy");
    assert.deepEqual(shift?.Resource, ["arn:aws:lambda:eu-central-1:222222222222:function:cat--br-*"]);
  });

  it("bear the organization's boundary, every one, and use the transforms that settings name", async () => {
    const made = await roles({ permissionsBoundary: "arn:org", transforms: ["AWS::Serverless-2016-10-31"] });
    const bounds = Object.values(inputsOf(made, "iam/role:Role")).map((each) => each["permissionsBoundary"]);
    assert.deepEqual(bounds, ["arn:org", "arn:org"]);
    const { Statement } = documentOf(only(made, "iam/policy:Policy", "branches-deploy"));
    assert.deepEqual(
      Statement.filter(({ Sid }) => Sid === "UseTransforms").map(({ Resource }) => Resource),
      [["arn:aws:cloudformation:eu-central-1:aws:transform/Serverless-2016-10-31"]],
    );
  });
});
