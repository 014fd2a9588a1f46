import type { Guarded } from "../../../packages/iam/src/model";

/** How a type of resource has to do with policies. */
export interface Carrier {
  /** Properties that would carry access and are not collected; without them nothing is lost. */
  readonly refused?: readonly string[];
  /** For resources with a policy of their own. */
  readonly guards?: {
    readonly attached: Guarded["attached"];
    /** The type that sets a policy on it, and the property by which that one names it. */
    readonly setBy?: readonly [type: string, property: string];
    /** What that property holds, from its ARN. */
    readonly named: (arn: string) => string;
  };
}

const after =
  (separator: string) =>
  (arn: string): string =>
    arn.slice(arn.indexOf(separator) + separator.length);

const repository: Carrier = {
  guards: {
    attached: "repository",
    setBy: ["aws:ecr/repositoryPolicy:RepositoryPolicy", "repository"],
    named: after("/"),
  },
};

/** Types that carry policies, or have some set on them. */
export const CARRIERS: ReadonlyMap<string, Carrier> = new Map<string, Carrier>([
  ["aws:iam/role:Role", { refused: ["inlinePolicies", "managedPolicyArns"] }],
  ["aws:iam/rolePolicy:RolePolicy", {}],
  ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", {}],
  ["aws:iam/policy:Policy", {}],
  [
    "aws:s3/bucket:Bucket",
    {
      refused: ["policy", "acl", "grants"],
      guards: {
        attached: "bucket",
        setBy: ["aws:s3/bucketPolicy:BucketPolicy", "bucket"],
        named: after(":::"),
      },
    },
  ],
  ["aws:s3/bucketPolicy:BucketPolicy", {}],
  ["aws:kms/key:Key", { guards: { attached: "key", named: after("/") } }],
  ["aws:ecr/repository:Repository", repository],
  ["awsx:ecr:Repository", repository],
  ["aws:ecr/repositoryPolicy:RepositoryPolicy", {}],
  [
    "aws:sns/topic:Topic",
    { guards: { attached: "topic", setBy: ["aws:sns/topicPolicy:TopicPolicy", "arn"], named: (arn) => arn } },
  ],
  ["aws:sns/topicPolicy:TopicPolicy", {}],
  ["aws:cloudwatch/logGroup:LogGroup", { guards: { attached: "logGroup", named: (arn) => arn } }],
]);

/** Types that were looked at and carry none. Any other type stops the model. */
export const PLAIN: ReadonlySet<string> = new Set([
  "pulumi:pulumi:StackReference",
  "pulumi:providers:aws",
  "awsx:ec2:Vpc",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:codebuild/project:Project",
  "aws:codebuild/reportGroup:ReportGroup",
  "aws:codecommit/repository:Repository",
  "aws:codeconnections/connection:Connection",
  "aws:codepipeline/pipeline:Pipeline",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  "aws:ecs/cluster:Cluster",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  "aws:kms/alias:Alias",
  "aws:lb/listener:Listener",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:sns/topicSubscription:TopicSubscription",
  "aws:ssm/parameter:Parameter",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
]);
