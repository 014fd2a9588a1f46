/**
 * The system that this project brings up for functions in images, as a CDK program has it: a pipeline of
 * aws-codepipeline in tooling, the same jobs, and in each environment's account the roles that the jobs take.
 */
import {
  type App,
  aws_codebuild as codebuild,
  aws_codecommit as codecommit,
  aws_codepipeline as codepipeline,
  aws_codepipeline_actions as actions,
  aws_ecr as ecr,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  aws_s3 as s3,
  aws_sns as sns,
  aws_sns_subscriptions as subscriptions,
  aws_ssm as ssm,
  Duration,
  RemovalPolicy,
  Stack,
} from "aws-cdk-lib";
import type { Construct } from "constructs";
import { REGION, type Size, synthesize, TOOLING } from "./size";

const PARTS = ["plan", "deploy", "cleanup", "execution"] as const;
type Part = (typeof PARTS)[number];

const roleName = (pipeline: string, environment: string, part: Part) => `${pipeline}--${environment}-${part}`;
const roleArn = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;

interface Job {
  readonly name: string;
  readonly image?: boolean;
  readonly takes: readonly string[];
  readonly bucket: s3.IBucket;
}

/** A CodeBuild project with a role and a log group of its own, that may take these roles. */
function job(scope: Construct, { name, image = false, takes, bucket }: Job): codebuild.PipelineProject {
  const project = new codebuild.PipelineProject(scope, name, {
    projectName: name,
    environment: { buildImage: codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5, privileged: image },
    timeout: Duration.minutes(60),
    logging: {
      cloudWatch: {
        logGroup: new logs.LogGroup(scope, `${name}-logs`, {
          logGroupName: `/aws/codebuild/${name}`,
          retention: logs.RetentionDays.ONE_YEAR,
        }),
      },
    },
    buildSpec: codebuild.BuildSpec.fromObject({
      version: "0.2",
      env: { shell: "bash" },
      phases: { build: { commands: [`./jobs/${name}.sh`] } },
    }),
  });
  bucket.grantReadWrite(project, `releases/${name}/*`);
  if (takes.length > 0)
    project.addToRolePolicy(new iam.PolicyStatement({ actions: ["sts:AssumeRole"], resources: [...takes] }));
  return project;
}

