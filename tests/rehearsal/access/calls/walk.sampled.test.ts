import assert from "node:assert/strict";
import { walk, type WalkedCall } from "../../../../rehearsal/access/calls/walk";
import { ofType } from "../../../../rehearsal/record/record";
import { CASES, isSampled } from "../../../stacks/together.cases";
import { unbrokenWorld, worldOf } from "../worlds";
import { sampled, whole } from "../../../whole/sample";

describe("access/calls", () => {
  it("finds every documented call of a release allowed, in every environment and phase", async () => {
    const { calls, findings, notShown } = walk(await unbrokenWorld());
    assert.deepEqual(findings, []);
    assert.ok(notShown.length > 0);
    const phases = new Set(calls.map(({ environment, phase }) => `${environment ?? "-"} ${phase}`));
    assert.deepEqual([...phases].sort(), [
      "- every release",
      "- failure",
      "- roll-back",
      ...["prod", "test"].flatMap((each) =>
        ["deletion", "every release", "failure", "first deployment", "roll-back", "update"].map(
          (phase) => `${each} ${phase}`,
        ),
      ),
    ]);
    const steps = new Set(calls.map(({ step }) => step));
    for (const step of [
      "Trigger",
      "Run",
      "Source",
      "Build",
      "Approve-prod: Plan",
      "Approve-prod: Approval",
      "Deploy-prod: Deploy",
      "Deploy-test: Verify",
      "Deploy-test: Promote",
      "Clean-up",
      "Operation",
      "test: in use",
    ])
      assert.ok(steps.has(step), step);
    assert.ok(calls.length > 1000);
    for (const { why, source, answer } of calls) {
      assert.match(source, /^https:\/\//);
      assert.ok(why !== "" && answer.by.length > 0);
    }
  });

  it("takes for absent what a template passes on to nobody, tags below an API, and headers that the AWS CLI does not send", async () => {
    const { calls } = walk(await unbrokenWorld());
    const header = "s3:x-amz-server-side-encryption";
    assert.deepEqual([...new Set(calls.flatMap(({ answer }) => answer.assumedAbsent))].sort(), [
      "apigateway:Request/AccessLoggingDestination",
      "aws:ResourceTag/delivery:workload",
      "cloudwatch:AlarmActions",
      "lambda:Layer",
      "lambda:VpcIds",
      header,
      `${header}-aws-kms-key-id`,
      `${header}-customer-algorithm`,
    ]);
  });

  it("has every role of the stacks make a call", async () => {
    const { record } = await unbrokenWorld();
    const { calls } = walk(await unbrokenWorld());
    const calling = new Set(calls.map(({ caller }) => caller));
    const roles = ofType(record, "aws:iam/role:Role").map(({ outputs }) => String(outputs["name"]));
    assert.deepEqual(
      roles.filter((role) => !calling.has(role)),
      [],
    );
  });

  it("has the services do what they do as themselves, and as the functions and CodeDeploy in the environment", async () => {
    const { calls } = walk(await unbrokenWorld());
    const asked = (which: (call: WalkedCall) => boolean) =>
      [
        ...new Set(
          calls.filter(which).map(({ caller, action }) => `${caller} ${action}`.replace(/-[0-9A-F]{12}/, "")),
        ),
      ].sort();
    assert.deepEqual(
      asked(({ principal }) => principal.kind === "service"),
      [
        "service apigateway.amazonaws.com lambda:InvokeFunction",
        "service cloudformation.amazonaws.com sts:AssumeRole",
        "service codebuild.amazonaws.com sts:AssumeRole",
        "service codedeploy.amazonaws.com sts:AssumeRole",
        "service codepipeline.amazonaws.com sts:AssumeRole",
        "service delivery.logs.amazonaws.com logs:CreateLogStream",
        "service delivery.logs.amazonaws.com logs:PutLogEvents",
        "service events.amazonaws.com sts:AssumeRole",
        "service lambda.amazonaws.com ecr:BatchGetImage",
        "service lambda.amazonaws.com ecr:GetDownloadUrlForLayer",
        "service lambda.amazonaws.com sts:AssumeRole",
      ],
    );
    assert.deepEqual(
      asked(
        ({ caller }) =>
          caller.startsWith("catalog--prod-FunctionRole") || caller === "delivery-catalog--prod-codedeploy",
      ),
      [
        "catalog--prod-FunctionRole dynamodb:GetItem",
        "catalog--prod-FunctionRole dynamodb:PutItem",
        "catalog--prod-FunctionRole logs:CreateLogStream",
        "catalog--prod-FunctionRole logs:PutLogEvents",
        "catalog--prod-FunctionRole xray:PutTelemetryRecords",
        "catalog--prod-FunctionRole xray:PutTraceSegments",
        "delivery-catalog--prod-codedeploy cloudwatch:DescribeAlarms",
        "delivery-catalog--prod-codedeploy lambda:GetAlias",
        "delivery-catalog--prod-codedeploy lambda:GetProvisionedConcurrencyConfig",
        "delivery-catalog--prod-codedeploy lambda:UpdateAlias",
      ],
    );
  });

  for (const title of sampled(Object.keys(CASES), isSampled))
    (title.startsWith("waves") ? whole : it)(`holds for ${title}`, async () => {
      const { calls, findings } = walk(await worldOf(title));
      assert.deepEqual(findings, []);
      assert.ok(calls.length > 500);
    });

  whole("walks source, VPC and transform as settings have them", async () => {
    const asked = async (title: string, which: (call: WalkedCall) => boolean) => [
      ...new Set(
        walk(await worldOf(title))
          .calls.filter(which)
          .map(({ action, resource }) => `${action} ${resource}`),
      ),
    ];
    const id = "eu-west-1:111111111111:connection/01234567-89ab-cdef-0123-456789abcdef";
    const connected = "a connection with paths, tags and pull requests";
    assert.deepEqual(await asked(connected, ({ action }) => action.endsWith(":UseConnection")), [
      `codeconnections:UseConnection arn:aws:codeconnections:${id}`,
      `codestar-connections:UseConnection arn:aws:codestar-connections:${id}`,
    ]);
    assert.deepEqual(await asked(connected, ({ resource }) => resource.includes(":transform/")), [
      "cloudformation:CreateChangeSet arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31",
    ]);
    const lent = await asked("a VPC", ({ action }) => action === "ec2:CreateNetworkInterfacePermission");
    assert.deepEqual(lent, [
      "ec2:CreateNetworkInterfacePermission arn:aws:ec2:eu-west-1:111111111111:network-interface/eni-1",
      "ec2:CreateNetworkInterfacePermission arn:aws:ec2:eu-west-1:222222222223:network-interface/eni-1",
    ]);
    const partitions = walk(await worldOf("another project, Region and partition")).calls.map(
      ({ resource }) => resource.split(":").slice(0, 2).join(":"),
    );
    assert.deepEqual([...new Set(partitions)].sort(), ["*", "arn:aws-us-gov"]);
  });
});
