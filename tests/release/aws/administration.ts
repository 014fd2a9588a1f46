/** Calls past every policy: to make what the stacks register, and to judge what is there in the end. */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Objects } from "../model";
import type { Emulator } from "./emulator";
import type { Bucket } from "./estate";
import type { Making, Request } from "./resources";

export interface Administration extends Making {
  readonly objects: Objects;
  readonly cloudFormation: (account: string) => CloudFormationClient;
}

/** What names an operation in the JSON protocol, before its name. */
const TARGETS: Readonly<Record<string, string>> = {
  dynamodb: "DynamoDB_20120810",
  ecr: "AmazonEC2ContainerRegistry_V20150921",
  ecs: "AmazonEC2ContainerServiceV20141113",
  logs: "Logs_20140328",
  secretsmanager: "secretsmanager",
  ssm: "AmazonSSM",
};
/** Services of the query protocol, of whose answers only the status is read. */
const VERSIONS: Readonly<Record<string, string>> = {
  elasticloadbalancing: "2015-12-01",
  iam: "2010-05-08",
  sns: "2010-03-31",
};

export function administration(
  emulator: Emulator,
  regionOf: (account: string) => string,
  buckets: ReadonlyMap<string, Bucket>,
): Administration {
  const client = (account: string) => ({
    endpoint: `http://127.0.0.1:${emulator.port}`,
    region: regionOf(account),
    credentials: { accessKeyId: account, secretAccessKey: "administrator" },
  });
  const request: Request = async (account, service, operation, input, region = regionOf(account)) => {
    const [target, version] = [TARGETS[service], VERSIONS[service]];
    if (target === undefined && version === undefined)
      throw new Error(`${service} is no service that is asked as an administrator`);
    const form = new URLSearchParams({ Action: operation, Version: version ?? "" });
    for (const [key, value] of Object.entries(input)) form.set(key, String(value));
    const { status, body } = await emulator.send(account, region, service, {
      ...{ method: "POST", path: "/" },
      headers:
        target === undefined
          ? { "content-type": "application/x-www-form-urlencoded" }
          : { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${target}.${operation}` },
      body: Buffer.from(target === undefined ? form.toString() : JSON.stringify(input)),
    });
    const text = body.toString("utf8");
    if (status !== 200)
      throw new Error(
        `${service}:${operation} ${JSON.stringify(input)} was answered with ${status}: ${text}`,
      );
    return target === undefined ? undefined : (JSON.parse(text || "{}") as unknown);
  };
  const s3: Making["s3"] = async (account, method, path, body) => {
    const [, bucket = ""] = /^\/([^/?]+)/.exec(path) ?? [];
    const region = buckets.get(bucket)?.region ?? regionOf(account);
    const answer = await emulator.send(account, region, "s3", {
      method,
      path,
      headers: {},
      body: Buffer.from(body),
    });
    if (answer.status >= 300)
      throw new Error(
        `${method} ${path} was answered with ${answer.status}: ${answer.body.toString("utf8")}`,
      );
  };
  const objectsClient = (bucket: string): S3Client => {
    const owner = buckets.get(bucket);
    if (!owner)
      throw new Error(`no stack registers bucket ${bucket}: there are ${[...buckets.keys()].join(", ")}`);
    return new S3Client({ ...client(owner.account), region: owner.region, forcePathStyle: true });
  };
  const objects: Objects = {
    get: async (Bucket, Key) => {
      try {
        const { Body } = await objectsClient(Bucket).send(new GetObjectCommand({ Bucket, Key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    put: async (Bucket, Key, Body) => {
      await objectsClient(Bucket).send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    list: async (Bucket, Prefix = "") => {
      const found: string[] = [];
      for (let token: string | undefined, more = true; more; more = token !== undefined) {
        const page = await objectsClient(Bucket).send(
          new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token }),
        );
        found.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        token = page.NextContinuationToken;
      }
      return found;
    },
  };
  return { request, s3, objects, cloudFormation: (account) => new CloudFormationClient(client(account)) };
}