function store(scope: Construct, size: Size): s3.Bucket {
  const key = new kms.Key(scope, "key", { enableKeyRotation: true, alias: "alias/delivery" });
  const accessLogs = new s3.Bucket(scope, "access-logs", {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [{ expiration: Duration.days(365) }],
  });
  const bucket = new s3.Bucket(scope, "artifacts", {
    bucketName: `delivery-artifacts-${TOOLING}`,
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    serverAccessLogsBucket: accessLogs,
    lifecycleRules: [{ expiration: Duration.days(365), prefix: "pipelines/" }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const readers = size.environments.map(({ account }) => new iam.AccountPrincipal(account));
  for (const reader of readers) bucket.grantRead(reader, "releases/*");
  return bucket;
}

function pipelineOf(scope: Construct, name: string, size: Size, bucket: s3.IBucket): void {
  const images = new ecr.Repository(scope, `${name}-images`, {
    repositoryName: name,
    imageScanOnPush: true,
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
  });
  const source = new codecommit.Repository(scope, `${name}-source`, { repositoryName: name });
  const topic = new sns.Topic(scope, `${name}-approvals`, { topicName: `${name}-approvals` });
  topic.addSubscription(new subscriptions.EmailSubscription("release@example.com"));
  const build = job(scope, { name: `${name}--build`, image: true, takes: [], bucket });
  images.grantPullPush(build);
  for (const { account } of size.environments) images.grantPull(new iam.AccountPrincipal(account));
  for (const report of ["unit", "verify", "scan"])
    new codebuild.ReportGroup(scope, `${name}-${report}`, { reportGroupName: `${name}-${report}` });
  const sourced = new codepipeline.Artifact();
  const built = new codepipeline.Artifact();
  const pipeline = new codepipeline.Pipeline(scope, name, {
    pipelineName: name,
    pipelineType: codepipeline.PipelineType.V2,
    artifactBucket: bucket,
    stages: [
      {
        stageName: "Source",
        actions: [
          new actions.CodeCommitSourceAction({
            actionName: "Source",
            repository: source,
            branch: "main",
            output: sourced,
          }),
        ],
      },
      {
        stageName: "Build",
        actions: [
          new actions.CodeBuildAction({
            actionName: "Build",
            project: build,
            input: sourced,
            outputs: [built],
          }),
        ],
      },
    ],
  });
  for (const [index, { name: environment, account }] of size.environments.entries()) {
    const take = (part: Part) => roleArn(account, roleName(name, environment, part));
    const of = (kind: string, takes: readonly string[] = []) =>
      job(scope, { name: `${name}--${environment}-${kind}`, takes, bucket });
    const approved = index === size.environments.length - 1;
    const ran = (kind: string, runOrder: number, takes: readonly string[] = []) =>
      new actions.CodeBuildAction({
        actionName: kind,
        project: of(kind.toLowerCase(), takes),
        input: built,
        runOrder,
      });
    pipeline.addStage({
      stageName: environment,
      actions: [
        ...(approved
          ? [
              ran("Plan", 1, [take("plan")]),
              new actions.ManualApprovalAction({
                actionName: "Approve",
                notificationTopic: topic,
                runOrder: 2,
              }),
            ]
          : []),
        ran("Deploy", 3, [take("deploy")]),
        ran("Verify", 4),
        ran("Promote", 5),
      ],
    });
  }
  const cleanup = job(scope, {
    name: `${name}--cleanup`,
    takes: size.environments.map(({ name: environment, account }) =>
      roleArn(account, roleName(name, environment, "cleanup")),
    ),
    bucket,
  });
  new events.Rule(scope, `${name}-failed`, {
    eventPattern: {
      source: ["aws.codepipeline"],
      detail: { pipeline: [name], state: ["FAILED", "STOPPED", "SUPERSEDED"] },
    },
    targets: [new targets.CodeBuildProject(cleanup)],
  });
  for (const part of ["release", "approve", "roll-back"])
    new iam.ManagedPolicy(scope, `${name}-${part}`, {
      managedPolicyName: `${name}-${part}`,
      statements: [
        new iam.PolicyStatement({
          actions: ["codepipeline:GetPipelineState", "codepipeline:ListPipelineExecutions"],
          resources: [pipeline.pipelineArn],
        }),
      ],
    });
  for (const value of ["store", "images", "source", "jobs", "environments"])
    new ssm.StringParameter(scope, `${name}-of-${value}`, {
      parameterName: `/delivery/${name}/${value}`,
      stringValue: value,
    });
}

function environmentOf(scope: Construct, pipeline: string, environment: string, account: string): void {
  const boundary = new iam.ManagedPolicy(scope, `${pipeline}-boundary`, {
    managedPolicyName: `${pipeline}-boundary`,
    statements: [
      new iam.PolicyStatement({
        actions: ["dynamodb:*Item", "dynamodb:Query", "logs:PutLogEvents", "logs:CreateLogStream"],
        resources: [`arn:aws:dynamodb:${REGION}:${account}:table/${pipeline}-*`, "*"],
      }),
    ],
  });
  for (const part of PARTS) {
    const role = new iam.Role(scope, `${pipeline}-${part}`, {
      roleName: roleName(pipeline, environment, part),
      assumedBy:
        part === "execution"
          ? new iam.ServicePrincipal("cloudformation.amazonaws.com")
          : new iam.AccountPrincipal(TOOLING).withConditions({
              ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${TOOLING}:role/${pipeline}--*` },
            }),
      ...(part === "execution" ? { permissionsBoundary: boundary } : {}),
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions:
          part === "execution"
            ? ["lambda:*", "apigateway:*", "dynamodb:*", "logs:*", "cloudwatch:*", "codedeploy:*"]
            : [`cloudformation:${part === "plan" ? "CreateChangeSet" : "ExecuteChangeSet"}`],
        resources: [`arn:aws:cloudformation:${REGION}:${account}:stack/${pipeline}-*/*`],
      }),
    );
  }
  new ssm.StringParameter(scope, `${pipeline}-endpoint`, {
    parameterName: `/delivery/${pipeline}/${environment}/endpoint`,
    stringValue: "none",
  });
}

synthesize((app: App, size: Size) => {
  const tooling = new Stack(app, "tooling", { env: { account: TOOLING, region: REGION } });
  const bucket = store(tooling, size);
  for (const pipeline of size.pipelines) pipelineOf(tooling, pipeline, size, bucket);
  for (const { name, account } of size.environments) {
    const stack = new Stack(app, name, { env: { account, region: REGION } });
    for (const pipeline of size.pipelines) environmentOf(stack, pipeline, name, account);
  }
});
