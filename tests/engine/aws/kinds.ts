/** The types that the double knows, and how AWS treats each. Any other type is refused as not known. */
import * as delivery from "./delivery";
import * as events from "./events";
import * as iam from "./iam";
import { PLATFORM_KINDS } from "./platformKinds";
import * as storage from "./storage";
import type { Kind } from "./kind";

const bucketSetting: Kind = { fixed: ["bucket"], write: storage.judgeBucketSetting };
const s3 = (name: string) => `aws:s3/${name[0]?.toLowerCase()}${name.slice(1)}:${name}`;

export const KINDS: Readonly<Record<string, Kind>> = {
  "aws:cloudwatch/eventRule:EventRule": {
    name: "name",
    fixed: ["eventBusName"],
    write: events.judgeRule,
    remove: events.judgeRuleDeletion,
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    fixed: ["rule", "targetId", "eventBusName"],
    write: events.judgeEventTarget,
  },
  "aws:cloudwatch/logGroup:LogGroup": { name: "name", fixed: [], taken: "log-group-taken" },
  "aws:codebuild/project:Project": {
    name: "name",
    fixed: [],
    taken: "project-taken",
    write: delivery.judgeProject,
  },
  "aws:codebuild/reportGroup:ReportGroup": {
    name: "name",
    fixed: ["type"],
    taken: "report-group-taken",
    remove: delivery.judgeReportGroupDeletion,
  },
  "aws:codecommit/repository:Repository": {
    name: "repositoryName",
    given: true,
    fixed: [],
    taken: "code-taken",
  },
  "aws:codeconnections/connection:Connection": { name: "name", fixed: ["providerType", "hostArn"] },
  "aws:codepipeline/pipeline:Pipeline": {
    name: "name",
    fixed: [],
    taken: "pipeline-taken",
    write: delivery.judgePipeline,
  },
  ...PLATFORM_KINDS,
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": { fixed: ["repository"], write: storage.judgeLifecyclePolicy },
  // A registry has one in a Region: another would take its place.
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": { fixed: [] },
  "aws:ecr/repository:Repository": {
    name: "name",
    lowerCase: true,
    fixed: ["encryptionConfigurations"],
    taken: "images-taken",
    remove: storage.judgeRepositoryDeletion,
  },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": {
    fixed: ["repository"],
    write: storage.judgeRepositoryPolicy,
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    unique: "account",
    fixed: ["url", "clientIdLists"],
    taken: "identity-provider-taken",
  },
  "aws:iam/policy:Policy": {
    name: "name",
    unique: "account",
    fixed: ["path", "description"],
    taken: "policy-taken",
    write: iam.judgeManagedPolicy,
    remove: iam.judgePolicyDeletion,
  },
  "aws:iam/role:Role": {
    name: "name",
    unique: "account",
    fixed: ["path"],
    taken: "role-taken",
    write: iam.judgeRole,
    remove: iam.judgeRoleDeletion,
  },
  "aws:iam/rolePolicy:RolePolicy": {
    name: "name",
    unique: "account",
    fixed: ["role"],
    write: iam.judgeRolePolicy,
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    unique: "account",
    fixed: ["role", "policyArn"],
    write: iam.judgeAttachment,
  },
  "aws:kms/alias:Alias": { name: "name", fixed: [], taken: "alias-taken", write: storage.judgeAlias },
  "aws:kms/key:Key": {
    fixed: ["customerMasterKeySpec", "keyUsage", "multiRegion"],
    write: storage.judgeKey,
    remains: storage.keyRemains,
  },
  [s3("Bucket")]: {
    name: "bucket",
    lowerCase: true,
    unique: "world",
    fixed: [],
    taken: "bucket-taken",
    remove: storage.judgeBucketDeletion,
  },
  [s3("BucketLifecycleConfiguration")]: bucketSetting,
  [s3("BucketLogging")]: { fixed: ["bucket"], write: storage.judgeBucketLogging },
  [s3("BucketOwnershipControls")]: bucketSetting,
  [s3("BucketPolicy")]: { fixed: ["bucket"], write: storage.judgeBucketPolicy },
  [s3("BucketPublicAccessBlock")]: bucketSetting,
  [s3("BucketReplicationConfig")]: { fixed: ["bucket"], write: storage.judgeReplication },
  [s3("BucketServerSideEncryptionConfiguration")]: bucketSetting,
  [s3("BucketVersioning")]: bucketSetting,
  "aws:sns/topic:Topic": {
    name: "name",
    fixed: ["fifoTopic"],
    write: delivery.judgeTopic,
    remains: delivery.topicRemains,
  },
  "aws:sns/topicPolicy:TopicPolicy": { fixed: ["arn"], write: delivery.judgeTopicPolicy },
  "aws:sns/topicSubscription:TopicSubscription": {
    fixed: ["topic", "protocol", "endpoint"],
    write: delivery.judgeSubscription,
    remains: delivery.subscriptionRemains,
  },
};
