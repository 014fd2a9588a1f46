/** What S3, KMS and ECR refuse. */
import { conditionValues, covers, principals } from "../../../rehearsal/record/policyDocuments";
import type { Cloud, Thing } from "./cloud";
import type { Values } from "./declared";
import { serviceRole } from "./iam";
import { judgePolicy } from "./policies";
import { Refusal } from "./refusals";
import { texts, list, map, text } from "../../../packages/iam/src/json";

const BUCKET = "aws:s3/bucket:Bucket";

/** The bucket that a setting is for; it has to be one of the account. */
export function bucketOf(cloud: Cloud, { account }: Thing, name: unknown): Thing {
  const bucket = cloud.all(BUCKET).find(({ id }) => id === name);
  if (!bucket) throw new Refusal("bucket-missing", `The specified bucket does not exist: ${String(name)}`);
  if (bucket.account !== account)
    throw new Refusal("bucket-elsewhere", `${bucket.id} is not in account ${account}`);
  return bucket;
}

export function judgeBucketSetting(cloud: Cloud, thing: Thing): void {
  bucketOf(cloud, thing, thing.inputs["bucket"]);
}

export function judgeBucketPolicy(cloud: Cloud, thing: Thing): void {
  const bucket = bucketOf(cloud, thing, thing.inputs["bucket"]);
  const own = String(bucket.outputs["arn"]);
  const resources = judgePolicy(cloud, "bucket", thing.inputs["policy"]).flatMap((statement) =>
    texts(statement["Resource"] ?? statement["NotResource"]),
  );
  const other = resources.find((each) => each !== own && !each.startsWith(`${own}/`));
  if (other !== undefined) throw new Refusal("bucket-resource", `Policy has invalid resource ${other}`);
}

/** S3 tries to write: the target's policy must let it. */
export function judgeBucketLogging(cloud: Cloud, thing: Thing): void {
  const bucket = bucketOf(cloud, thing, thing.inputs["bucket"]);
  const target = bucketOf(cloud, thing, thing.inputs["targetBucket"]);
  const prefix = `${String(target.outputs["arn"])}/${text(thing.inputs, "targetPrefix") ?? ""}`;
  const lets = cloud
    .all("aws:s3/bucketPolicy:BucketPolicy", thing.account)
    .filter(({ inputs }) => inputs["bucket"] === target.id)
    .flatMap(({ inputs }) => list((JSON.parse(String(inputs["policy"])) as Values)["Statement"]).map(map))
    .some((statement) => {
      const sources = conditionValues(statement, "aws:SourceArn");
      return (
        statement["Effect"] === "Allow" &&
        principals(statement, "Service").includes("logging.s3.amazonaws.com") &&
        texts(statement["Action"]).includes("s3:PutObject") &&
        texts(statement["Resource"]).some((each) => covers(each, `${prefix}log`)) &&
        (sources.length === 0 || sources.some((each) => covers(each, String(bucket.outputs["arn"]))))
      );
    });
  if (!lets) {
    throw new Refusal(
      "log-delivery",
      `The owner for the bucket to be logged and the target bucket must be the same, and ${target.id} must let logging.s3.amazonaws.com write to ${prefix}`,
    );
  }
}

/** Both keep versions, and S3 can take the role. */
export function judgeReplication(cloud: Cloud, thing: Thing): void {
  const source = bucketOf(cloud, thing, thing.inputs["bucket"]);
  const replicas = list(thing.inputs["rules"]).map((rule) => map(map(rule)["destination"])["bucket"]);
  const versioned = cloud
    .all("aws:s3/bucketVersioning:BucketVersioning")
    .map(({ inputs }) => inputs["bucket"]);
  for (const each of [source.id, ...replicas.map((arn) => String(arn).split(":::")[1])])
    if (!versioned.includes(each))
      throw new Refusal("replication-versions", `Versioning must be 'Enabled' on the bucket: ${each}`);
  serviceRole(cloud, thing, thing.inputs["role"], "s3.amazonaws.com", "replication-role");
}

export function judgeBucketDeletion(_: Cloud, { id, inputs, contents = [] }: Thing): void {
  if (contents.length > 0 && inputs["forceDestroy"] !== true) {
    throw new Refusal("bucket-not-empty", `The bucket you tried to delete is not empty: ${id}`);
  }
}

/** A key whose account can no longer change its policy is lost for good. */
export function judgeKey(cloud: Cloud, { account, inputs }: Thing): void {
  if (inputs["policy"] === undefined) return;
  const keeps = judgePolicy(cloud, "key", inputs["policy"]).some(
    (statement) =>
      statement["Effect"] === "Allow" &&
      statement["Condition"] === undefined &&
      principals(statement, "AWS").some((each) => each === account || each.endsWith(`:${account}:root`)) &&
      texts(statement["Action"]).some((each) => covers(each, "kms:PutKeyPolicy")),
  );
  if (!keeps && inputs["bypassPolicyLockoutSafetyCheck"] !== true) {
    throw new Refusal(
      "key-lockout",
      "The new key policy will not allow you to update the key policy in the future.",
    );
  }
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html */
export const keyRemains = (_: Cloud, thing: Thing): Thing => ({
  ...thing,
  pendingDeletionInDays: Number(thing.inputs["deletionWindowInDays"] ?? 30),
});

export function judgeAlias(cloud: Cloud, { account, region, inputs }: Thing): void {
  const id = String(inputs["targetKeyId"]).replace(/^arn:.*:key\//, "");
  const key = cloud.get({ account, region, type: "aws:kms/key:Key", id });
  if (!key || key.pendingDeletionInDays !== undefined) {
    throw new Refusal("key-missing", `Key ${id} does not exist, or waits for its deletion`);
  }
}

function refuseMissingImages(cloud: Cloud, { account, region, inputs }: Thing): void {
  const id = String(inputs["repository"]);
  if (!cloud.get({ account, region, type: "aws:ecr/repository:Repository", id })) {
    throw new Refusal(
      "images-missing",
      `The repository with name '${id}' does not exist in the registry with id '${account}'`,
    );
  }
}

export function judgeRepositoryPolicy(cloud: Cloud, thing: Thing): void {
  refuseMissingImages(cloud, thing);
  judgePolicy(cloud, "repository", thing.inputs["policy"]);
}

/** Priorities are unique, and a rule about every image comes last. */
export function judgeLifecyclePolicy(cloud: Cloud, thing: Thing): void {
  refuseMissingImages(cloud, thing);
  const rules = list((JSON.parse(String(thing.inputs["policy"])) as Values)["rules"]).map(map);
  const ordered = [...rules].sort((a, b) => Number(a["rulePriority"]) - Number(b["rulePriority"]));
  const any = ordered.findIndex(({ selection }) => map(selection)["tagStatus"] === "any");
  const unique = new Set(rules.map(({ rulePriority }) => rulePriority)).size === rules.length;
  if (rules.length === 0 || !unique || (any >= 0 && any < ordered.length - 1)) {
    throw new Refusal(
      "lifecycle-form",
      "Lifecycle policy validation failure: priorities are unique, and a rule for any image is the last",
    );
  }
}

export function judgeRepositoryDeletion(_: Cloud, { id, inputs, contents = [] }: Thing): void {
  if (contents.length > 0 && inputs["forceDelete"] !== true) {
    throw new Refusal(
      "images-left",
      `The repository with name '${id}' cannot be deleted because it still contains images`,
    );
  }
}
