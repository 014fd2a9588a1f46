import assert from "node:assert/strict";
import { buildspec } from "../../../components/jobs/buildspec";
import { Runner, type RunnerArgs } from "../../../components/jobs/runner";
import { inputsOf, names, only, registered, roleStatements, SCOPE, TOOLING_ROOT } from "../../programs";

const ACCOUNT = "222222222222";
const JOB = "arn:aws:iam::444444444444:role/team/acme-cat--test-runner-job";
const PROJECT = `arn:aws:codebuild:eu-central-1:${ACCOUNT}:project/acme-cat--test-runner`;
const LOG = `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:/aws/codebuild/acme-cat--test-runner:*`;
const made = (change: Partial<RunnerArgs> = {}) =>
  registered(
    (opts) =>
      new Runner(
        "cat--test",
        {
          ...{ scope: SCOPE, account: ACCOUNT, environment: "test", packaging: "zip", jobRoleArn: JOB },
          pipeline: { name: "catalog", prefix: "cat" },
          vpc: { vpcId: "vpc-1", subnets: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] },
          container: { type: "ARM_CONTAINER", computeType: "BUILD_GENERAL1_LARGE", image: "an/image" },
          logRetentionInDays: 30,
          bucketArn: "arn:aws:s3:::artifacts",
          keyArn: "arn:aws:kms:eu-central-1:444444444444:key/1",
          ...change,
        },
        opts,
      ),
  );
const allow = (Sid: string, Action: string[], Resource: string[], Condition?: object) => ({
  ...{ Sid, Effect: "Allow", Action, Resource },
  ...(Condition && { Condition }),
});

describe("Runner", () => {
  it("is a project with a log, reports and a role of its own, and the role that starts it", async () =>
    assert.deepEqual(names(await made()), [
      "aws:cloudwatch/logGroup:LogGroup cat--test-runner",
      "aws:codebuild/project:Project cat--test-runner",
      "aws:codebuild/reportGroup:ReportGroup cat--test-verify",
      "aws:iam/role:Role cat--test-runner",
      "aws:iam/role:Role cat--test-starter",
      "aws:iam/rolePolicy:RolePolicy cat--test-runner",
      "aws:iam/rolePolicy:RolePolicy cat--test-starter",
      "delivery:index:Runner cat--test",
    ]));

  it("runs commands of its own in the network of the settings, one build at a time, for an hour at most", async () => {
    const all = await made();
    const reports = String(only(all, "codebuild/reportGroup:ReportGroup").outputs["arn"]);
    assert.deepEqual(only(all, "codebuild/project:Project").inputs, {
      name: "acme-cat--test-runner",
      description: "Runs steps of catalog inside test",
      serviceRole: "arn:aws:iam::444444444444:role/team/acme-cat--test-runner",
      source: { type: "NO_SOURCE", buildspec: buildspec({ job: "inside", testReports: reports }) },
      artifacts: { type: "NO_ARTIFACTS" },
      buildTimeout: 60,
      concurrentBuildLimit: 1,
      environment: {
        ...{ type: "ARM_CONTAINER", computeType: "BUILD_GENERAL1_LARGE", image: "an/image" },
        environmentVariables: [
          { name: "PIPELINE", value: "catalog" },
          { name: "ARTIFACT_BUCKET", value: "artifacts" },
          { name: "PACKAGING", value: "zip" },
          { name: "ENVIRONMENT", value: "test" },
          { name: "ENVIRONMENT_ACCOUNT", value: ACCOUNT },
        ],
      },
      logsConfig: { cloudwatchLogs: { groupName: "/aws/codebuild/acme-cat--test-runner" } },
      vpcConfig: { vpcId: "vpc-1", subnets: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] },
    });
  });

  it("is taken by its own project, and started by one job of tooling", async () => {
    const trust = (statement: object) => ({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }],
    });
    const roles = inputsOf(await made({ permissionsBoundary: "arn:boundary" }), "iam/role:Role");
    assert.deepEqual(roles, {
      "cat--test-runner": {
        ...{ name: "acme-cat--test-runner", path: "/team/", permissionsBoundary: "arn:boundary" },
        description: "Runs steps of catalog inside test",
        assumeRolePolicy: trust({
          Sid: "AssumedByService",
          Principal: { Service: "codebuild.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": PROJECT } },
        }),
      },
      "cat--test-starter": {
        ...{ name: "acme-cat--test-starter", path: "/team/", permissionsBoundary: "arn:boundary" },
        description: "Starts the runner of catalog in test",
        assumeRolePolicy: trust({
          Sid: "AssumedByJobs",
          Principal: { AWS: TOOLING_ROOT },
          Condition: { ArnEquals: { "aws:PrincipalArn": [JOB] } },
        }),
      },
    });
  });

  it("writes its log and reports, reads the source of releases to its environment, and joins its network", async () => {
    const all = await made();
    const subnets = ["subnet-1", "subnet-2"].map((id) => `arn:aws:ec2:eu-central-1:*:subnet/${id}`);
    const interfaces = [`arn:aws:ec2:eu-central-1:${ACCOUNT}:network-interface/*`];
    const group = "arn:aws:ec2:eu-central-1:*:security-group/sg-1";
    assert.deepEqual(roleStatements(all, "cat--test-runner"), [
      allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [LOG]),
      allow(
        "ReportTests",
        ["codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:UpdateReport"],
        [String(only(all, "codebuild/reportGroup:ReportGroup").outputs["arn"])],
      ),
      allow(
        "ReadSource",
        ["s3:GetObject"],
        [`arn:aws:s3:::artifacts/releases/catalog/${ACCOUNT}/test/*/source.tar.gz`],
      ),
      allow("DecryptSource", ["kms:Decrypt"], ["arn:aws:kms:eu-central-1:444444444444:key/1"], {
        StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
      }),
      allow("CreateNetworkInterfaces", ["ec2:CreateNetworkInterface"], [...interfaces, group, ...subnets]),
      allow("DeleteNetworkInterfaces", ["ec2:DeleteNetworkInterface"], interfaces, {
        ArnLike: { "ec2:Subnet": subnets },
      }),
      allow(
        "DescribeNetwork",
        ["DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs"].map(
          (each) => `ec2:Describe${each}`,
        ),
        ["*"],
      ),
      allow("LendNetworkInterface", ["ec2:CreateNetworkInterfacePermission"], interfaces, {
        StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
        ArnLike: { "ec2:Subnet": subnets },
      }),
    ]);
  });

  it("starts as its project says, with nothing in place of that", async () => {
    const [start, ...others] = roleStatements(await made(), "cat--test-starter");
    assert.deepEqual(start, {
      ...allow("StartRunner", ["codebuild:StartBuild"], [PROJECT]),
      Condition: {
        Null: Object.fromEntries(
          [
            ...["environment.computeType", "environment.image", "environment.privilegedMode"],
            ...["environment.type", "logsConfig", "serviceRole", "source.buildspec", "source.location"],
          ].map((key) => [`codebuild:${key}`, "true"]),
        ),
        "ForAllValues:StringEquals": {
          "codebuild:environment.environmentVariables.name": [
            ...["COMMANDS_SHA256", "ENDPOINT", "EXECUTION_ID", "SOURCE_SHA256", "STEP"],
          ],
        },
      },
    });
    assert.deepEqual(others, [
      allow("FollowRunner", ["codebuild:BatchGetBuilds"], [PROJECT]),
      allow("ReadLog", ["logs:GetLogEvents"], [LOG]),
    ]);
  });
});
