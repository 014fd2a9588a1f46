import assert from "node:assert/strict";
import { Job, type JobArgs, type JobDefaults } from "../../../components/jobs/job";
import { allow } from "../../../components/policies";
import { map } from "../../../packages/iam/src/json";
import { JOB_DEFAULTS, jobScope, only, registered, roleStatements } from "../../programs";

const args: JobArgs = {
  ...jobScope(),
  kind: "build",
  description: "Builds",
  buildspec: "version: 0.2",
  variables: { A: "1", B: "two" },
  statements: [allow("Read", ["s3:GetObject"], ["arn:b/*"])],
  jobDefaults: JOB_DEFAULTS,
};
const VARIABLES = [
  { name: "PIPELINE", value: "catalog" },
  { name: "ARTIFACT_BUCKET", value: "bucket" },
  { name: "A", value: "1" },
  { name: "B", value: "two" },
];
const vpc = { vpcId: "vpc-1", subnets: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] };
const job = (change: Partial<JobArgs> = {}) =>
  registered((opts) => new Job("job", { ...args, ...change }, opts));
const projectOf = async (change: Partial<JobArgs>) =>
  only(await job(change), "codebuild/project:Project").inputs;

describe("Job", () => {
  it("has a log of its own that is kept as long as it is told", async () => {
    assert.deepEqual(only(await job(), "cloudwatch/logGroup:LogGroup").inputs, {
      name: "/aws/codebuild/acme-cat-build",
      retentionInDays: 30,
    });
  });

  it("has a role that this one project takes, with its log and what it is given", async () => {
    const made = await job();
    assert.deepEqual(only(made, "iam/role:Role").inputs, {
      name: "acme-cat-build",
      description: "Builds",
      path: "/team/",
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AssumedByService",
            Effect: "Allow",
            Principal: { Service: "codebuild.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: {
              ArnEquals: {
                "aws:SourceArn": "arn:aws:codebuild:eu-central-1:444444444444:project/acme-cat-build",
              },
            },
          },
        ],
      },
    });
    const policy = only(made, "iam/rolePolicy:RolePolicy");
    assert.equal(policy.inputs["role"], "acme-cat-build");
    assert.deepEqual(roleStatements(made, "job"), [
      {
        Sid: "WriteLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: ["arn:aws:logs:eu-central-1:444444444444:log-group:/aws/codebuild/acme-cat-build:*"],
      },
      { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:b/*"] },
    ]);
  });

  it("runs its own commands, encrypts with the store's key, and waits for its rights", async () => {
    const made = await job();
    const project = only(made, "codebuild/project:Project");
    assert.deepEqual(project.inputs, {
      name: "acme-cat-build",
      description: "Builds",
      serviceRole: "arn:aws:iam::444444444444:role/team/acme-cat-build",
      encryptionKey: "arn:key",
      source: { type: "CODEPIPELINE", buildspec: "version: 0.2" },
      artifacts: { type: "CODEPIPELINE" },
      buildTimeout: 60,
      environment: {
        type: "LINUX_CONTAINER",
        computeType: "BUILD_GENERAL1_SMALL",
        image: "standard:7.0",
        privilegedMode: false,
        environmentVariables: VARIABLES,
      },
      logsConfig: { cloudwatchLogs: { groupName: "/aws/codebuild/acme-cat-build" } },
    });
    assert.ok(project.dependsOn.includes(only(made, "iam/rolePolicy:RolePolicy").urn));
  });

  it("is called after the environment that it works for", async () => {
    const { name } = await projectOf({ kind: "plan-job", environment: "test" });
    assert.equal(name, "acme-cat--test-plan-job");
  });

  it("takes nothing from a pipeline where an event starts it", async () => {
    const { source, artifacts } = await projectOf({ source: "NO_SOURCE" });
    assert.deepEqual(
      [source, artifacts],
      [{ type: "NO_SOURCE", buildspec: "version: 0.2" }, { type: "NO_ARTIFACTS" }],
    );
  });

  it("has the container that it asks for", async () => {
    const asked = {
      computeType: "BUILD_GENERAL1_LARGE",
      armImage: "arm:3.0",
      privilegedMode: true,
      buildTimeout: 300,
    };
    const { environment, buildTimeout } = await projectOf(asked);
    assert.equal(buildTimeout, 300);
    assert.deepEqual(environment, {
      type: "ARM_CONTAINER",
      computeType: "BUILD_GENERAL1_LARGE",
      image: "arm:3.0",
      privilegedMode: true,
      environmentVariables: VARIABLES,
    });
  });

  it("runs on Lambda's compute where it is short, there is an image for that, and no network; without a time limit", async () => {
    const lambdaImage = "lambda-standard:1";
    const placed = async (short: NonNullable<JobArgs["short"]>, defaults: Partial<JobDefaults>) => {
      const { environment, buildTimeout } = await projectOf({
        short,
        jobDefaults: { ...JOB_DEFAULTS, ...defaults },
      });
      const { type, computeType, image } = map(environment);
      return [type, computeType, image, buildTimeout];
    };
    const container = ["LINUX_CONTAINER", "BUILD_GENERAL1_SMALL", "standard:7.0", 60];
    assert.deepEqual(await placed(true, { lambdaImage }), [
      "LINUX_LAMBDA_CONTAINER",
      "BUILD_LAMBDA_2GB",
      lambdaImage,
      undefined,
    ]);
    assert.deepEqual(await placed(false, { lambdaImage }), container);
    assert.deepEqual(await placed(true, {}), container);
    assert.deepEqual(await placed(true, { lambdaImage, vpc }), container);
    // One that runs npm's scripts has an image of its own, or none.
    const node = { lambdaImage, lambdaNodeImage: "lambda-standard:nodejs" };
    assert.deepEqual((await placed("nodejs", node))[2], "lambda-standard:nodejs");
    assert.deepEqual(await placed("nodejs", { lambdaImage }), container);
    assert.deepEqual(await placed("nodejs", { ...node, vpc }), container);
  });

  it("bears the organization's boundary", async () => {
    const jobDefaults = { ...JOB_DEFAULTS, permissionsBoundary: "arn:aws:iam::444444444444:policy/org" };
    const { permissionsBoundary } = only(await job({ jobDefaults }), "iam/role:Role").inputs;
    assert.equal(permissionsBoundary, "arn:aws:iam::444444444444:policy/org");
  });

  it("stands in the network, and lends interfaces in its own subnets to CodeBuild alone", async () => {
    const made = await job({ jobDefaults: { ...JOB_DEFAULTS, vpc } });
    assert.deepEqual(only(made, "codebuild/project:Project").inputs["vpcConfig"], vpc);
    assert.deepEqual(roleStatements(made, "job").slice(2), [
      {
        Sid: "CreateNetworkInterfaces",
        Effect: "Allow",
        Action: ["ec2:CreateNetworkInterface"],
        Resource: [
          "arn:aws:ec2:eu-central-1:444444444444:network-interface/*",
          "arn:aws:ec2:eu-central-1:*:security-group/sg-1",
          "arn:aws:ec2:eu-central-1:*:subnet/subnet-1",
          "arn:aws:ec2:eu-central-1:*:subnet/subnet-2",
        ],
      },
      {
        Sid: "DeleteNetworkInterfaces",
        Effect: "Allow",
        Action: ["ec2:DeleteNetworkInterface"],
        Resource: ["arn:aws:ec2:eu-central-1:444444444444:network-interface/*"],
        Condition: {
          ArnLike: {
            "ec2:Subnet": [
              "arn:aws:ec2:eu-central-1:*:subnet/subnet-1",
              "arn:aws:ec2:eu-central-1:*:subnet/subnet-2",
            ],
          },
        },
      },
      {
        Sid: "DescribeNetwork",
        Effect: "Allow",
        Action: [
          "ec2:DescribeDhcpOptions",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ],
        Resource: ["*"],
      },
      {
        Sid: "LendNetworkInterface",
        Effect: "Allow",
        Action: ["ec2:CreateNetworkInterfacePermission"],
        Resource: ["arn:aws:ec2:eu-central-1:444444444444:network-interface/*"],
        Condition: {
          StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
          ArnLike: {
            "ec2:Subnet": [
              "arn:aws:ec2:eu-central-1:*:subnet/subnet-1",
              "arn:aws:ec2:eu-central-1:*:subnet/subnet-2",
            ],
          },
        },
      },
    ]);
  });
});
