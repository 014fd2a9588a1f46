/** Which resources of the stacks hold what nobody can make again, and how that is kept. */
import type { Resource } from "../../rehearsal/record/record";

/** Protected by Pulumi unless the stack is deletable; some have a flag besides, which lets AWS delete them with contents. */
const PROTECTED: Readonly<Record<string, { readonly holds: string; readonly flag?: string }>> = {
  "aws:codecommit/repository:Repository": { holds: "the service's code" },
  "aws:codeconnections/connection:Connection": { holds: "the authorisation that a person has given" },
  "aws:kms/key:Key": { holds: "the only way to read artifacts and releases" },
  "aws:s3/bucket:Bucket": { holds: "artifacts, releases, records of what runs where", flag: "forceDestroy" },
  "awsx:ecr:Repository": { holds: "the images that run", flag: "forceDelete" },
};

/** AWS itself refuses to delete them as long as they hold something, unless this flag is set. */
const REFUSED_BY_AWS: Readonly<Record<string, string>> = {
  "aws:codebuild/reportGroup:ReportGroup": "deleteReports",
};

const SETTING = "a setting, which the program makes again";
const MAIL = "addresses, which their owners confirm again";
/** What is lost with them can be made again, or may go. */
const MADE_AGAIN: Readonly<Record<string, string>> = {
  "aws:cloudwatch/eventRule:EventRule": SETTING,
  "aws:cloudwatch/eventTarget:EventTarget": SETTING,
  "aws:cloudwatch/logGroup:LogGroup": "logs of jobs, which settings give a short life anyway",
  "aws:codebuild/project:Project": SETTING,
  "aws:codepipeline/pipeline:Pipeline": "its history; the records in the bucket say what runs where",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": SETTING,
  "aws:ec2/securityGroup:SecurityGroup": SETTING,
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": SETTING,
  "aws:ecr/repositoryPolicy:RepositoryPolicy": SETTING,
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": SETTING,
  "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": SETTING,
  "aws:codestarnotifications/notificationRule:NotificationRule": SETTING,
  "aws:ecs/cluster:Cluster": SETTING,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": SETTING,
  "aws:iam/policy:Policy": SETTING,
  "aws:iam/role:Role": SETTING,
  "aws:iam/rolePolicy:RolePolicy": SETTING,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": SETTING,
  "aws:kms/alias:Alias": SETTING,
  "aws:lb/listener:Listener": SETTING,
  "aws:lb/loadBalancer:LoadBalancer": SETTING,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": SETTING,
  "aws:s3/bucketLogging:BucketLogging": SETTING,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": SETTING,
  "aws:s3/bucketPolicy:BucketPolicy": SETTING,
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": SETTING,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": SETTING,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": SETTING,
  "aws:s3/bucketVersioning:BucketVersioning": SETTING,
  "aws:sns/topic:Topic": MAIL,
  "aws:sns/topicPolicy:TopicPolicy": SETTING,
  "aws:sns/topicSubscription:TopicSubscription": MAIL,
  "aws:ssm/parameter:Parameter": SETTING,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SETTING,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SETTING,
  "awsx:ec2:Vpc": SETTING,
  "pulumi:providers:aws": SETTING,
};

/** Every type that is judged here. */
export const JUDGED_TYPES = [PROTECTED, REFUSED_BY_AWS, MADE_AGAIN].flatMap((each) => Object.keys(each));

/** What a resource would lose to a destroy, a replacement or a change of settings; empty where nothing is wrong. */
export function losses({ type, protect, inputs }: Resource, deletable: boolean): string[] {
  const kept = PROTECTED[type];
  const flag = kept?.flag ?? REFUSED_BY_AWS[type];
  const wrong = (is: string) => `${is}, and its stack is ${deletable ? "" : "not "}deletable`;
  return [
    ...(JUDGED_TYPES.includes(type) ? [] : [`is of a type of which nobody has said whether it holds data`]),
    ...(kept && protect === deletable
      ? [wrong(`holds ${kept.holds}, is ${protect ? "" : "not "}protected`)]
      : []),
    ...(flag !== undefined && inputs[flag] !== deletable
      ? [wrong(`has ${flag}: ${String(inputs[flag])}`)]
      : []),
  ];
}
