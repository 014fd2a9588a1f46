import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { list, map } from "../../../../../packages/iam/src/json";
import { arn, closeAll, standInsOf, wiring, without } from "./standIns";

const TEMPLATE = `
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: uploads
      VersioningConfiguration: { Status: Enabled }
      NotificationConfiguration:
        LambdaConfigurations:
          - Event: "s3:ObjectCreated:*"
            Function: ${arn("lambda", "function:Work:live")}
            Filter: { S3Key: { Rules: [{ Name: prefix, Value: in/ }, { Name: suffix, Value: .csv }] } }
          - { Event: "s3:ObjectRestore:*", Function: "${arn("lambda", "function:Tell")}" }
        QueueConfigurations: [{ Event: "s3:ObjectRemoved:Delete", Queue: !GetAtt Gone.Arn }]
        TopicConfigurations: [{ Event: "s3:ObjectCreated:Copy", Topic: !Ref Copied }]
  Gone: { Type: AWS::SQS::Queue, Properties: { QueueName: gone } }
  Copied: { Type: AWS::SNS::Topic, Properties: { TopicName: copied } }
  Tells: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref Copied, Protocol: lambda, Endpoint: "${arn("lambda", "function:Tell")}" } }
  Bridged: { Type: AWS::S3::Bucket, Properties: { BucketName: bridged, NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } } }
  Silent: { Type: AWS::S3::Bucket, Properties: { BucketName: silent, NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: false } } } }
  Put:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: { source: [aws.s3], detail: { object: { key: [{ prefix: a }] } } }
      Targets: [{ Id: a, Arn: "${arn("lambda", "function:Tell")}" }]
`;

/** AWS's own client, of the stand-in. */
async function s3() {
  const standIns = await standInsOf(TEMPLATE);
  const credentials = { accessKeyId: "a", secretAccessKey: "a" };
  const client = new S3Client({
    region: "eu-west-1",
    endpoint: standIns.services.objects.url,
    credentials,
    maxAttempts: 1,
  });
  clients.push(client);
  const put = (Bucket: string, Key: string, Body: string) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body }));
  return { ...standIns, client, put };
}
const clients: S3Client[] = [];
const at = { Bucket: "uploads", Key: "ä b/c&.txt" };

