import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as codebuild from "@pulumi/aws/codebuild";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { JobScope } from "./jobStatements";
import { arn, type JobKind, jobName, projectArn, type Scope } from "../names";
import { allow, document, type Statement, trustService } from "../policies";

/** Where a job's container stands in the network, in CodeBuild's words. */
export interface JobVpc {
  readonly vpcId: string;
  readonly subnets: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** What all jobs of a stack have in common. */
export interface JobDefaults {
  /** ARN of the organization's permissions boundary for every role. */
  readonly permissionsBoundary?: string | undefined;
  /** CodeBuild image. */
  readonly image: string;
  /** CodeBuild image of the short jobs, on Lambda's compute, which starts sooner. Default: they run as all others do. */
  readonly lambdaImage?: string | undefined;
  /** The same of those that run the service's own npm scripts. */
  readonly lambdaNodeImage?: string | undefined;
  readonly vpc?: JobVpc | undefined;
  /** Days that logs are kept. */
  readonly logRetentionInDays: number;
  /** Names of the parameters with a judge of templates, a word each, for the jobs that ask it: by the last parts of them. */
  readonly judge: (values: readonly string[]) => pulumi.Input<string>;
}

/** What the jobs of one pipeline have in common. */
export interface JobsArgs extends JobScope {
  readonly jobDefaults: JobDefaults;
}

/** What one job has for itself. */
export interface OwnJobArgs {
  /** Last part of its names: what it does. */
  readonly kind: JobKind;
  /** The one environment that it works for: a part of its physical name. Default: it works for all of them. */
  readonly environment?: string;
  readonly description: string;
  /** The commands, as `buildspec` makes them. */
  readonly buildspec: pulumi.Input<string>;
  /** Fixed variables, beside its pipeline and the bucket; those of a run come with its pipeline action. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** What the job may do, beyond writing its log. */
  readonly statements: readonly Statement[];
  /** Who starts it with what: a pipeline with artifacts (default), or an event with nothing. */
  readonly source?: "CODEPIPELINE" | "NO_SOURCE";
  /** CodeBuild's compute type. Default: `BUILD_GENERAL1_SMALL`. */
  readonly computeType?: string;
  /** CodeBuild image for an ARM container. Default: an x86_64 container with the image of all jobs. */
  readonly armImage?: string;
  /** Docker inside the job; for builds of images only. Default: false. */
  readonly privilegedMode?: boolean;
  /** Minutes after which CodeBuild ends it. Default: 60. */
  readonly buildTimeout?: number;
  /**
   * It asks for no more than Lambda's compute has: 15 minutes, files in /tmp alone, no root, no Docker, no runtime that the
   * buildspec names. Default: false.
   * https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html#lambda.limitations
   */
  readonly short?: Short;
}

/** Whether a job is short; `nodejs`: and runs the service's own npm scripts. */
type Short = boolean | "nodejs";

export interface JobArgs extends JobsArgs, OwnJobArgs {}

/** Makes some of a pipeline's jobs, each named after what it does. */
export function makeJobs(
  base: string,
  { scope, pipeline, store, jobDefaults }: JobsArgs,
  jobs: readonly OwnJobArgs[],
  parent: pulumi.Resource,
): void {
  for (const job of jobs)
    new Job(`${base}-${job.kind}`, { scope, pipeline, store, jobDefaults, ...job }, { parent });
}

/** One CodeBuild project with a role and a log of its own: trusts and grants elsewhere name them beforehand. */
export class Job extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:Job", name, {}, opts);
    const { scope, pipeline, store, jobDefaults, description, buildspec, statements } = args;
    const type = args.source ?? "CODEPIPELINE";
    const { project, role } = makeProject(
      name,
      {
        ...{ scope, description, buildspec, statements, ...byDefaults(jobDefaults, args) },
        account: scope.toolingAccount,
        projectName: jobName(scope, pipeline, args.kind, args.environment),
        variables: { PIPELINE: pipeline.name, ARTIFACT_BUCKET: store.bucketName, ...args.variables },
        encryptionKey: store.keyArn,
        source: { type },
        artifacts: type === "CODEPIPELINE" ? type : "NO_ARTIFACTS",
      },
      this,
    );
    this.name = project.name;
    this.arn = project.arn;
    this.roleArn = role.arn;
    this.registerOutputs({ name: this.name, arn: this.arn, roleArn: this.roleArn });
  }
}

/** A container of CodeBuild's. */
export interface Container {
  readonly type: string;
  readonly computeType: string;
  readonly image: string;
}

/** What a project is made of, whichever account it is in. */
export interface ProjectArgs {
  readonly scope: Scope;
  readonly account: string;
  /** Name of the project and of its role. */
  readonly projectName: string;
  readonly description: string;
  readonly buildspec: pulumi.Input<string>;
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** What it may do, beyond writing its log and being in its network. */
  readonly statements: readonly Statement[];
  readonly container: Container & { readonly privilegedMode?: boolean };
  readonly source: { readonly type: string; readonly location?: string };
  readonly artifacts: string;
  /** Key of what it hands on. Default: it hands nothing on. */
  readonly encryptionKey?: pulumi.Input<string>;
  /** Minutes; Lambda's compute has a limit of its own. */
  readonly buildTimeout?: number | undefined;
  /** Builds at a time. Default: as many as are started. */
  readonly concurrentBuildLimit?: number;
  readonly vpc?: JobVpc | undefined;
  readonly logRetentionInDays: number;
  readonly permissionsBoundary?: string | undefined;
}

