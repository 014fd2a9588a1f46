import assert from "node:assert/strict";
import { map, type Values } from "../../../../../packages/iam/src/json";
import { type Answering, arn, closeAll, standInsOf, wiring } from "./standIns";

/** Functions with dead letters and destinations, and a rule whose targets refuse. */
const TEMPLATE = `
Resources:
  Dead: { Type: AWS::SQS::Queue, Properties: { QueueName: dead } }
  Undelivered: { Type: AWS::SQS::Queue, Properties: { QueueName: undelivered } }
  Outcomes: { Type: AWS::SQS::Queue, Properties: { QueueName: outcomes } }
  Ordered: { Type: AWS::SQS::Queue, Properties: { QueueName: ordered.fifo, FifoQueue: true } }
  News: { Type: AWS::SNS::Topic, Properties: { TopicName: news } }
  InOrder: { Type: AWS::SNS::Topic, Properties: { TopicName: in-order.fifo, FifoTopic: true } }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  Other: { Type: AWS::Events::EventBus, Properties: { Name: other } }
  ToWork:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref News
      Protocol: lambda
      Endpoint: ${arn("lambda", "function:Work")}
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Undelivered.Arn }
  Paid:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: { source: [shop] }
      Targets:
        - { Id: a, Arn: "${arn("lambda", "function:Work:live")}", DeadLetterConfig: { Arn: !GetAtt Undelivered.Arn }, RetryPolicy: { MaximumRetryAttempts: 4 } }
        - { Id: b, Arn: !GetAtt Ordered.Arn, DeadLetterConfig: { Arn: !GetAtt Undelivered.Arn } }
        - { Id: c, Arn: !Ref InOrder }
  OfLive:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      FunctionName: Work
      Qualifier: live
      MaximumRetryAttempts: 0
      MaximumEventAgeInSeconds: 60
      DestinationConfig:
        OnSuccess: { Destination: !GetAtt Bus.Arn }
        OnFailure: { Destination: !GetAtt Outcomes.Arn }
  Done:
    Type: AWS::Events::Rule
    Properties: { EventBusName: shop, EventPattern: { source: [lambda] }, Targets: [{ Id: a, Arn: "${arn("lambda", "function:Tell")}" }] }
  Work:
    Type: AWS::Lambda::Function
    Properties: { FunctionName: Work, Role: r, Code: { ZipFile: "" }, DeadLetterConfig: { TargetArn: !GetAtt Dead.Arn } }
`;
const order = { Entries: [{ Source: "shop", DetailType: "paid", Detail: '{"id":7}' }] };
const failing: Answering = (logicalId) => (logicalId === "Work" ? undefined : { result: 1 });
const json = (text = ""): Values => map(JSON.parse(text) as unknown);

