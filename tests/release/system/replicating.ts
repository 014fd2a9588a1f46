/**
 * What S3 and ECR do by themselves where settings have a replica, by the registered configurations: S3 as the role that it is given.
 * It is done when a scenario says so, and without marks of what was removed.
 */
import assert from "node:assert/strict";
import { list, map, text } from "../../../packages/iam/src/json";
import { ofType, type Rehearsed, type Resource } from "../../../rehearsal/record/record";
import type { Aws } from "../model";
import { bucketOf, type System } from "./system";

const only = <T>(all: readonly T[]): T => {
  const [found] = all;
  assert.ok(found !== undefined && all.length === 1, `${all.length} are there`);
  return found;
};

interface Place {
  readonly aws: Aws;
  readonly name: string;
}

async function copyObjects(from: Place, to: Place, prefix: string): Promise<void> {
  for (const key of await from.aws.objects.list(from.name, prefix))
    await to.aws.objects.put(to.name, key, (await from.aws.objects.get(from.name, key)) ?? "");
}

interface Images extends Place {
  /** Of the registry. */
  readonly host: string;
}

/** All images with a tag, byte for byte: https://distribution.github.io/distribution/spec/api/ */
async function copyImages(from: Images, to: Images): Promise<void> {
  const ask = async ({ aws, host, name }: Images, method: string, path: string, body?: Buffer) => {
    const answer = await aws.registry(host, method, `/v2/${name}/${path}`, body ?? Buffer.alloc(0));
    assert.ok(answer.status < 300, `${method} ${host}/v2/${name}/${path} was answered with ${answer.status}`);
    return answer.body;
  };
  const tags = map(JSON.parse((await ask(from, "GET", "tags/list")).toString("utf8")))["tags"];
  for (const tag of list(tags ?? []).map(String)) {
    const manifest = await ask(from, "GET", `manifests/${tag}`);
    const { config, layers } = map(JSON.parse(manifest.toString("utf8")));
    for (const blob of [config, ...list(layers)]) {
      const digest = text(map(blob), "digest") ?? "";
      await ask(to, "POST", `blobs/uploads/?digest=${digest}`, await ask(from, "GET", `blobs/${digest}`));
    }
    await ask(to, "PUT", `manifests/${tag}`, manifest);
  }
}

/** Repositories in a Region, by their names. */
const repositoriesIn = (record: Rehearsed, wanted: string): string[] =>
  ofType(record, "awsx:ecr:Repository")
    .filter(({ region }) => region === wanted)
    .map(({ outputs }) => String(map(outputs["repository"])["name"]));

const imagesIn = ({ aws }: System, { account = "" }: Resource, region: string, name: string): Images => ({
  ...{ aws, name, host: `${account}.dkr.ecr.${region}.amazonaws.com` },
});

/** S3 and ECR have copied what was written until now. */
export async function replicate(system: System): Promise<void> {
  const { aws, record } = system;
  const bucket = only(ofType(record, "aws:s3/bucketReplicationConfig:BucketReplicationConfig"));
  const { bucket: home, role, rules } = bucket.inputs;
  const { filter, destination } = map(only(list(rules)));
  const [prefix, replica] = [String(map(filter)["prefix"]), String(map(destination)["bucket"])];
  const s3 = aws.session({
    roleArn: String(role),
    name: "s3-replication",
    by: { service: "s3.amazonaws.com" },
  });
  for (const key of await aws.objects.list(String(home), prefix)) {
    aws.ask(s3, {
      action: "s3:GetObjectVersionForReplication",
      resource: `arn:aws:s3:::${String(home)}/${key}`,
    });
    aws.ask(s3, { action: "s3:ReplicateObject", resource: `${replica}/${key}` });
  }
  await copyObjects({ aws, name: String(home) }, { aws, name: replica.replace(/^.*:::/, "") }, prefix);

  const images = only(ofType(record, "aws:ecr/replicationConfiguration:ReplicationConfiguration"));
  const rule = map(only(list(map(images.inputs["replicationConfiguration"])["rules"])));
  const region = String(map(only(list(rule["destinations"])))["region"]);
  for (const { filter: wanted } of list(rule["repositoryFilters"]).map(map))
    for (const name of repositoriesIn(record, images.region ?? "").filter((each) =>
      each.startsWith(String(wanted)),
    ))
      await copyImages(
        imagesIn(system, images, images.region ?? "", name),
        imagesIn(system, images, region, name),
      );
}

/** What waits in a Region is there for the tooling that has taken over: by other names, since nothing of it is made anew on AWS. */
export async function adopt(lost: System, next: System): Promise<void> {
  const bucket = only(ofType(lost.record, "aws:s3/bucketReplicationConfig:BucketReplicationConfig"));
  const { destination } = map(only(list(bucket.inputs["rules"])));
  const replica = String(map(destination)["bucket"]).replace(/^.*:::/, "");
  await copyObjects({ aws: lost.aws, name: replica }, { aws: next.aws, name: bucketOf(next) }, "");
  const region = next.aws.accounts[0]?.region ?? "";
  const [there, own] = [repositoriesIn(lost.record, region), repositoriesIn(next.record, region)];
  assert.ok(there.length > 0);
  assert.deepEqual(own, there, "the repositories are named alike");
  for (const name of there)
    await copyImages(imagesIn(lost, bucket, region, name), imagesIn(next, bucket, region, name));
}
