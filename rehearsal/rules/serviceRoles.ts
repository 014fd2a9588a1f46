import { ofType, type Rehearsed, type Resource } from "../record/record";
import { absence, roleByArn, untrusted } from "../record/roles";
import { judgeEach, type Rule } from "./rule";
import { text } from "../../packages/iam/src/json";

/** Something that a service runs as a role. `sourceArn` where the service documents that it sends it. */
interface Use {
  readonly resource: Resource;
  readonly roleArn: string;
  readonly service: string;
  readonly sourceArn?: string;
}

/** Rules by their names, for the ARN that EventBridge sends. */
function ruleArn(record: Rehearsed, target: Resource): string {
  const rule = ofType(record, "aws:cloudwatch/eventRule:EventRule").find(
    ({ stack, outputs }) => stack === target.stack && outputs["name"] === target.inputs["rule"],
  );
  return String(rule?.outputs["arn"]);
}

const uses = (record: Rehearsed): Use[] => [
  ...ofType(record, "aws:codepipeline/pipeline:Pipeline").map((resource) => ({
    resource,
    roleArn: String(resource.inputs["roleArn"]),
    service: "codepipeline.amazonaws.com",
  })),
  ...ofType(record, "aws:codebuild/project:Project").map((resource) => ({
    resource,
    roleArn: String(resource.inputs["serviceRole"]),
    service: "codebuild.amazonaws.com",
    sourceArn: String(resource.outputs["arn"]),
  })),
  ...[
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration",
  ].flatMap((type) =>
    ofType(record, type).map((resource) => ({
      resource,
      roleArn: String(resource.inputs["iamRoleArn"]),
      service: "chatbot.amazonaws.com",
    })),
  ),
  ...ofType(record, "aws:s3/bucketReplicationConfig:BucketReplicationConfig").map((resource) => ({
    resource,
    roleArn: String(resource.inputs["role"]),
    service: "s3.amazonaws.com",
  })),
  ...ofType(record, "aws:cloudwatch/eventTarget:EventTarget").flatMap((resource) => {
    const roleArn = text(resource.inputs, "roleArn");
    if (roleArn === undefined) return [];
    return [{ resource, roleArn, service: "events.amazonaws.com", sourceArn: ruleArn(record, resource) }];
  }),
];

/** A service that cannot take its role does nothing, and says so only when it is first used. */
export const serviceRoles: Rule = {
  id: "service-role",
  title: "a pipeline, a project, a chat and an event target can take the role that they are given",
  source:
    "https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html",
  judge: (record) =>
    judgeEach(uses(record), ({ resource, roleArn, service, sourceArn }) => {
      const missing = absence(record, resource, roleArn);
      if (missing !== undefined) return [missing];
      const role = roleByArn(record, roleArn);
      const problem = role && untrusted(role, service, sourceArn);
      return problem === undefined ? [] : [problem];
    }),
};