type ByDefaults = "container" | "buildTimeout" | "vpc" | "logRetentionInDays" | "permissionsBoundary";
type OwnContainer = Pick<
  OwnJobArgs,
  "computeType" | "armImage" | "privilegedMode" | "buildTimeout" | "short"
>;

/** The image of a short job on Lambda's compute, which reaches no VPC. Default: there is none, so it runs in a container. */
export const lambdaImageOf = (
  { vpc, lambdaImage, lambdaNodeImage }: Pick<JobDefaults, "vpc" | "lambdaImage" | "lambdaNodeImage">,
  short: Short,
): string | undefined =>
  vpc !== undefined || short === false ? undefined : short === "nodejs" ? lambdaNodeImage : lambdaImage;

/** What the jobs of a stack have in common, of a job with these wishes. */
export function byDefaults(
  defaults: JobDefaults,
  { computeType, armImage, privilegedMode = false, buildTimeout = 60, short = false }: OwnContainer,
): Pick<ProjectArgs, ByDefaults> {
  const { permissionsBoundary, vpc, logRetentionInDays, image } = defaults;
  const shared = { permissionsBoundary, vpc, logRetentionInDays };
  const lambdaImage = lambdaImageOf(defaults, short);
  // With the memory grows the part of a processor.
  if (lambdaImage !== undefined) {
    const container = { type: "LINUX_LAMBDA_CONTAINER", computeType: "BUILD_LAMBDA_2GB", image: lambdaImage };
    return { ...shared, container: { ...container, privilegedMode } };
  }
  const container = {
    type: armImage === undefined ? "LINUX_CONTAINER" : "ARM_CONTAINER",
    computeType: computeType ?? "BUILD_GENERAL1_SMALL",
    image: armImage ?? image,
  };
  return { ...shared, buildTimeout, container: { ...container, privilegedMode } };
}

/** The project, its role and its log, with the ARN that stands for the streams of that. */
export function makeProject(
  name: string,
  args: ProjectArgs,
  component: pulumi.Resource,
): { readonly project: codebuild.Project; readonly role: iam.Role; readonly logArn: string } {
  const { scope, account, projectName, description, permissionsBoundary, vpc } = args;
  const parent = { parent: component };
  const logName = `/aws/codebuild/${projectName}`;
  const logArn = arn(scope, "logs", account, `log-group:${logName}:*`);
  const log = new cloudwatch.LogGroup(
    name,
    { name: logName, retentionInDays: args.logRetentionInDays },
    parent,
  );
  const role = new iam.Role(
    name,
    {
      name: projectName,
      description,
      path: scope.path,
      assumeRolePolicy: trustService("codebuild.amazonaws.com", projectArn(scope, account, projectName)),
      ...(permissionsBoundary && { permissionsBoundary }),
    },
    parent,
  );
  const policy = new iam.RolePolicy(
    name,
    {
      role: role.name,
      policy: document(
        allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [logArn]),
        ...args.statements,
        ...(vpc ? networkInterfaces(scope, account, vpc) : []),
      ),
    },
    { ...parent, dependsOn: [log] },
  );
  const project = new codebuild.Project(
    name,
    {
      name: projectName,
      description,
      serviceRole: role.arn,
      ...(args.encryptionKey !== undefined && { encryptionKey: args.encryptionKey }),
      source: { ...args.source, buildspec: args.buildspec },
      artifacts: { type: args.artifacts },
      ...(args.buildTimeout !== undefined && { buildTimeout: args.buildTimeout }),
      ...(args.concurrentBuildLimit !== undefined && { concurrentBuildLimit: args.concurrentBuildLimit }),
      environment: {
        ...args.container,
        environmentVariables: Object.entries(args.variables).map(([key, value]) => ({ name: key, value })),
      },
      logsConfig: { cloudwatchLogs: { groupName: log.name } },
      ...(vpc && {
        vpcConfig: {
          vpcId: vpc.vpcId,
          subnets: [...vpc.subnets],
          securityGroupIds: [...vpc.securityGroupIds],
        },
      }),
    },
    // With its rights in place: CodeBuild checks those for a VPC when it makes the project.
    { parent: component, dependsOn: [policy] },
  );
  return { project, role, logArn };
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface */
function networkInterfaces(scope: Scope, account: string, vpc: JobVpc): Statement[] {
  // A shared subnet, or a security group of it, has the ARN of its owner; the id alone says which it is.
  const shared = (kind: string, ids: readonly string[]) =>
    ids.map((id) => arn(scope, "ec2", "*", `${kind}/${id}`));
  const subnets = shared("subnet", vpc.subnets);
  const interfaces = arn(scope, "ec2", account, "network-interface/*");
  return [
    // Build and Verify run the service's own code, and these are its rights: interfaces of the jobs' own network alone.
    allow(
      "CreateNetworkInterfaces",
      ["ec2:CreateNetworkInterface"],
      [interfaces, ...shared("security-group", vpc.securityGroupIds), ...subnets],
    ),
    allow("DeleteNetworkInterfaces", ["ec2:DeleteNetworkInterface"], [interfaces], {
      ArnLike: { "ec2:Subnet": subnets },
    }),
    // These know no resource.
    allow(
      "DescribeNetwork",
      [
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ],
      ["*"],
    ),
    allow("LendNetworkInterface", ["ec2:CreateNetworkInterfacePermission"], [interfaces], {
      StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
      ArnLike: { "ec2:Subnet": subnets },
    }),
  ];
}