describe("what can't be delivered, and what functions fail on", () => {
  afterEach(closeAll);

  it("goes to the rule's dead letters where a queue refuses it, and to the function's where the function fails", async () => {
    const { called, ask, reached, bodies } = await standInsOf(TEMPLATE, failing);
    await ask("AWSEvents.PutEvents", order);
    assert.deepEqual((await reached()).sort(), [
      "OnFailure of Work: an event went to queue Outcomes",
      "dead letters of Work: an event went to queue Dead",
      "dead letters of rule Paid: an event went to queue Undelivered",
      "rule Paid: Work failed once on an event",
      "rule Paid: an event reached Work",
      "rule Paid: queue Ordered refused an event: The request must contain the parameter MessageGroupId.",
      "rule Paid: topic InOrder refused an event: a FIFO topic takes nothing from it",
    ]);
    assert.equal(called.length, 1);
    assert.deepEqual((await bodies("undelivered")).map((each) => json(each)["source"]), ["shop"]);
    assert.deepEqual((await bodies("dead")).map((each) => json(each)["source"]), ["shop"]);
    const [outcome] = await bodies("outcomes");
    const { timestamp, requestContext, requestPayload, ...others } = json(outcome);
    const { requestId, ...context } = map(requestContext);
    assert.deepEqual([typeof timestamp, typeof requestId, map(requestPayload)["source"]], ["string", "string", "shop"]);
    assert.deepEqual(context, {
      functionArn: arn("lambda", "function:Work:live"),
      condition: "RetriesExhausted",
      approximateInvokeCount: 1,
    });
    assert.deepEqual(others, {
      version: "1.0",
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    });
  }); // prettier-ignore

  it("is told to a bus where it succeeds and the function's configuration says so", async () => {
    const { called, ask, reached } = await standInsOf(TEMPLATE);
    await ask("AWSEvents.PutEvents", order);
    assert.ok((await reached()).includes("OnSuccess of Work: an event went to bus shop"));
    const [[, event] = []] = called.filter(([logicalId]) => logicalId === "Tell");
    assert.deepEqual(
      [event?.["source"], event?.["detail-type"], event?.["resources"]],
      ["lambda", "Lambda Function Invocation Result - Success", [arn("lambda", "function:Work:live")]],
    );
    assert.deepEqual(map(event?.["detail"])["responsePayload"], null);
  });

  it("follows the configuration of that alias alone, and is tried three times where there is none", async () => {
    const { services, called, reached, bodies } = await standInsOf(TEMPLATE, failing);
    services.broker.publish(arn("sns", "news"), { message: "m" });
    assert.deepEqual(await reached(), [
      "topic News: a message reached Work",
      "topic News: Work failed 3 times on a message",
      "dead letters of Work: a message went to queue Dead",
    ]);
    assert.deepEqual([called.length, await bodies("outcomes"), await bodies("undelivered")], [3, [], []]);
  });

  it("is said of each property that changes nothing here, and of dead letters that nothing ends in", () => {
    const [, ...said] = wiring(TEMPLATE).notRehearsed;
    assert.deepEqual(said, [
      "properties of queues, topics, buckets, rules and what leads from them that change nothing here: Paid (Targets.RetryPolicy), OfLive (MaximumEventAgeInSeconds)",
      "dead letters of subscription ToWork, rule Paid: whatever is sent arrives here. What a function fails on was delivered: its own DeadLetterConfig or OnFailure gets that",
    ]);
    const extra = TEMPLATE.replace("QueueName: dead }", "QueueName: dead, DelaySeconds: 5, KmsMasterKeyId: k }");
    assert.match(wiring(extra).notRehearsed.join("\n"), /here: Dead \(DelaySeconds, KmsMasterKeyId\), Paid \(/);
  }); // prettier-ignore

  it("is said of any property of any of its types that nothing asks for", () => {
    const types = "SQS::Queue SNS::Topic SNS::Subscription Events::Rule Events::EventBus Scheduler::Schedule Lambda::EventSourceMapping Lambda::EventInvokeConfig"; // prettier-ignore
    const own: Readonly<Record<string, string>> = {
      "SNS::Subscription": `Protocol: lambda, Endpoint: "${arn("lambda", "function:Work")}"`,
      "Lambda::EventSourceMapping": 'EventSourceArn: !GetAtt R0.Arn, FunctionName: "Work"',
    };
    const resources = types.split(" ").map((type, at) => {
      const properties = [own[type], "Later: 1", "Tags: []"].filter((each) => each !== undefined).join(", ");
      return `  R${at}: { Type: "AWS::${type}", Properties: { ${properties} } }\n`;
    });
    const said = wiring(`Resources:\n${resources.join("")}`).notRehearsed.join("\n");
    types.split(" ").forEach((type, at) => assert.match(said, new RegExp(`R${at} \\(Later[,)]`), type));
  });

  it("is not said of what is off, or of what was said not to run as a whole", () => {
    const off = TEMPLATE.replace("EventPattern: { source: [shop] }", "EventPattern: { source: [shop] }\n      State: DISABLED").replace("Protocol: lambda", "Protocol: email"); // prettier-ignore
    assert.deepEqual(wiring(off).notRehearsed.slice(1), [
      "subscription ToWork: nothing is sent by email here",
      "properties of queues, topics, buckets, rules and what leads from them that change nothing here: OfLive (MaximumEventAgeInSeconds)",
    ]);
  });

  it("is refused by a FIFO topic, to whoever publishes without a group or an id", async () => {
    const { services } = await standInsOf(TEMPLATE);
    const publish = async (fields: Readonly<Record<string, string>>) => {
      const body = new URLSearchParams({ Action: "Publish", TopicArn: arn("sns", "in-order.fifo"), Message: "m", ...fields }); // prettier-ignore
      const response = await fetch(services.url, { method: "POST", body });
      return [response.status, /<Message>(.*)<\/Message>/.exec(await response.text())?.[1]];
    };
    assert.deepEqual(await publish({}), [400, "The MessageGroupId parameter is required for FIFO topics"]);
    assert.deepEqual(await publish({ MessageGroupId: "g" }), [400, "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"]); // prettier-ignore
    assert.equal((await publish({ MessageGroupId: "g", MessageDeduplicationId: "1" }))[0], 200);
  });
});

describe("circles of messages and events", () => {
  afterEach(closeAll);

  it("end for a message that nothing hides and nobody deletes", async () => {
    const text = `{ Resources: { Seen: { Type: AWS::SQS::Queue, Properties: { QueueName: seen, VisibilityTimeout: 0 } } } }`;
    const { services, sqs, reached } = await standInsOf(text);
    await sqs("SendMessage", "seen", { MessageBody: "x" });
    const queue = services.broker.queues.find(({ name }) => name === "seen") ?? assert.fail();
    let times = 0;
    while (services.broker.queues.receive(queue, 10).length > 0) times++;
    assert.equal(times, 1001);
    assert.deepEqual(await reached(), [
      "queue Seen: a message was received more than 1000 times, and is received no more: nobody deletes it, and the visibility timeout hides it for no time",
    ]);
  });

  it("end where queues are each other's dead letters", async () => {
    const text = `
Resources:
  A: { Type: AWS::SQS::Queue, Properties: { QueueName: a, VisibilityTimeout: 0, RedrivePolicy: { deadLetterTargetArn: "${arn("sqs", "b")}", maxReceiveCount: 1 } } }
  B: { Type: AWS::SQS::Queue, Properties: { QueueName: b, VisibilityTimeout: 0, RedrivePolicy: { deadLetterTargetArn: "${arn("sqs", "a")}", maxReceiveCount: 1 } } }
  OfA: { Type: AWS::Lambda::EventSourceMapping, Properties: { EventSourceArn: !GetAtt A.Arn, FunctionName: Work } }
  OfB: { Type: AWS::Lambda::EventSourceMapping, Properties: { EventSourceArn: !GetAtt B.Arn, FunctionName: Tell } }
`;
    const { called, sqs, reached } = await standInsOf(text, () => undefined);
    await sqs("SendMessage", "a", { MessageBody: "x" });
    assert.deepEqual(await reached(), [
      "queue A: a message reached Work",
      "queue A: Work failed on a message",
      "queue A: a message was received 1 times and is now in B",
      "queue B: a message reached Tell",
      "queue B: Tell failed on a message",
      "queue B: a message was received 1 times and is dropped: A had it before, so that dead letters go in a circle",
    ]);
    assert.deepEqual(called.map(([logicalId]) => logicalId), ["Work", "Tell"]); // prettier-ignore
  });

  it("end where functions are each other's destinations", async () => {
    const to = (name: string, target: string) => `
  ${name}: { Type: AWS::Lambda::EventInvokeConfig, Properties: { FunctionName: ${name.slice(2)}, Qualifier: $LATEST, DestinationConfig: { OnSuccess: { Destination: "${arn("lambda", `function:${target}`)}" }, OnFailure: { Destination: "${arn("lambda", `function:${target}`)}" } } } }`;
    const text = `
Resources:
  Hourly: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: rate(1 hour), Targets: [{ Id: a, Arn: "${arn("lambda", "function:Work")}" }] } }${to("OfWork", "Tell")}${to("OfTell", "Work")}
`;
    const { services, called, reached } = await standInsOf(text);
    services.broker.fire();
    const [last] = (await reached()).slice(-1);
    assert.equal(called.length, 10_000);
    assert.match(last ?? "", /^functions were called 10000 times and are called no more: does \w+ send what it is called with again\?$/);
    services.broker.fire();
    await services.broker.settled();
    assert.equal(called.length, 20_000);
  }); // prettier-ignore

  it("end where buses send to each other", async () => {
    const to = (name: string, from: string, bus: string) => `
  ${name}: { Type: AWS::Events::Rule, Properties: { EventBusName: ${from}, EventPattern: { source: [shop] }, Targets: [{ Id: a, Arn: "${arn("events", `event-bus/${bus}`)}" }] } }`;
    const text = `
Resources:
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: shop } }${to("There", "default", "shop")}${to("Back", "shop", "default")}
`;
    const { ask, reached } = await standInsOf(text);
    await ask("AWSEvents.PutEvents", order);
    assert.deepEqual(await reached(), [
      "rule There: an event went to bus shop",
      "rule Back: an event came from another bus and is not sent on to a third",
    ]);
  });
});
