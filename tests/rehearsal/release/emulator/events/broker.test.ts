import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PublishBatchCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { wiringOf } from "../../../../../rehearsal/release/emulator/events/wiring";
import { evaluate } from "../../../../../rehearsal/release/cloudformation/stack";
import { readTemplate } from "../../../../../rehearsal/release/cloudformation/template";
import { list, map, type Values } from "../../../../../packages/iam/src/json";
import { type Answering, arn, closeAll, SITE, standInsOf, wiring as wiringIn } from "./standIns";

const TEMPLATE = `
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: { QueueName: jobs, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2 } }
  Dead: { Type: AWS::SQS::Queue, Properties: { QueueName: dead } }
  Plain: { Type: AWS::SQS::Queue, Properties: { QueueName: plain } }
  Ordered:
    Type: AWS::SQS::Queue
    Properties: { QueueName: ordered.fifo, FifoQueue: true, ContentBasedDeduplication: true }
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Jobs.Arn
      FunctionName: ${arn("lambda", "function:Work:live")}
      BatchSize: 3
      FunctionResponseTypes: [ReportBatchItemFailures]
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":[{"anything-but":"noise"}]}}' }] }
  News: { Type: AWS::SNS::Topic, Properties: { TopicName: news } }
  ToWork:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref News, Protocol: lambda, Endpoint: "${arn("lambda", "function:Tell")}", FilterPolicy: { age: [{ numeric: [">=", 18] }] } }
  ToQueue:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Plain.Arn, FilterPolicyScope: MessageBody, FilterPolicy: { kind: [news] } }
  Mails:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref News, Protocol: email, Endpoint: a@example.com }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  Paid:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: { source: [shop] }
      Targets:
        - { Id: a, Arn: "${arn("lambda", "function:Tell")}", InputPath: $.detail.order }
        - { Id: b, Arn: !GetAtt Ordered.Arn, SqsParameters: { MessageGroupId: g }, Input: '{"fixed":true}' }
        - { Id: c, Arn: !Ref News }
        - { Id: d, Arn: "${arn("states", "stateMachine:other")}" }
  Default:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: { source: [aws.s3] }
      Targets: [{ Id: a, Arn: "${arn("lambda", "function:Work")}" }]
  Hourly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 hour)
      Targets: [{ Id: a, Arn: "${arn("lambda", "function:Work")}" }]
  Never:
    Type: AWS::Events::Rule
    Properties: { ScheduleExpression: rate(1 hour), State: DISABLED, Targets: [{ Id: a, Arn: "${arn("lambda", "function:Work")}" }] }
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(1 day)
      FlexibleTimeWindow: { Mode: "OFF" }
      Target: { Arn: "${arn("lambda", "function:Tell")}", RoleArn: r, Input: '{"nightly":1}' }
`;

const wiring = (text = TEMPLATE) => wiringIn(text);
const standIns = (answer?: Answering, text = TEMPLATE) => standInsOf(text, answer);
const records = (event: Values | undefined): Values[] => list(event?.["Records"]).map(map);
const job = (name: string) => JSON.stringify({ kind: "job", name });
const batch = (...names: string[]) => ({
  Entries: names.map((name, at) => ({ Id: String(at), MessageBody: job(name) })),
});
const named = (record: Values): unknown => map(JSON.parse(String(record["body"])))["name"];

