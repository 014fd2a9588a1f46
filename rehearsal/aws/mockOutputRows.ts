import type { Answer } from "./mockOutputs";

/** What a row of the table is given to answer with. */
export interface Asked {
  /** An input that must be there. */
  readonly input: (key: string) => string;
  /** An input that is a number. */
  readonly count: (key: string, otherwise: number) => number;
  /** The physical name: as written, or as Pulumi makes it. */
  readonly named: (key: string) => string;
  readonly arn: (service: string, resource: string) => string;
  readonly globalArn: (service: string, resource: string) => string;
  readonly bucketArn: (bucket: string) => string;
  /** Text that looks random and is the same in every rehearsal. */
  readonly hash: (length: number) => string;
  readonly account: string;
  readonly region: string;
}

type Row = (asked: Asked) => Answer;

/** The partition of a Region. */
export const partition = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

/** Something that is known by the property that it is set on, and answers nothing of its own. */
const settingOf =
  (key: string): Row =>
  ({ input }) => ({ id: input(key), outputs: {} });

const named =
  (key: string, service: string, resource: (name: string) => string, idIsArn = false): Row =>
  (asked) => {
    const name = asked.named(key);
    const arn = asked.arn(service, resource(name));
    return { id: idIsArn ? arn : name, outputs: { [key]: name, arn } };
  };

const role: Row = ({ named, input, globalArn, hash }) => {
  const name = named("name");
  const arn = globalArn("iam", `role${input("path") || "/"}${name}`);
  return { id: name, outputs: { name, arn, uniqueId: `AROA${hash(17).toUpperCase()}` } };
};

const policy: Row = ({ named, input, globalArn, hash }) => {
  const name = named("name");
  const arn = globalArn("iam", `policy${input("path") || "/"}${name}`);
  return { id: arn, outputs: { name, arn, policyId: `ANPA${hash(17).toUpperCase()}` } };
};

const repository = (asked: Asked) => {
  const name = asked.named("name").toLowerCase();
  const host = `${asked.account}.dkr.ecr.${asked.region}.amazonaws.com`;
  const arn = asked.arn("ecr", `repository/${name}`);
  return { name, arn, registryId: asked.account, repositoryUrl: `${host}/${name}` };
};

