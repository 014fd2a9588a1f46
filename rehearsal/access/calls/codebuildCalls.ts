/** What CodeBuild itself does for a job, with the job's role. */
import { list, map, text } from "../../../packages/iam/src/json";
import { on, read } from "../../aws/requests";
import type { Asked } from "../../aws/types";
import { parse } from "yaml";
import { ofType, type Rehearsed } from "../../record/record";
import { arnOf } from "../estate/collect";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { service, session } from "../../../packages/iam/src/policy/principals";
import { type Call, calls, type Place } from "./call";
import { type Job, type Pipeline, required } from "../../record/inventory";
import { withKey, write } from "./store";

const GUIDE = "https://docs.aws.amazon.com/codebuild/latest/userguide/";

/** The buildspec's report groups: a test report is put in as cases, any other as coverage. */
function reportCalls(record: Rehearsed, { project }: Job): Asked[] {
  const spec = map(parse(text(map(project.inputs["source"]), "buildspec") ?? ""));
  return Object.keys(map(spec["reports"])).flatMap((arn) => {
    const group =
      ofType(record, "aws:codebuild/reportGroup:ReportGroup").find((each) => arnOf(each) === arn) ??
      notKnown(`${project.name} reports to ${arn}, which no stack makes`);
    const put =
      group.inputs["type"] === "TEST" ? "codebuild:BatchPutTestCases" : "codebuild:BatchPutCodeCoverages";
    return on(arn, ["codebuild:CreateReport", "codebuild:UpdateReport", put]);
  });
}

/** What CodeBuild does to put a container into a VPC. */
function networkCalls({ partition, region, account }: Pipeline, { project }: Job): Asked[] {
  const vpc = map(project.inputs["vpcConfig"]);
  const ec2 = (resource: string) => `arn:${partition}:ec2:${region}:${account}:${resource}`;
  const describe = ["DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs"].map(
    (each) => `ec2:Describe${each}`,
  );
  return list(vpc["subnets"]).flatMap((subnet) => [
    ...on("*", describe),
    ...on(ec2(`subnet/${String(subnet)}`), ["ec2:CreateNetworkInterface"]),
    ...list(vpc["securityGroupIds"]).flatMap((group) =>
      on(ec2(`security-group/${String(group)}`), ["ec2:CreateNetworkInterface"]),
    ),
    ...on(ec2("network-interface/eni-1"), ["ec2:CreateNetworkInterface"]),
    ...on(ec2("network-interface/eni-1"), ["ec2:DeleteNetworkInterface"], {
      "ec2:Subnet": ec2(`subnet/${String(subnet)}`),
    }),
    ...on(ec2("network-interface/eni-1"), ["ec2:CreateNetworkInterfacePermission"], {
      "ec2:AuthorizedService": "codebuild.amazonaws.com",
      "ec2:Subnet": ec2(`subnet/${String(subnet)}`),
    }),
  ]);
}

/** The artifacts that a job of a pipeline is handed and hands over. */
function artifactCalls(pipeline: Pipeline, { action }: Job): Asked[] {
  if (!action) return [];
  const key = (artifact: string) => `${pipeline.name.slice(0, 20)}/${artifact}/1`;
  return [
    ...on(pipeline.bucketArn, ["s3:GetBucketAcl", "s3:GetBucketLocation"]),
    ...action.inputArtifacts.flatMap((each) =>
      read(pipeline, key(each), ["s3:GetObject", "s3:GetObjectVersion"]),
    ),
    ...action.outputArtifacts.flatMap((each) => write(pipeline, key(each), withKey(pipeline))),
  ];
}

/** What CodeBuild calls for one run of a job; its log group is there, so that it makes none. */
export function codebuildCalls(record: Rehearsed, pipeline: Pipeline, job: Job, place: Place): Call[] {
  const { project } = job;
  const roleArn = required(project.inputs, "serviceRole", project.name);
  const group = required(map(map(project.inputs["logsConfig"])["cloudwatchLogs"]), "groupName", project.name);
  const stream = `arn:${pipeline.partition}:logs:${pipeline.region}:${pipeline.account}:log-group:${group}:log-stream:run`;
  const context = { "aws:SourceArn": arnOf(project), "aws:SourceAccount": pipeline.account };
  const principal = session(roleArn, "build");
  const asked = (what: readonly Asked[], why: string, page: string): Call[] =>
    calls(place, principal, what, why, `${GUIDE}${page}.html`);
  return [
    ...calls(
      place,
      service("codebuild.amazonaws.com"),
      on(roleArn, ["sts:AssumeRole"], context),
      "CodeBuild takes the job's role",
      `${GUIDE}cross-service-confused-deputy-prevention.html`,
    ),
    ...asked(
      on(stream, ["logs:CreateLogStream", "logs:PutLogEvents"]),
      "CodeBuild writes the job's log",
      "setting-up-service-role",
    ),
    ...asked(artifactCalls(pipeline, job), "CodeBuild carries artifacts", "setting-up-service-role"),
    ...asked(reportCalls(record, job), "CodeBuild keeps reports", "test-permissions"),
    ...asked(
      networkCalls(pipeline, job),
      "CodeBuild joins the VPC",
      "auth-and-access-control-iam-identity-based-access-control",
    ),
  ];
}
