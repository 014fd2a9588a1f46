/** What CodeBuild, CodePipeline and SNS refuse. */
import type { Cloud, Thing } from "./cloud";
import { allows, mayAssume, serviceRole } from "./iam";
import { judgePipelineForm } from "./pipelines";
import { judgePolicy } from "./policies";
import { Refusal } from "./refusals";
import { list, map } from "../../../packages/iam/src/json";

/** What CodeBuild tries as the job's role before it takes a project for a VPC. */
const VPC_ACTIONS = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];

export function judgeProject(cloud: Cloud, thing: Thing): void {
  const role = serviceRole(
    cloud,
    thing,
    thing.inputs["serviceRole"],
    "codebuild.amazonaws.com",
    "project-role",
  );
  if (thing.inputs["vpcConfig"] === undefined) return;
  const denied = VPC_ACTIONS.find((action) => !allows(cloud, role, action, "*"));
  if (denied !== undefined) throw new Refusal("project-vpc", `Not authorized to perform ${denied.slice(4)}`);
}

/** CodePipeline takes its own role, and with that the role of each action. */
export function judgePipeline(cloud: Cloud, thing: Thing): void {
  judgePipelineForm(thing);
  const role = serviceRole(
    cloud,
    thing,
    thing.inputs["roleArn"],
    "codepipeline.amazonaws.com",
    "pipeline-role",
  );
  const actions = list(thing.inputs["stages"]).flatMap((stage) => list(map(stage)["actions"]).map(map));
  for (const { roleArn } of actions) {
    if (typeof roleArn === "string" && !mayAssume(cloud, role, roleArn)) {
      throw new Refusal(
        "action-role",
        `${String(role.outputs["arn"])} is not authorized to perform AssumeRole on role ${roleArn}`,
      );
    }
  }
}

export function judgeReportGroupDeletion(_: Cloud, { id, inputs, contents = [] }: Thing): void {
  if (contents.length > 0 && inputs["deleteReports"] !== true) {
    throw new Refusal("reports-left", `Report group ${id} contains reports`);
  }
}

function refuseMissingTopic(cloud: Cloud, { account, region }: Thing, id: string): void {
  if (!cloud.get({ account, region, type: "aws:sns/topic:Topic", id })) {
    throw new Refusal("topic-missing", `Topic does not exist: ${id}`);
  }
}

export function judgeTopic(cloud: Cloud, { inputs }: Thing): void {
  if (inputs["policy"] !== undefined) judgePolicy(cloud, "topic", inputs["policy"]);
}

export function judgeTopicPolicy(cloud: Cloud, thing: Thing): void {
  refuseMissingTopic(cloud, thing, String(thing.inputs["arn"]));
  judgePolicy(cloud, "topic", thing.inputs["policy"]);
}

export function judgeSubscription(cloud: Cloud, thing: Thing): void {
  refuseMissingTopic(cloud, thing, String(thing.inputs["topic"]));
}

const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

/**
 * Nobody can delete a subscription that its mailbox has not confirmed; SNS drops it later, or with its topic.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
 */
export const subscriptionRemains = (_: Cloud, thing: Thing): Thing | undefined =>
  thing.outputs["pendingConfirmation"] === true ? thing : undefined;

export function topicRemains(cloud: Cloud, { account, id }: Thing): undefined {
  const own = cloud.all(SUBSCRIPTION, account).filter(({ inputs }) => inputs["topic"] === id);
  for (const subscription of own) cloud.remove(subscription);
}
