/** Jobs, in tooling: what every one may do, and those that plan and deploy. */
import { of, type Row } from "./rows";

const JOB = "tooling-role {job}";

export const JOB_ROWS: readonly Row[] = [
  {
    over: "job",
    who: "service codebuild.amazonaws.com",
    may: of("sts", "AssumeRole"),
    on: JOB,
    when: { "aws:SourceArn": "arn:{partition}:codebuild:{region}:{tooling}:project/{job}" },
    why: "a job's role is taken by its own CodeBuild project and by nobody else",
  },
  {
    over: "job",
    who: JOB,
    may: of("logs", "CreateLogStream PutLogEvents"),
    on: "job-log {job}:*",
    why: "a job writes its own log",
  },
  {
    over: "job",
    needs: "vpc",
    who: JOB,
    may: of(
      "ec2",
      `CreateNetworkInterface DeleteNetworkInterface DescribeDhcpOptions DescribeNetworkInterfaces
      DescribeSecurityGroups DescribeSubnets DescribeVpcs`,
    ),
    on: "anything",
    why: "CodeBuild puts a job into the VPC of the settings; EC2 knows no narrower resource for this",
  },
  {
    over: "job",
    needs: "vpc",
    who: JOB,
    may: of("ec2", "CreateNetworkInterfacePermission"),
    on: "network-interface *",
    when: {
      "ec2:AuthorizedService": "codebuild.amazonaws.com",
      "ec2:Subnet": "arn:{partition}:ec2:{region}:*:subnet/{subnets}",
    },
    why: "CodeBuild alone gets the interface, in the subnets of the settings",
  },
  {
    over: "job",
    needs: "artifacts",
    who: JOB,
    may: of("s3", "GetObject GetObjectVersion"),
    on: "artifact {artifacts}/*",
    why: "CodeBuild fetches what the pipeline hands to the job",
  },
  {
    over: "job",
    needs: "artifacts",
    who: JOB,
    may: of("s3", "GetBucketAcl GetBucketLocation"),
    on: "bucket",
    why: "CodeBuild looks whose bucket it is, and where",
  },
  {
    over: "job",
    needs: "artifacts",
    who: JOB,
    may: of("kms", "Decrypt"),
    on: "key",
    why: "what the pipeline hands over is encrypted",
  },
  {
    over: "job",
    needs: "releases",
    who: JOB,
    may: of("kms", "GenerateDataKey"),
    on: "key",
    why: "release files are encrypted",
  },
  {
    over: "job",
    needs: "releases",
    who: JOB,
    may: of("s3", "PutObject"),
    on: "artifact releases/{pipeline}/{account}/{environment}/*",
    why: "checked release files are put where this one environment reads them",
  },
  {
    over: "environment",
    needs: "approval",
    who: "tooling-role {own}-plan-job",
    may: of("codepipeline", "GetPipelineState"),
    on: "pipeline {pipeline}",
    why: "Plan waits until the stage is free",
  },
  {
    over: "environment",
    who: "tooling-role {own}-release-job",
    may: of("codepipeline", "GetPipelineExecution"),
    on: "pipeline {pipeline}",
    why: "Deploy asks whether the run is a roll-back",
  },
  {
    over: "environment",
    needs: "approval",
    who: "tooling-role {own}-plan-job",
    may: of("sts", "AssumeRole"),
    on: "role {own}-plan",
    why: "what runs before an approval takes the role that can execute nothing, in this environment only",
  },
  {
    over: "environment",
    who: "tooling-role {own}-release-job",
    may: of("sts", "AssumeRole"),
    on: ["role {own}-deploy", "role {own}-plan"],
    why: "Deploy executes the change set; a roll-back and a release without approval make their own",
  },
  {
    over: "environment",
    who: "tooling-role {project}-{prefix}-cleanup",
    may: of("sts", "AssumeRole"),
    on: "role {own}-cleanup",
    why: "what a failed run left is removed",
  },
];