describe("the stand-in for buckets", () => {
  afterEach(async () => {
    clients.splice(0).forEach((each) => each.destroy());
    await closeAll();
  });

  it("gives AWS's own client what it was given, whole or in part, with what it says of it", async () => {
    const { client } = await s3();
    const said = { ContentType: "text/plain", Metadata: { by: "me" }, CacheControl: "no-store" };
    const { ETag } = await client.send(new PutObjectCommand({ ...at, ...said, Body: "hello" }));
    assert.equal(ETag, '"5d41402abc4b2a76b9719d911017c592"');
    const { Body, LastModified, ...found } = await client.send(new GetObjectCommand(at));
    assert.equal(await Body?.transformToString(), "hello");
    assert.ok(LastModified instanceof Date);
    assert.deepEqual(without({ ...found }, "$metadata"), {
      ...said,
      ETag,
      ContentLength: 5,
      AcceptRanges: "bytes",
    });
    const head = await client.send(new HeadObjectCommand(at));
    assert.deepEqual([head.ContentLength, head.ETag, head.Metadata], [5, ETag, { by: "me" }]);
    const ranged = async (Range: string) => {
      const { Body: part, ContentRange } = await client.send(new GetObjectCommand({ ...at, Range }));
      return [await part?.transformToString(), ContentRange];
    };
    assert.deepEqual(await ranged("bytes=1-2"), ["el", "bytes 1-2/5"]);
    assert.deepEqual(await ranged("bytes=-2"), ["lo", "bytes 3-4/5"]);
    assert.deepEqual(await ranged("bytes=3-"), ["lo", "bytes 3-4/5"]);
    assert.deepEqual(await ranged("bytes=3-99"), ["lo", "bytes 3-4/5"]);
    await assert.rejects(ranged("bytes=9-"), { name: "InvalidRange" });
  });

  it("takes what is sent as a stream, in chunks", async () => {
    const { client } = await s3();
    const parts = ["a".repeat(70_000), "b"];
    await client.send(
      new PutObjectCommand({
        ...at,
        Body: Readable.from(parts),
        ContentLength: 70_001,
        ContentEncoding: "gzip",
      }),
    );
    const { Body, ContentEncoding } = await client.send(new GetObjectCommand(at));
    assert.equal(await Body?.transformToString(), parts.join(""));
    assert.equal(ContentEncoding, "gzip");
  });

  it("refuses in S3's words what is not there, what is there already, and what does not run here", async () => {
    const { client, put, reached } = await s3();
    await assert.rejects(client.send(new GetObjectCommand(at)), { name: "NoSuchKey" });
    await assert.rejects(client.send(new HeadObjectCommand(at)), { name: "NotFound" });
    await assert.rejects(put("other", "a", "x"), { name: "NoSuchBucket" });
    await client.send(new PutObjectCommand({ ...at, Body: "1", IfNoneMatch: "*" }));
    await assert.rejects(client.send(new PutObjectCommand({ ...at, Body: "2", IfNoneMatch: "*" })), { name: "PreconditionFailed" }); // prettier-ignore
    await assert.rejects(client.send(new GetObjectCommand({ ...at, IfMatch: '"x"' })), { name: "PreconditionFailed" }); // prettier-ignore
    await assert.rejects(client.send(new GetObjectTaggingCommand(at)), { name: "NotImplemented" });
    assert.deepEqual(await reached(), [
      "the service called S3 GET of an object with tagging, which does not run here",
    ]);
  });

  it("lists in the order of names, in pages, and below a delimiter once", async () => {
    const { client, put } = await s3();
    for (const key of ["b/2", "b/1", "a", "c", "b&<"]) await put("silent", key, key);
    const first = await client.send(new ListObjectsV2Command({ Bucket: "silent", MaxKeys: 2 }));
    assert.deepEqual([first.Contents?.map(({ Key }) => Key), first.IsTruncated], [["a", "b&<"], true]); // prettier-ignore
    const more = { Bucket: "silent", ContinuationToken: first.NextContinuationToken };
    const second = await client.send(new ListObjectsV2Command(more));
    assert.deepEqual([second.Contents?.map(({ Key }) => Key), second.IsTruncated], [["b/1", "b/2", "c"], false]); // prettier-ignore
    const grouped = await client.send(new ListObjectsV2Command({ Bucket: "silent", Delimiter: "/" }));
    assert.deepEqual(grouped.Contents?.map(({ Key }) => Key), ["a", "b&<", "c"]); // prettier-ignore
    assert.deepEqual(grouped.CommonPrefixes, [{ Prefix: "b/" }]);
    const encoded = await client.send(new ListObjectsV2Command({ Bucket: "silent", EncodingType: "url", MaxKeys: 2 })); // prettier-ignore
    assert.deepEqual([encoded.EncodingType, encoded.Contents?.map(({ Key }) => Key)], ["url", ["a", "b%26%3C"]]); // prettier-ignore
    const old = await client.send(new ListObjectsCommand({ Bucket: "silent", Prefix: "b/", Marker: "b/1" }));
    assert.deepEqual(old.Contents?.map(({ Key, Size }) => [Key, Size]), [["b/2", 3]]); // prettier-ignore
  });

  it("calls the functions whose events and names fit, as S3 does, and sends to queues and topics", async () => {
    const { client, called, put, reached, bodies } = await s3();
    await put("uploads", "in/a b.csv", "x,y");
    await put("uploads", "in/a.txt", "x");
    await put("uploads", "out/a.csv", "x");
    await client.send(new CopyObjectCommand({ Bucket: "uploads", Key: "copy", CopySource: "uploads/in/a%20b.csv" }));
    await client.send(new DeleteObjectCommand({ Bucket: "uploads", Key: "copy" }));
    await client.send(new DeleteObjectCommand({ Bucket: "uploads", Key: "never" }));
    await client.send(new DeleteObjectsCommand({ Bucket: "uploads", Delete: { Objects: [{ Key: "in/a.txt" }, { Key: "x" }] } }));
    assert.deepEqual(await reached(), [
      "bucket Uploads: an event reached Work",
      "bucket Uploads: an event went to topic Copied",
      "topic Copied: a message reached Tell",
      "bucket Uploads: 2 events went to queue Gone",
    ]);
    const [[name, event] = []] = called;
    const [record] = list(event?.["Records"]).map(map);
    const told = without(map(record?.["s3"]), "configurationId");
    assert.deepEqual([name, record?.["eventSource"], record?.["eventName"], record?.["awsRegion"]], ["Work", "aws:s3", "ObjectCreated:Put", "eu-west-1"]);
    assert.deepEqual(told, {
      s3SchemaVersion: "1.0",
      bucket: { name: "uploads", ownerIdentity: { principalId: "AWS:rehearsal" }, arn: "arn:aws:s3:::uploads" },
      object: { key: "in/a+b.csv", size: 3, eTag: createHash("md5").update("x,y").digest("hex"), sequencer: "000000000000000001" },
    });
    const gone = (await bodies("gone")).map((each) => map(map(list(map(JSON.parse(each))["Records"])[0])["s3"])["object"]);
    assert.deepEqual(gone, [
      { key: "copy", sequencer: "000000000000000005" },
      { key: "in/a.txt", sequencer: "000000000000000006" },
    ]);
  }); // prettier-ignore

  it("puts what happens on the default bus where the bucket says so", async () => {
    const { called, client, put, reached } = await s3();
    await put("bridged", "a b", "x");
    await put("bridged", "b", "x");
    await client.send(new DeleteObjectCommand({ Bucket: "bridged", Key: "b" }));
    await put("silent", "a", "x");
    assert.deepEqual(await reached(), [
      "rule Put: an event reached Tell",
      "bus default: an event of aws.s3, Object Created, passed no rule",
      "bus default: an event of aws.s3, Object Deleted, passed no rule",
    ]);
    const [[, event] = []] = called;
    const { "request-id": id, object, ...detail } = map(event?.["detail"]);
    assert.deepEqual([typeof id, map(object)["key"], map(object)["size"]], ["string", "a b", 1]);
    assert.deepEqual(event?.["resources"], ["arn:aws:s3:::bridged"]);
    assert.deepEqual(detail, {
      ...{ version: "0", bucket: { name: "bridged" }, requester: "222222222222" },
      ...{ "source-ip-address": "127.0.0.1", reason: "PutObject" },
    });
  });

  it("says which events never come, and which settings of a bucket change nothing here", () => {
    assert.deepEqual(wiring(TEMPLATE).notRehearsed.slice(1), [
      "notification of bucket Uploads: s3:ObjectRestore:* never happens here",
      "properties of queues, topics, buckets, rules and what leads from them that change nothing here: Uploads (VersioningConfiguration)",
    ]);
  });
});