describe("stand-ins for queues, topics, buses and schedules", () => {
  afterEach(closeAll);

  it("give a function what is put on its queue, in batches and as SQS's events are", async () => {
    const { called, sqs, reached } = await standIns();
    const attributes = { colour: { DataType: "String", StringValue: "red" } };
    const { status, MessageId, MD5OfMessageBody } = await sqs("SendMessage", "jobs", { MessageBody: job("a"), MessageAttributes: attributes });
    assert.deepEqual([status, MD5OfMessageBody], [200, createHash("md5").update(job("a")).digest("hex")]);
    assert.deepEqual(await reached(), ["queue Jobs: a message reached Work"]);
    const [[logicalId, event] = []] = called;
    const [record = {}] = records(event);
    const { receiptHandle, attributes: system, md5OfBody, ...others } = record;
    assert.equal(logicalId, "Work");
    assert.deepEqual(others, {
      messageId: MessageId,
      body: job("a"),
      messageAttributes: { colour: { stringValue: "red", stringListValues: [], binaryListValues: [], dataType: "String" } },
      eventSource: "aws:sqs",
      eventSourceARN: arn("sqs", "jobs"),
      awsRegion: "eu-west-1",
    });
    assert.deepEqual([typeof receiptHandle, md5OfBody, map(system)["ApproximateReceiveCount"]], ["string", MD5OfMessageBody, "1"]);
    await sqs("ChangeMessageVisibility", "jobs", { ReceiptHandle: receiptHandle, VisibilityTimeout: 0 });
    assert.deepEqual(await reached(), []); // it is gone, so it does not come again

    await sqs("SendMessageBatch", "jobs", batch("b", "c", "d", "e"));
    assert.deepEqual(await reached(), ["queue Jobs: 4 messages reached Work"]);
    assert.deepEqual(called.slice(1).map(([, each]) => records(each).map(named)), [["b", "c", "d"], ["e"]]);
  }); // prettier-ignore

  it("give it again what it says it failed on, and then to the dead letters; the others are done", async () => {
    const { called, sqs, reached, bodies } = await standIns((_, event) => ({
      result: { batchItemFailures: records(event).filter((each) => named(each) === "bad").map(({ messageId }) => ({ itemIdentifier: messageId })) },
    })); // prettier-ignore
    await sqs("SendMessageBatch", "jobs", batch("good", "bad"));
    assert.deepEqual(await reached(), [
      "queue Jobs: 2 messages reached Work",
      "queue Jobs: Work failed on a message, 2 times",
      "queue Jobs: a message was received 2 times and is now in Dead",
    ]);
    assert.deepEqual(called.map(([, event]) => records(event).map(named)), [["good", "bad"], ["bad"]]); // prettier-ignore
    assert.deepEqual(
      called.map(([, event]) =>
        records(event).map(({ attributes }) => map(attributes)["ApproximateReceiveCount"]),
      ),
      [["1", "1"], ["2"]],
    );
    assert.deepEqual([await bodies("dead"), await bodies("jobs")], [[job("bad")], []]);
  });

  it("take all of a batch for failed where the function crashed or names a message that is not there", async () => {
    const wrong: readonly Answering[] = [
      () => undefined,
      () => ({ result: { batchItemFailures: [{ itemIdentifier: "none" }] } }),
      () => ({ result: { batchItemFailures: [{ itemIdentifier: "" }] } }),
      () => ({ result: { batchItemFailures: "all" } }),
    ];
    for (const answer of wrong) {
      const { sqs, reached, bodies } = await standIns(answer);
      await sqs("SendMessageBatch", "jobs", batch("a", "b"));
      assert.ok(
        (await reached()).includes("queue Jobs: 2 messages were received 2 times and are now in Dead"),
      );
      assert.deepEqual(await bodies("dead"), [job("a"), job("b")]);
    }
    for (const result of [null, {}, { batchItemFailures: null }, { batchItemFailures: [] }]) {
      const { sqs, reached, bodies } = await standIns(() => ({ result }));
      await sqs("SendMessageBatch", "jobs", batch("a"));
      assert.deepEqual(await reached(), ["queue Jobs: a message reached Work"]);
      assert.deepEqual(await bodies("dead"), []);
    }
  });

  it("take what a function says it failed on for done where its event source has not asked for that", async () => {
    const text = TEMPLATE.replace("      FunctionResponseTypes: [ReportBatchItemFailures]\n", "");
    assert.notEqual(text, TEMPLATE);
    const answer: Answering = (_, event) => ({
      result: {
        batchItemFailures: records(event).map(({ messageId }) => ({ itemIdentifier: messageId })),
      },
    });
    const { called, sqs, reached, bodies } = await standIns(answer, text);
    await sqs("SendMessageBatch", "jobs", batch("a"));
    assert.deepEqual(await reached(), ["queue Jobs: a message reached Work"]);
    assert.deepEqual([called.length, await bodies("dead")], [1, []]);
  });

  it("leave a message that fails again and again where there are no dead letters", async () => {
    const text = TEMPLATE.replace(/, RedrivePolicy: \{.*?\} \}/, " }");
    const { called, sqs, reached } = await standIns(() => undefined, text);
    await sqs("SendMessage", "jobs", { MessageBody: job("a") });
    assert.deepEqual((await reached()).at(-1), "queue Jobs: a message was received 3 times and stays: the queue has no dead letters");
    assert.equal(called.length, 3);
  }); // prettier-ignore

  it("drop what passes no filter of an event source", async () => {
    const { called, sqs, reached, bodies } = await standIns();
    await sqs("SendMessage", "jobs", { MessageBody: '{"kind":"noise"}' });
    await sqs("SendMessage", "jobs", { MessageBody: "no JSON" });
    assert.deepEqual(await reached(), ["queue Jobs: 2 messages passed no filter of Source"]);
    assert.deepEqual([called, await bodies("jobs")], [[], []]);
    const { Attributes } = await sqs("GetQueueAttributes", "jobs");
    assert.equal(map(Attributes)["ApproximateNumberOfMessages"], "0");
  });

  it("answer a service that asks for messages itself, each once until it is deleted or shown again", async () => {
    const { sqs, reached, bodies } = await standIns();
    await sqs("SendMessage", "plain", { MessageBody: "x" });
    const { Messages: messages } = await sqs("ReceiveMessage", "plain");
    const { ReceiptHandle } = map(list(messages)[0]);
    assert.deepEqual(await bodies("plain"), []);
    await sqs("ChangeMessageVisibility", "plain", { ReceiptHandle, VisibilityTimeout: 0 });
    assert.deepEqual(await bodies("plain"), ["x"]);
    const waiting = sqs("ReceiveMessage", "plain", { WaitTimeSeconds: 20 });
    await sqs("SendMessage", "plain", { MessageBody: "y" });
    const [received] = list((await waiting)["Messages"]).map(map);
    assert.equal(received?.["Body"], "y");
    await sqs("DeleteMessage", "plain", { ReceiptHandle: received?.["ReceiptHandle"] });
    assert.equal(
      map((await sqs("GetQueueAttributes", "plain"))["Attributes"])["ApproximateNumberOfMessages"],
      "1",
    );
    assert.deepEqual(await reached(), ["queue Plain: the service received 3 messages"]);
  });

  it("take a message of a FIFO once, with its group", async () => {
    const { sqs, bodies } = await standIns();
    const sent = { MessageBody: "x", MessageGroupId: "g" };
    for (let times = 0; times < 2; times++) await sqs("SendMessage", "ordered.fifo", sent);
    assert.deepEqual(await bodies("ordered.fifo"), ["x"]);
    const { status, __type: type } = await sqs("SendMessage", "ordered.fifo", { MessageBody: "y" });
    assert.deepEqual([status, type], [400, "MissingParameter"]);
  });

  it("refuse in AWS's words a queue that is not there, and say which call does not run here", async () => {
    const { ask, sqs, reached } = await standIns();
    const { status, __type: type } = await sqs("SendMessage", "other", { MessageBody: "x" });
    assert.deepEqual([status, type], [400, "com.amazonaws.sqs#QueueDoesNotExist"]);
    assert.equal((await ask("AmazonSQS.GetQueueUrl", { QueueName: "jobs" }))["QueueUrl"], "https://sqs.eu-west-1.amazonaws.com/222222222222/jobs"); // prettier-ignore
    assert.equal(
      (await sqs("CreateQueue", "jobs"))["message"],
      "the rehearsal does not run AmazonSQS CreateQueue",
    );
    assert.deepEqual(await reached(), ["the service called AmazonSQS CreateQueue, which does not run here"]);
  });

  it("hand a topic's messages to the functions and queues whose filters they pass, to AWS's own client too", async () => {
    const { services, called, reached, bodies } = await standIns();
    const credentials = { accessKeyId: "a", secretAccessKey: "a" };
    const client = new SNSClient({ region: "eu-west-1", endpoint: services.url, credentials });
    const TopicArn = arn("sns", "news");
    const age = (value: string) => ({ age: { DataType: "Number", StringValue: value } });
    const { MessageId } = await client.send(
      new PublishCommand({ TopicArn, Message: "grown & <up>", Subject: "s", MessageAttributes: age("18") }),
    );
    await client.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: [
          { Id: "1", Message: "young", MessageAttributes: age("17") },
          { Id: "2", Message: '{"kind":"news"}' },
        ],
      }),
    );
    await assert.rejects(client.send(new PublishCommand({ TopicArn: arn("sns", "x"), Message: "m" })), {
      name: "NotFoundException",
    });
    client.destroy();
    assert.deepEqual(await reached(), [
      "topic News: a message reached Tell",
      "topic News: a message passed the filter of no subscription",
      "topic News: a message went to queue Plain",
    ]);
    const [record] = called.flatMap(([, event]) => records(event));
    const { Timestamp: time, ...told } = map(record?.["Sns"]);
    assert.match(String(time), /^\d{4}-.*Z$/);
    assert.deepEqual(told, {
      ...{ Type: "Notification", MessageId, TopicArn, Subject: "s", Message: "grown & <up>" },
      ...{ SignatureVersion: "1", Signature: "rehearsal" },
      MessageAttributes: { age: { Type: "Number", Value: "18" } },
    });
    const [envelope = ""] = await bodies("plain");
    assert.equal(map(JSON.parse(envelope))["Message"], '{"kind":"news"}');
  });

  it("hand events of a bus to what the rules that they pass are for, as each target has them", async () => {
    const { called, ask, reached, bodies } = await standIns();
    const put = (Source: string, bus?: string, Detail = '{"order":{"id":7}}') =>
      ask("AWSEvents.PutEvents", { Entries: [{ Source, DetailType: "paid", Detail, ...(bus !== undefined && { EventBusName: bus }) }] }); // prettier-ignore
    assert.equal((await put("shop", "shop"))["FailedEntryCount"], 0);
    await put("shop");
    await put("aws.s3");
    assert.deepEqual(
      map(list((await put("shop", "shop", "{"))["Entries"])[0])["ErrorCode"],
      "MalformedDetail",
    );
    assert.equal((await put("shop", "other"))["__type"], "ResourceNotFoundException");
    assert.deepEqual((await reached()).sort(), [
      "bus default: an event of shop, paid, passed no rule",
      "rule Default: an event reached Work",
      "rule Paid: an event reached Tell",
      "rule Paid: an event went to queue Ordered",
      "rule Paid: an event went to topic News",
      "topic News: a message passed the filter of no subscription",
    ]);
    assert.deepEqual(called[0], ["Tell", { id: 7 }]);
    const { id, time, ...event } = called[1]?.[1] ?? {};
    assert.deepEqual([typeof id, String(time).length], ["string", "2026-01-01T00:00:00Z".length]);
    assert.deepEqual(event, {
      ...{
        version: "0",
        "detail-type": "paid",
        source: "aws.s3",
        account: "222222222222",
        region: "eu-west-1",
      },
      ...{ resources: [], detail: { order: { id: 7 } } },
    });
    assert.deepEqual(await bodies("ordered.fifo"), ['{"fixed":true}']);
  });

  it("have each schedule come once, none that is disabled, and call a function three times that fails", async () => {
    const { services, called, reached } = await standIns((logicalId) => (logicalId === "Work" ? undefined : { result: 1 }));
    services.broker.fire();
    assert.deepEqual((await reached()).sort(), [
      "schedule Nightly: an event reached Tell",
      "schedule of rule Hourly: Work failed 3 times on an event, which Work has no dead letters for",
      "schedule of rule Hourly: an event reached Work",
    ]);
    const of = (wanted: string) => called.filter(([logicalId]) => logicalId === wanted).map(([, event]) => event);
    assert.deepEqual(of("Tell"), [{ nightly: 1 }]);
    assert.equal(of("Work").length, 3);
    const { source, detail, resources } = of("Work")[0] ?? {};
    assert.deepEqual([source, detail, list(resources).length], ["aws.events", {}, 1]);
  }); // prettier-ignore

  it("send what a function failed on to its own dead letters", async () => {
    const text = `${TEMPLATE}  Work:
    Type: AWS::Lambda::Function
    Properties: { FunctionName: Work, Role: r, Code: { ZipFile: "" }, DeadLetterConfig: { TargetArn: !GetAtt Dead.Arn } }
`;
    const { services, reached, bodies } = await standIns((logicalId) => (logicalId === "Work" ? undefined : { result: 1 }), text);
    services.broker.fire();
    assert.ok((await reached()).includes("dead letters of Work: an event went to queue Dead"));
    assert.equal(map(JSON.parse((await bodies("dead"))[0] ?? ""))["source"], "aws.events");
  }); // prettier-ignore

  it("say what of a template does not run, and run nothing where it has none of it", () => {
    const other = (logicalId: string, lines: string) => `${TEMPLATE}  ${logicalId}:\n${lines}\n`;
    assert.deepEqual(wiring().notRehearsed, [
      "SQS, SNS, EventBridge, S3 and streams as services: who may send, visibility timeouts and delays between attempts, order, throttling, encryption; each schedule came once",
      "subscription Mails: nothing is sent by email here",
      `rule Paid: nothing here is ${arn("states", "stateMachine:other")}, which it leads to`,
    ]);
    const stream = other("Stream", '    Type: AWS::Lambda::EventSourceMapping\n    Properties: { EventSourceArn: "arn:s", FunctionName: Work }');
    assert.ok(wiring(stream).notRehearsed.includes("event source Stream: arn:s is no queue or stream of the template: nothing reaches Work by it"));
    const cidr = TEMPLATE.replace("EventPattern: { source: [aws.s3] }", "EventPattern: { source: [{ cidr: 10.0.0.0/8 }] }");
    assert.ok(wiring(cidr).notRehearsed.includes('rule Default: its pattern has "cidr", which is not known here: nothing is sent by it'));
    const none = evaluate(readTemplate("Resources: { A: { Type: AWS::IAM::Role } }"), SITE, {}, new Map());
    assert.equal(wiringOf(SITE, none, []), undefined);
  }); // prettier-ignore
});
