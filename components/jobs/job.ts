import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, document, type Statement, trustService } from "../policies";

/** Where a job's container stands in the network, in CodeBuild's words. */
export interface JobVpc {
  readonly vpcId: string;
  readonly subnets: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** What all jobs of a stack have in common. */
export interface JobSite {
  /** Account, Region and partition of the jobs, for the network interfaces of a job in a VPC. */
  readonly ec2Arn: (resource: string, account?: string) => string;
  /** IAM path of the roles. */
  readonly path: string;
  /** ARN of the organization's permissions boundary for every role. */
  readonly permissionsBoundary?: string | undefined;
  /** CodeBuild image. */
  readonly image: string;
  readonly vpc?: JobVpc | undefined;
  /** Days that logs are kept. */
  readonly logRetentionInDays: number;
  /** Key that what a job hands over is encrypted with: CodeBuild would use AWS's own otherwise. */
  readonly keyArn: pulumi.Input<string>;
}

export interface JobArgs {
  /** Physical name of the CodeBuild project and of its role: trusts and grants elsewhere name them beforehand. */
  readonly jobName: string;
  /** ARN that the project will have; only it may take the role. */
  readonly jobArn: string;
  readonly description: string;
  /** The commands, as `buildspec` makes them. */
  readonly buildspec: pulumi.Input<string>;
  /** Fixed variables; those of a run come with its pipeline action. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** What the job may do, beyond writing its log. */
  readonly statements: readonly Statement[];
  readonly site: JobSite;
  /** Who starts it with what: a pipeline with artifacts (default), or an event with nothing. */
  readonly source?: "CODEPIPELINE" | "NO_SOURCE";
  /** CodeBuild's compute type. Default: `BUILD_GENERAL1_SMALL`. */
  readonly computeType?: string;
  /** CodeBuild image for an ARM container. Default: an x86_64 container with the site's image. */
  readonly armImage?: string;
  /** Docker inside the job; for builds of images only. Default: false. */
  readonly privilegedMode?: boolean;
  /** Minutes after which CodeBuild ends it. Default: 60. */
  readonly buildTimeout?: number;
}

/** One CodeBuild project with a role and a log of its own. */
export class Job extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:Job", name, {}, opts);
    const { site } = args;
    const parent = { parent: this };
    const log = new aws.cloudwatch.LogGroup(
      name,
      { name: `/aws/codebuild/${args.jobName}`, retentionInDays: site.logRetentionInDays },
      parent,
    );
    const role = new aws.iam.Role(
      name,
      {
        name: args.jobName,
        description: args.description,
        path: site.path,
        assumeRolePolicy: trustService("codebuild.amazonaws.com", args.jobArn),
        ...(site.permissionsBoundary && { permissionsBoundary: site.permissionsBoundary }),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: document(
          allow(
            "WriteLog",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [pulumi.interpolate`${log.arn}:*`],
          ),
          ...args.statements,
          ...(site.vpc ? networkInterfaces(site.ec2Arn, site.vpc) : []),
        ),
      },
      parent,
    );
    const type = args.source ?? "CODEPIPELINE";
    const project = new aws.codebuild.Project(
      name,
      {
        name: args.jobName,
        description: args.description,
        serviceRole: role.arn,
        encryptionKey: site.keyArn,
        source: { type, buildspec: args.buildspec },
        artifacts: { type: type === "CODEPIPELINE" ? type : "NO_ARTIFACTS" },
        buildTimeout: args.buildTimeout ?? 60,
        environment: {
          type: args.armImage === undefined ? "LINUX_CONTAINER" : "ARM_CONTAINER",
          computeType: args.computeType ?? "BUILD_GENERAL1_SMALL",
          image: args.armImage ?? site.image,
          privilegedMode: args.privilegedMode ?? false,
          environmentVariables: Object.entries(args.variables).map(([key, value]) => ({ name: key, value })),
        },
        logsConfig: { cloudwatchLogs: { groupName: log.name } },
        ...(site.vpc && {
          vpcConfig: {
            vpcId: site.vpc.vpcId,
            subnets: [...site.vpc.subnets],
            securityGroupIds: [...site.vpc.securityGroupIds],
          },
        }),
      },
      // With its rights in place: CodeBuild checks those for a VPC when it makes the project.
      { parent: this, dependsOn: [policy] },
    );
    this.name = project.name;
    this.arn = project.arn;
    this.roleArn = role.arn;
    this.registerOutputs({ name: this.name, arn: this.arn, roleArn: this.roleArn });
  }
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface */
const networkInterfaces = (ec2Arn: JobSite["ec2Arn"], vpc: JobVpc): Statement[] => [
  // Build and Verify run the service's own code, and these are its rights: interfaces of the jobs' own network alone.
  allow(
    "CreateNetworkInterfaces",
    ["ec2:CreateNetworkInterface"],
    [
      ec2Arn("network-interface/*"),
      ...vpc.securityGroupIds.map((group) => ec2Arn(`security-group/${group}`, "*")),
      ...subnets(ec2Arn, vpc),
    ],
  ),
  allow("DeleteNetworkInterfaces", ["ec2:DeleteNetworkInterface"], [ec2Arn("network-interface/*")], {
    ArnLike: { "ec2:Subnet": subnets(ec2Arn, vpc) },
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
  allow("LendNetworkInterface", ["ec2:CreateNetworkInterfacePermission"], [ec2Arn("network-interface/*")], {
    StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
    ArnLike: { "ec2:Subnet": subnets(ec2Arn, vpc) },
  }),
];

/** A shared subnet has the ARN of its owner; the id alone says which it is. */
const subnets = (ec2Arn: JobSite["ec2Arn"], vpc: JobVpc): string[] =>
  vpc.subnets.map((subnet) => ec2Arn(`subnet/${subnet}`, "*"));
