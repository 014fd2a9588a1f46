import assert from "node:assert/strict";
import {
  cleanupStatements,
  deployStatements,
  planStatements,
  type StackSite,
} from "../../../components/environment/stackStatements";

const STACK = "arn:aws:cloudformation:eu-west-1:222222222222:stack/catalog--test/*";
const site: StackSite = {
  stackArn: STACK,
  executionRoleArn: "arn:execution",
  transformArns: [],
  releaseFilesArn: "arn:bucket/releases/catalog/test/*",
  keyArn: "arn:key",
  region: "eu-west-1",
  planned: true,
};
const allow = (Sid: string, Action: string[], Resource: string[], Condition?: object) => ({
  ...{ Sid, Effect: "Allow", Action, Resource },
  ...(Condition && { Condition }),
});
const OWN = { StringLike: { "cloudformation:ChangeSetName": "d-*" } };
const describeStack = allow("DescribeStack", ["cloudformation:DescribeStacks"], [STACK]);
const listChangeSets = allow("ListChangeSets", ["cloudformation:ListChangeSets"], [STACK]);

const plan = [
  describeStack,
  allow("CreateChangeSets", ["cloudformation:CreateChangeSet"], [STACK], {
    StringEquals: { "cloudformation:RoleArn": "arn:execution" },
    ...OWN,
  }),
  allow("TagStack", ["cloudformation:TagResource"], [STACK], {
    StringEquals: { "cloudformation:CreateAction": "CreateChangeSet" },
  }),
  allow(
    "ReadAndDeleteChangeSets",
    ["cloudformation:DeleteChangeSet", "cloudformation:DescribeChangeSet"],
    [STACK],
    OWN,
  ),
  listChangeSets,
  allow("FindTablesLeft", ["dynamodb:ListTables"], ["*"]),
  allow("ReadTemplate", ["cloudformation:GetTemplate"], [STACK]),
  allow("PassExecutionRole", ["iam:PassRole"], ["arn:execution"], {
    StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" },
  }),
  allow("ReadReleaseFiles", ["s3:GetObject"], ["arn:bucket/releases/catalog/test/*"]),
  allow("DecryptReleaseFiles", ["kms:Decrypt"], ["arn:key"], {
    StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
  }),
];

describe("statements on the workload's stack", () => {
  it("planning makes, reads and deletes the jobs' own change sets with the execution role, and executes none", () => {
    assert.deepEqual(planStatements(site), plan);
  });

  it("where nothing is approved the release job has looked at the stack, so that planning need not", () => {
    assert.deepEqual(planStatements({ ...site, planned: false }), plan.slice(1));
  });

  it("planning uses the transforms that settings name, and no other", () => {
    const transform = "arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31";
    const use = allow("UseTransforms", ["cloudformation:CreateChangeSet"], [transform]);
    assert.deepEqual(planStatements({ ...site, transformArns: [transform] }), [
      ...plan.slice(0, 2),
      use,
      ...plan.slice(2),
    ]);
  });

  it("planning looks up the parameters that a template is given by name, and no other", () => {
    const parametersArn = "arn:aws:ssm:eu-west-1:222222222222:parameter/acme/test/platform/*";
    assert.deepEqual(planStatements({ ...site, parametersArn }), [
      ...plan,
      allow("ReadPlatform", ["ssm:GetParameters"], [parametersArn]),
    ]);
  });

  it("release files are decrypted through S3 at the Region's own domain", () => {
    const statements = planStatements({ ...site, region: "cn-north-1" });
    assert.deepEqual(statements.at(-1)?.Condition, {
      StringEquals: { "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn" },
    });
  });

  it("deploying executes the jobs' own change sets and keeps the stack usable, and makes and deletes nothing", () => {
    assert.deepEqual(deployStatements(site), [
      describeStack,
      allow("FollowStack", ["cloudformation:DescribeStackEvents"], [STACK]),
      allow(
        "ExecuteChangeSets",
        ["cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"],
        [STACK],
        OWN,
      ),
      allow(
        "KeepStackUsable",
        ["cloudformation:ContinueUpdateRollback", "cloudformation:UpdateTerminationProtection"],
        [STACK],
      ),
    ]);
  });

  it("cleaning up deletes the jobs' own change sets and the stack, and changes no protection", () => {
    assert.deepEqual(cleanupStatements(site), [
      describeStack,
      allow("DeleteChangeSets", ["cloudformation:DeleteChangeSet"], [STACK], OWN),
      listChangeSets,
      allow("DeleteStack", ["cloudformation:DeleteStack"], [STACK]),
    ]);
  });
});
