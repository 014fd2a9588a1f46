import { map, ofType, type Rehearsed, type Resource } from "../record";
import { judgeEach, type Rule } from "../rule";

/** Form of a physical name, and how far it must be unique. */
interface Naming {
  /** Page of AWS's documentation that says so. */
  readonly page: string;
  readonly output: string;
  readonly min?: number;
  readonly max: number;
  readonly pattern: RegExp;
  readonly scope: "world" | "account" | "region" | "role" | "rule";
}

const DOCS = "https://docs.aws.amazon.com/";

const REPOSITORY: Naming = {
  page: "AmazonECR/latest/APIReference/API_CreateRepository.html",
  output: "name",
  min: 2,
  max: 256,
  pattern: /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
  scope: "region",
};
const IAM_NAME = /^[\w+=,.@-]+$/;

const NAMINGS: Readonly<Record<string, Naming>> = {
  "aws:cloudwatch/eventRule:EventRule": {
    page: "eventbridge/latest/APIReference/API_PutRule.html",
    output: "name",
    max: 64,
    pattern: /^[.\-_A-Za-z0-9]+$/,
    scope: "region",
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    page: "eventbridge/latest/APIReference/API_Target.html",
    output: "targetId",
    max: 64,
    pattern: /^[.\-_A-Za-z0-9]+$/,
    scope: "rule",
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    page: "AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    output: "name",
    max: 512,
    pattern: /^[.\-_/#A-Za-z0-9]+$/,
    scope: "region",
  },
  "aws:codebuild/project:Project": {
    page: "codebuild/latest/APIReference/API_CreateProject.html",
    output: "name",
    min: 2,
    max: 150,
    pattern: /^[A-Za-z0-9][A-Za-z0-9\-_]+$/,
    scope: "region",
  },
  "aws:codebuild/reportGroup:ReportGroup": {
    page: "codebuild/latest/APIReference/API_CreateReportGroup.html",
    output: "name",
    min: 2,
    max: 128,
    pattern: /^[^:/]+$/,
    scope: "region",
  },
  "aws:codecommit/repository:Repository": {
    page: "codecommit/latest/APIReference/API_CreateRepository.html",
    output: "repositoryName",
    max: 100,
    pattern: /^(?!.*\.git$)[\w.-]+$/,
    scope: "region",
  },
  "aws:codeconnections/connection:Connection": {
    page: "codeconnections/latest/APIReference/API_CreateConnection.html",
    output: "name",
    max: 32,
    pattern: /^.+$/,
    scope: "account",
  },
  "aws:codepipeline/pipeline:Pipeline": {
    page: "codepipeline/latest/APIReference/API_PipelineDeclaration.html",
    output: "name",
    max: 100,
    pattern: /^[A-Za-z0-9.@\-_]+$/,
    scope: "region",
  },
  "aws:ecr/repository:Repository": REPOSITORY,
  "aws:ecs/cluster:Cluster": {
    page: "AmazonECS/latest/APIReference/API_CreateCluster.html",
    output: "name",
    max: 255,
    pattern: /^[\w-]+$/,
    scope: "region",
  },
  "awsx:ecr:Repository": REPOSITORY,
  // Its URL tells it from others, so that an account has one for each issuer.
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    page: "IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html",
    output: "url",
    max: 255,
    pattern: /^https:\/\/[^?#]+$/,
    scope: "account",
  },
  "aws:iam/policy:Policy": {
    page: "IAM/latest/APIReference/API_CreatePolicy.html",
    output: "name",
    max: 128,
    pattern: IAM_NAME,
    scope: "account",
  },
  "aws:iam/role:Role": {
    page: "IAM/latest/APIReference/API_CreateRole.html",
    output: "name",
    max: 64,
    pattern: IAM_NAME,
    scope: "account",
  },
  "aws:iam/rolePolicy:RolePolicy": {
    page: "IAM/latest/APIReference/API_PutRolePolicy.html",
    output: "name",
    max: 128,
    pattern: IAM_NAME,
    scope: "role",
  },
  "aws:kms/alias:Alias": {
    page: "kms/latest/APIReference/API_CreateAlias.html",
    output: "name",
    max: 256,
    pattern: /^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/,
    scope: "region",
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    page: "elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
    output: "name",
    max: 32,
    pattern: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    scope: "region",
  },
  "aws:s3/bucket:Bucket": {
    page: "AmazonS3/latest/userguide/bucketnamingrules.html",
    output: "bucket",
    min: 3,
    max: 63,
    pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    scope: "world",
  },
  "aws:sns/topic:Topic": {
    page: "sns/latest/api/API_CreateTopic.html",
    output: "name",
    max: 256,
    pattern: /^[A-Za-z0-9_-]+(\.fifo)?$/,
    scope: "region",
  },
  // With what AWS puts before it, 1011 characters.
  "aws:ssm/parameter:Parameter": {
    page: "systems-manager/latest/APIReference/API_PutParameter.html",
    output: "name",
    max: 900,
    pattern: /^(?!\/?(aws|ssm))(\/[\w.-]+){1,15}$/i,
    scope: "region",
  },
};

interface Named {
  readonly resource: Resource;
  readonly naming: Naming;
  readonly name: string;
}

const named = (record: Rehearsed): Named[] =>
  ofType(record, ...Object.keys(NAMINGS)).flatMap((resource) => {
    const naming = NAMINGS[resource.type];
    const { outputs } = resource;
    const value = outputs[naming?.output ?? ""] ?? map(outputs["repository"])[naming?.output ?? ""];
    return naming ? [{ resource, naming, name: String(value) }] : [];
  });

/** Names as AWS will get them, those included that Pulumi makes. */
export const nameForms: Rule = {
  id: "name",
  title: "every physical name has a length and characters that its service takes",
  source: "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
  judge: (record) =>
    judgeEach(named(record), ({ naming: { page, min = 1, max, pattern }, name }) => [
      ...(name.length >= min && name.length <= max
        ? []
        : [`its name ${name} has ${name.length} characters; ${min} to ${max} are allowed (${DOCS}${page})`]),
      ...(pattern.test(name) ? [] : [`its name ${name} does not match ${pattern.source} (${DOCS}${page})`]),
    ]),
};

/** Where two things of one type may not have one name. */
function place({ resource: { type, account, region, inputs }, naming, name }: Named): string {
  const kind = naming === REPOSITORY ? "repository" : type;
  const within = {
    world: [],
    account: [account],
    region: [account, region],
    role: [account, inputs["role"]],
    rule: [account, region, inputs["rule"]],
  };
  return [kind, ...within[naming.scope], name].join(" ");
}

/** The second of two is refused, if they are in two stacks only when that stack comes up. */
export const uniqueNames: Rule = {
  id: "unique-name",
  title: "no two resources of a type have one physical name in one account and Region",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  judge: (record) => {
    const items = named(record);
    const first = new Map<string, Named>();
    for (const item of items) if (!first.has(place(item))) first.set(place(item), item);
    return judgeEach(items, (item) => {
      const taken = first.get(place(item));
      return taken === undefined || taken === item
        ? []
        : [`its name ${item.name} is taken by ${taken.resource.name} of stack ${taken.resource.stack}`];
    });
  },
};
