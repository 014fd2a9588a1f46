import { createHash } from "node:crypto";
import { type Values, text } from "./record";

/** What AWS is asked to make. */
export interface Request {
  readonly type: string;
  readonly name: string;
  /** Tells this resource from every other one. */
  readonly identity: string;
  readonly inputs: Values;
  /** Of the resource's provider; undefined where it has none. */
  readonly account: string | undefined;
  readonly region: string | undefined;
}

export interface Answer {
  readonly id: string;
  readonly outputs: Values;
}

/** What a row of the table below is given to answer with. */
interface Asked {
  /** An input that must be there. */
  readonly input: (key: string) => string;
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

const partition = (region: string): string =>
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
const ROWS: Readonly<Record<string, Row>> = {
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
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": settingOf("repository"),
  "aws:ecr/repository:Repository": (asked) => {
    const outputs = repository(asked);
    return { id: outputs.name, outputs };
  },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": settingOf("repository"),
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
  "awsx:ecr:Repository": (asked) => {
    const { repositoryUrl, ...rest } = repository(asked);
    return { id: "", outputs: { url: repositoryUrl, repository: { ...rest, repositoryUrl } } };
  },
};

/** What AWS, or the provider, would answer. Throws for a type that has no row: a guess would be worth nothing. */
export function answer(request: Request): Answer {
  const row = ROWS[request.type];
  if (!row) {
    throw new Error(
      `the rehearsal does not know what AWS answers for type ${request.type} (resource ${request.name}): ` +
        "add the type to ROWS in rehearsal/cloud.ts, and to the rules that concern it",
    );
  }
  const { inputs, name } = request;
  const region = request.region ?? "";
  const account = request.account ?? "";
  const digest = createHash("sha256").update(request.identity).digest("hex");
  const hash = (length: number) =>
    length === 36
      ? digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5")
      : digest.slice(0, length);
  const input = (key: string) => text(inputs, key) ?? "";
  const arn = (service: string, where: string, resource: string) =>
    `arn:${partition(region)}:${service}:${where}:${resource}`;
  const { id, outputs } = row({
    input,
    named: (key) => input(key) || `${input(`${key}Prefix`) || `${name}-`}${hash(7)}`,
    arn: (service, resource) => arn(service, `${region}:${account}`, resource),
    globalArn: (service, resource) => arn(service, `:${account}`, resource),
    bucketArn: (bucket) => arn("s3", ":", bucket),
    hash,
    account,
    region,
  });
  return { id, outputs: { ...inputs, ...outputs } };
}
