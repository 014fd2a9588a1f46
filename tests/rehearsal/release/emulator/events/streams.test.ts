import assert from "node:assert/strict";
import { TableWrites } from "../../../../../rehearsal/release/emulator/events/tableWrites";
import { TableStore } from "../../../../../rehearsal/release/emulator/tableStore";
import { list, map, type Values } from "../../../../../packages/iam/src/json";
import { type Answering, closeAll, standInsOf, wiring, without } from "./standIns";

const TABLE = {
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};
/** A table with a stream that Work reads, so. */
const template = (mapping = "", view = "NEW_AND_OLD_IMAGES") => `
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties: { TableName: parcels, StreamSpecification: { StreamViewType: ${view} }, KeySchema: [{ AttributeName: id, KeyType: HASH }] }
  Given: { Type: AWS::SQS::Queue, Properties: { QueueName: given } }
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { EventSourceArn: !GetAtt Table.StreamArn, FunctionName: Work, StartingPosition: LATEST${mapping} }
`;

/** The stand-ins, with a table that is written to as a service does. */
async function tables(text: string, answer?: Answering) {
  const standIns = await standInsOf(text, answer);
  const store = await TableStore.listen("eu-west-1");
  const writes = await TableWrites.listen(store, standIns.services.broker);
  open.push(async () => {
    await writes.close();
    await store.close();
  });
  for (const name of ["parcels", "others"]) await store.create(name, TABLE);
  const ask = async (action: string, values: Values): Promise<Values> => {
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${action}`,
      "x-amz-date": "20200101T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=a/20200101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
    };
    const response = await fetch(writes.address.url, {
      method: "POST",
      headers,
      body: JSON.stringify(values),
    });
    return { status: response.status, ...map(await response.json()) };
  };
  const put = (id: string, state = "new", TableName = "parcels") =>
    ask("PutItem", { TableName, Item: { id: { S: id }, state: { S: state } } });
  const batch = (...ids: string[]) => ask("BatchWriteItem", { RequestItems: { parcels: ids.map((id) => ({ PutRequest: { Item: { id: { S: id } } } })) } }); // prettier-ignore
  return { ...standIns, ask, put, batch };
}
const open: (() => Promise<void>)[] = [];
const records = (event: Values | undefined): Values[] => list(event?.["Records"]).map(map);
const written = (record: Values): Values => map(record["dynamodb"]);
const idOf = (record: Values): unknown => map(map(written(record)["Keys"])["id"])["S"];
const ids = (called: readonly (readonly [string, Values])[]) =>
  called.map(([, event]) => records(event).map(idOf));
/** Fails on what is called bad, and says so. */
const saying: Answering = (_, event) => ({
  result: { batchItemFailures: records(event).filter((each) => idOf(each) === "bad").map((each) => ({ itemIdentifier: written(each)["SequenceNumber"] })) },
}); // prettier-ignore
/** Fails where anything is called bad. */
const failing: Answering = (_, event) =>
  records(event).some((each) => idOf(each) === "bad") ? undefined : { result: null };

describe("streams of tables", () => {
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
    await closeAll();
  });

  it("tell a function what each write made of an item, as DynamoDB does, and nothing of reads and other tables", async () => {
    const { called, ask, put, reached } = await tables(template());
    const key = { TableName: "parcels", Key: { id: { S: "a" } } };
    await put("a");
    await put("a"); // the same again
    await ask("UpdateItem", { ...key, AttributeUpdates: { state: { Action: "PUT", Value: { S: "sent" } } } });
    assert.deepEqual(map((await ask("GetItem", key))["Item"]), { id: { S: "a" }, state: { S: "sent" } });
    await ask("DeleteItem", key);
    await ask("DeleteItem", key); // nothing is there any more
    await put("b", "new", "others");
    assert.equal((await ask("PutItem", { TableName: "parcels", Item: { no: { S: "key" } } }))["status"], 400);
    assert.deepEqual(await reached(), ["stream of Table: 3 records reached Work"]);
    const all = called.flatMap(([, event]) => records(event));
    const [first = {}] = all;
    const { eventID, ...others } = first;
    assert.match(String(eventID), /^[0-9a-f]{32}$/);
    assert.deepEqual(without(others, "dynamodb"), {
      ...{ eventName: "INSERT", eventVersion: "1.1", eventSource: "aws:dynamodb", awsRegion: "eu-west-1" },
      eventSourceARN: "arn:aws:dynamodb:eu-west-1:222222222222:table/parcels/stream/2026-01-01T00:00:00.000",
    });
    const [made, sent] = [{ id: { S: "a" }, state: { S: "new" } }, { id: { S: "a" }, state: { S: "sent" } }]; // prettier-ignore
    assert.deepEqual(
      all.map((each) => {
        const { Keys, NewImage, OldImage, SequenceNumber, StreamViewType } = written(each);
        return [each["eventName"], Keys, OldImage, NewImage, Number(SequenceNumber), StreamViewType];
      }),
      [
        ["INSERT", { id: { S: "a" } }, undefined, made, 1, "NEW_AND_OLD_IMAGES"],
        ["MODIFY", { id: { S: "a" } }, made, sent, 2, "NEW_AND_OLD_IMAGES"],
        ["REMOVE", { id: { S: "a" } }, sent, undefined, 3, "NEW_AND_OLD_IMAGES"],
      ],
    );
  });

  it("have of an item what their view says", async () => {
    const expected = { KEYS_ONLY: [], NEW_IMAGE: ["NewImage"], OLD_IMAGE: ["OldImage"] };
    for (const [view, images] of Object.entries(expected)) {
      const { called, put, reached } = await tables(template("", view));
      await put("a");
      await put("a", "sent");
      await reached();
      const last = written(called.flatMap(([, event]) => records(event))[1] ?? {});
      assert.deepEqual(Object.keys(last).filter((each) => each.endsWith("Image")), images, view); // prettier-ignore
    }
  });

  it("are read in batches, and through filters", async () => {
    const filter = `, BatchSize: 2, FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"id":{"S":[{"anything-but":"noise"}]}}}}' }] }`;
    const { called, batch, reached } = await tables(template(filter));
    await batch("a", "noise", "b", "c");
    assert.deepEqual(await reached(), [
      "stream of Table: a record passed no filter of Source",
      "stream of Table: 3 records reached Work",
    ]);
    assert.deepEqual(ids(called), [["a"], ["b", "c"]]);
  });

  it("are tried again from what the function says it failed on, three times where nothing ends it", async () => {
    const { called, batch, put, reached } = await tables(
      template(", FunctionResponseTypes: [ReportBatchItemFailures]"),
      saying,
    );
    await batch("a", "bad", "b");
    await put("c");
    assert.deepEqual(await reached(), [
      "stream of Table: 4 records reached Work",
      "stream of Table: Work failed on a batch, 4 times",
      "stream of Table: 2 records failed 3 times: AWS tries them until they are a day old, and nothing after them reaches Work before. MaximumRetryAttempts of Source ends that",
    ]);
    assert.deepEqual(ids(called), [["a", "bad", "b"], ["bad", "b"], ["bad", "b"], ["bad", "b"], ["c"]]); // prettier-ignore
  });

  it("are given up as often as the event source says, in halves, and what was given up is told", async () => {
    const mapping = ", MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true, DestinationConfig: { OnFailure: { Destination: !GetAtt Given.Arn } }";
    const { called, batch, reached, bodies } = await tables(template(mapping), failing);
    await batch("a", "b", "bad", "c");
    assert.deepEqual(await reached(), [
      "stream of Table: 4 records reached Work",
      "stream of Table: Work failed on a batch, 4 times",
      "stream of Table: a record failed 2 times and is given up",
      "OnFailure of Source: an event went to queue Given",
    ]);
    assert.deepEqual(ids(called), [["a", "b", "bad", "c"], ["a", "b"], ["bad", "c"], ["bad"], ["bad"], ["c"]]);
    const { DDBStreamBatchInfo: info, requestContext, version } = map(JSON.parse((await bodies("given"))[0] ?? ""));
    const told = without(map(info), "approximateArrivalOfFirstRecord", "approximateArrivalOfLastRecord");
    assert.deepEqual(told, {
      shardId: "shardId-00000000000000000000-00000000",
      startSequenceNumber: "3".padStart(21, "0"),
      endSequenceNumber: "3".padStart(21, "0"),
      batchSize: 1,
      streamArn: "arn:aws:dynamodb:eu-west-1:222222222222:table/parcels/stream/2026-01-01T00:00:00.000",
    });
    const context = without(map(requestContext), "requestId");
    assert.deepEqual([version, context], ["1.0", {
      functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:Work",
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: 2,
    }]);
  }); // prettier-ignore

  it("lose what is given up where nobody is told, which is said", async () => {
    const { called, put, reached } = await tables(template(", MaximumRetryAttempts: 0"), failing);
    await put("bad");
    assert.deepEqual((await reached()).at(-1), "stream of Table: a record failed once and is given up: Source has no OnFailure"); // prettier-ignore
    assert.equal(called.length, 1);
  });

  it("have each change once, however many write at the same time", async () => {
    const { called, ask, put, reached } = await tables(template());
    await put("a", "0");
    const add = () => ask("UpdateItem", { TableName: "parcels", Key: { id: { S: "a" } }, AttributeUpdates: { count: { Action: "ADD", Value: { N: "1" } } } }); // prettier-ignore
    await Promise.all(Array.from({ length: 20 }, add));
    await reached();
    const counts = called.flatMap(([, event]) => records(event)).map((each) => map(map(written(each)["NewImage"])["count"])["N"]); // prettier-ignore
    assert.deepEqual(counts, [undefined, ...Array.from({ length: 20 }, (_, at) => String(at + 1))]);
  });

  it("are named with what of their event source changes nothing here", () => {
    assert.deepEqual(wiring(template(", ParallelizationFactor: 2")).notRehearsed.slice(1), [
      "properties of queues, topics, buckets, rules and what leads from them that change nothing here: Source (StartingPosition, ParallelizationFactor)",
    ]);
  });
});