/** What of a load balancer's ARN is in those of its listeners: `app/<name>/<id>`. */
const afterKind = (arn: string): string => arn.replace(/^.*?:loadbalancer\//, "");

const loadBalancer: Row = ({ named, arn, hash, region }) => {
  const name = named("name");
  const made = arn("elasticloadbalancing", `loadbalancer/app/${name}/${hash(16)}`);
  const dnsName = `${name}-${hash(10)}.${region}.elb.amazonaws.com`;
  return { id: made, outputs: { name, arn: made, dnsName, zoneId: `Z${hash(13).toUpperCase()}` } };
};

/** The network that awsx makes of its own: ids for as many subnets as there are zones. */
const vpc: Row = ({ count, hash }) => {
  const zones = Array.from({ length: count("numberOfAvailabilityZones", 3) }, (_, zone) => zone);
  const subnets = (kind: string): string[] => zones.map((zone) => `subnet-${hash(15)}${kind}${zone}`);
  const [publicSubnetIds, privateSubnetIds] = [subnets("a"), subnets("b")];
  return { id: "", outputs: { vpcId: `vpc-${hash(17)}`, publicSubnetIds, privateSubnetIds } };
};

/** Something that EC2 gives an id. */
const identified =
  (prefix: string, resource?: string): Row =>
  ({ arn, hash }) => {
    const id = `${prefix}-${hash(17)}`;
    return { id, outputs: { id, ...(resource !== undefined && { arn: arn("ec2", `${resource}/${id}`) }) } };
  };

const codeCommit: Row = (asked) => {
  const name = asked.input("repositoryName");
  const url = `git-codecommit.${asked.region}.amazonaws.com/v1/repos/${name}`;
  const arn = asked.arn("codecommit", name);
  return {
    id: name,
    outputs: {
      arn,
      cloneUrlHttp: `https://${url}`,
      cloneUrlSsh: `ssh://${url}`,
      repositoryId: asked.hash(36),
    },
  };
};

/** A type of resource that a program uses has a row here; AWS would know many more. */
export const ROWS: Readonly<Record<string, Row>> = {
  "pulumi:providers:aws": ({ hash }) => ({ id: hash(36), outputs: {} }),
  "aws:cloudwatch/eventRule:EventRule": named("name", "events", (name) => `rule/${name}`),
  "aws:cloudwatch/eventTarget:EventTarget": ({ input, named }) => {
    const targetId = named("targetId");
    return { id: `${input("rule")}-${targetId}`, outputs: { targetId } };
  },
  "aws:cloudwatch/logGroup:LogGroup": named("name", "logs", (name) => `log-group:${name}`),
  "aws:codebuild/project:Project": named("name", "codebuild", (name) => `project/${name}`, true),
  "aws:codebuild/reportGroup:ReportGroup": named("name", "codebuild", (name) => `report-group/${name}`, true),
  "aws:codecommit/repository:Repository": codeCommit,
  "aws:codeconnections/connection:Connection": ({ named, arn, hash }) => {
    const made = arn("codeconnections", `connection/${hash(36)}`);
    return { id: made, outputs: { name: named("name"), arn: made, connectionStatus: "PENDING" } };
  },
  "aws:codepipeline/pipeline:Pipeline": named("name", "codepipeline", (name) => name),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": identified("sg", "security-group"),
  "aws:ec2/eip:Eip": ({ hash }) => {
    const id = `eipalloc-${hash(17)}`;
    return { id, outputs: { allocationId: id } };
  },
  "aws:ec2/internetGateway:InternetGateway": identified("igw", "internet-gateway"),
  "aws:ec2/natGateway:NatGateway": identified("nat"),
  "aws:ec2/route:Route": identified("r"),
  "aws:ec2/routeTable:RouteTable": identified("rtb", "route-table"),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": identified("rtbassoc"),
  "aws:ec2/securityGroup:SecurityGroup": (asked) => {
    const { id, outputs } = identified("sg", "security-group")(asked);
    return { id, outputs: { ...outputs, name: asked.named("name") } };
  },
  "aws:ec2/subnet:Subnet": identified("subnet", "subnet"),
  "aws:ec2/vpc:Vpc": identified("vpc", "vpc"),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": settingOf("repository"),
  "aws:ecr/repository:Repository": (asked) => {
    const outputs = repository(asked);
    return { id: outputs.name, outputs };
  },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": settingOf("repository"),
  "aws:ecs/cluster:Cluster": named("name", "ecs", (name) => `cluster/${name}`, true),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ({ input, globalArn }) => {
    const arn = globalArn("iam", `oidc-provider/${input("url").replace(/^https:\/\//, "")}`);
    return { id: arn, outputs: { arn } };
  },
  "aws:iam/policy:Policy": policy,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": ({ input, named }) => {
    const name = named("name");
    return { id: `${input("role")}:${name}`, outputs: { name } };
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({ input }) => ({
    id: `${input("role")}/${input("policyArn")}`,
    outputs: {},
  }),
  "aws:kms/alias:Alias": (asked) => {
    const name = asked.named("name").replace(/^(?!alias\/)/, "alias/");
    const key = asked.input("targetKeyId");
    const targetKeyArn = key.startsWith("arn:") ? key : asked.arn("kms", `key/${key}`);
    return { id: name, outputs: { name, arn: asked.arn("kms", name), targetKeyArn } };
  },
  "aws:kms/key:Key": ({ arn, hash }) => {
    const keyId = hash(36);
    return { id: keyId, outputs: { keyId, arn: arn("kms", `key/${keyId}`) } };
  },
  "aws:lb/listener:Listener": ({ input, arn, hash }) => {
    const made = arn("elasticloadbalancing", `listener/${afterKind(input("loadBalancerArn"))}/${hash(16)}`);
    return { id: made, outputs: { arn: made } };
  },
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:s3/bucket:Bucket": (asked) => {
    const bucket = asked.named("bucket").toLowerCase();
    return { id: bucket, outputs: { bucket, arn: asked.bucketArn(bucket), region: asked.region } };
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": settingOf("bucket"),
  "aws:s3/bucketLogging:BucketLogging": settingOf("bucket"),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": settingOf("bucket"),
  "aws:s3/bucketPolicy:BucketPolicy": settingOf("bucket"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": settingOf("bucket"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    settingOf("bucket"),
  "aws:s3/bucketVersioning:BucketVersioning": settingOf("bucket"),
  "aws:sns/topic:Topic": named("name", "sns", (name) => name, true),
  "aws:sns/topicPolicy:TopicPolicy": settingOf("arn"),
  "aws:sns/topicSubscription:TopicSubscription": ({ input, hash }) => {
    const arn = `${input("topic")}:${hash(36)}`;
    return { id: arn, outputs: { arn, pendingConfirmation: true } };
  },
  // A value that may be shown is given as the second of these, and is there as the first all the same.
  "aws:ssm/parameter:Parameter": ({ input, arn }) => {
    const [name, value] = [input("name"), input("value") || input("insecureValue")];
    return { id: name, outputs: { value, arn: arn("ssm", `parameter${name}`) } };
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": identified("sgr", "security-group-rule"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": identified("sgr", "security-group-rule"),
  "awsx:ec2:Vpc": vpc,
  "awsx:ecr:Repository": (asked) => {
    const { repositoryUrl, ...rest } = repository(asked);
    return { id: "", outputs: { url: repositoryUrl, repository: { ...rest, repositoryUrl } } };
  },
};
