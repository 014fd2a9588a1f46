/** The id that `pulumi import` takes for a resource, from what it was to be created with. Formats: the SDK's own docs of each type. */
import { partition } from "../../components/names";

/** Where the resource is to be found. */
export interface Whereabouts {
  readonly account: string;
  readonly region: string;
}

type Inputs = Readonly<Record<string, unknown>>;
/** Undefined where an input is missing. */
type Id = (input: (key: string) => string, at: Whereabouts) => string;

const arn = ({ account, region }: Whereabouts, service: string, resource: string) =>
  `arn:${partition(region)}:${service}:${service === "iam" ? "" : region}:${account}:${resource}`;

const name: Id = (input) => input("name");
const bucket: Id = (input) => input("bucket");
const repository: Id = (input) => input("repository");

/** Every type that the project's programs make, but for those in LOOKUPS and a platform's network. */
const IDS: Readonly<Record<string, Id>> = {
  "aws:cloudwatch/eventRule:EventRule": name, // on the default bus
  "aws:cloudwatch/logGroup:LogGroup": name,
  "aws:codebuild/project:Project": name,
  "aws:codebuild/reportGroup:ReportGroup": (input, at) =>
    arn(at, "codebuild", `report-group/${input("name")}`),
  "aws:codecommit/repository:Repository": (input) => input("repositoryName"),
  "aws:codepipeline/pipeline:Pipeline": name,
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": repository,
  "aws:ecr/repository:Repository": name,
  "aws:ecr/repositoryPolicy:RepositoryPolicy": repository,
  "aws:ecs/cluster:Cluster": name,
  "aws:iam/policy:Policy": (input, at) => arn(at, "iam", `policy${input("path")}${input("name")}`),
  "aws:iam/role:Role": name,
  "aws:iam/rolePolicy:RolePolicy": (input) => `${input("role")}:${input("name")}`,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (input) => `${input("role")}/${input("policyArn")}`,
  "aws:kms/alias:Alias": name,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucket,
  "aws:s3/bucketLogging:BucketLogging": bucket,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucket,
  "aws:s3/bucketPolicy:BucketPolicy": bucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucket,
  "aws:s3/bucketVersioning:BucketVersioning": bucket,
  "aws:sns/topic:Topic": (input, at) => arn(at, "sns", input("name")),
  "aws:sns/topicPolicy:TopicPolicy": (input) => input("arn"),
  "aws:ssm/parameter:Parameter": name,
};

/** Ids that AWS gives: the command that shows them. */
const LOOKUPS: Readonly<Record<string, (inputs: Inputs, at: Whereabouts) => string>> = {
  "aws:cloudwatch/eventTarget:EventTarget": (inputs, { region }) =>
    `<rule>/<target>: aws events list-targets-by-rule --rule ${String(inputs["rule"])} --region ${region}`,
  "aws:codeconnections/connection:Connection": (_, { region }) =>
    `<ARN>: aws codeconnections list-connections --region ${region}`,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": () =>
    "<ARN>: aws iam list-open-id-connect-providers",
  "aws:kms/key:Key": (_, { region }) =>
    `<key id>: aws resourcegroupstaggingapi get-resources --resource-type-filters kms:key --region ${region}`,
  "aws:sns/topicSubscription:TopicSubscription": (inputs, { region }) =>
    `<ARN>: aws sns list-subscriptions-by-topic --topic-arn ${String(inputs["topic"])} --region ${region}`,
};

/** Its id, or else how to look it up. */
export function importId(
  type: string,
  inputs: Inputs,
  at: Whereabouts,
):
  | { readonly id: string; readonly lookUp?: undefined }
  | { readonly id?: undefined; readonly lookUp: string } {
  const missing: string[] = [];
  const input = (key: string): string => {
    const value = inputs[key] ?? (key === "path" ? "/" : undefined);
    if (typeof value === "string") return value;
    missing.push(key);
    return "";
  };
  const id = IDS[type]?.(input, at);
  if (id !== undefined && missing.length === 0) return { id };
  const lookUp =
    LOOKUPS[type]?.(inputs, at) ??
    `<id>: the Import section of ${type}, https://www.pulumi.com/registry/packages/aws/`;
  return { lookUp };
}

/** Whether there is a way to its id. */
export const isKnownType = (type: string): boolean => type in IDS || type in LOOKUPS;
