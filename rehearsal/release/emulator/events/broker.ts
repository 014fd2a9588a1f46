/** Stand-ins for SQS, SNS, EventBridge and its Scheduler: what is put there reaches the functions of a template. */
import { randomUUID } from "node:crypto";
import { list, map, type Values } from "../../../../packages/iam/src/json";
import {
  areOrIs,
  type Around,
  counted,
  invoke,
  type FunctionSink,
  type Line,
  messages,
  type What,
} from "./invocations";
import { eventOf, isFor, notificationOf, type ObjectEvent } from "./notifications";
import { type Change, StreamReaders } from "./streams";
import { fits, parsed } from "./pattern";
import type { Attributes, Queue, Sent } from "./queue";
import { Queues } from "./queues";
import type { Bucket, Call, Put, Sink, Stream, Subscription, Target, Topic, Wiring } from "./model";

export interface Published {
  readonly message: string;
  readonly subject?: string | undefined;
  readonly attributes?: Attributes;
  readonly group?: string | undefined;
  readonly deduplication?: string | undefined;
}

/** Calls of functions for what one step of a release leads to. More are a circle: a function sends what it is called with. */
const MOST_CALLS = 10_000;

const NONE: Wiring = {
  ...{
    site: { account: "", region: "" },
    queues: [],
    topics: [],
    buses: ["default"],
    buckets: [],
    streams: [],
  },
  ...{ mappings: [], streamMappings: [] },
  ...{ subscriptions: [], rules: [], schedules: [], invokeConfigs: [], failed: new Map<string, Sink>() },
  notRehearsed: [],
};

/** What is in the values of a message's attributes, for a filter. */
function filtered(attributes: Attributes = {}): Values {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType: type, StringValue: value = "" }]) => [
      name,
      type === "Number" ? Number(value) : type === "String.Array" ? parsed(value) : value,
    ]),
  );
}

/** `$.detail.id` of an event. */
const partOf = (event: unknown, path: string): unknown =>
  path
    .split(".")
    .slice(1)
    .reduce<unknown>((value, name) => map(value)[name], event);

export class Broker {
  #wiring = NONE;
  #function: Call = () => Promise.resolve(undefined);
  #calls = 0;
  readonly queues: Queues;
  readonly #work = new Set<Promise<void>>();
  readonly #streams: StreamReaders;
  readonly #told = new Map<string, { readonly line: Line; readonly count: number }>();
  #closed = false;

  constructor() {
    this.queues = new Queues(this.#around, (work) => this.#track(work));
    this.#streams = new StreamReaders(this.#around, (work) => this.#track(work));
  }

  /** From now on these functions get what these queues, topics and rules lead to. What is in a queue stays. */
  use(wiring: Wiring | undefined, call: Call): void {
    this.#wiring = wiring ?? NONE;
    this.#function = call;
    this.queues.use();
  }

  topic = (arn: string): Topic | undefined => this.#wiring.topics.find((each) => each.arn === arn);
  bucket = (name: string): Bucket | undefined => this.#wiring.buckets.find((each) => each.name === name);
  stream = (table: string): Stream | undefined => this.#wiring.streams.find((each) => each.table === table);
  hasBus = (name: string): boolean => this.#wiring.buses.includes(name);

  /** What has reached what, since this was last asked: one line for all that is alike. */
  told(): string[] {
    const lines = [...this.#told.values()].map(({ line, count }) => line(count));
    this.#told.clear();
    this.#calls = 0;
    return lines;
  }
  tell(line: Line, count = 1): void {
    const key = line(1);
    this.#told.set(key, { line, count: (this.#told.get(key)?.count ?? 0) + count });
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  close(): void {
    this.#closed = true;
    this.queues.close();
  }

  /** Whether nothing is called any more. */
  get #ended(): boolean {
    return this.#closed || this.#calls > MOST_CALLS;
  }

  readonly #call: Call = async (logicalId, event) => {
    if (this.#closed) return undefined;
    if (++this.#calls <= MOST_CALLS) return this.#function(logicalId, event);
    if (this.#calls === MOST_CALLS + 1)
      this.tell(
        () =>
          `functions were called ${MOST_CALLS} times and are called no more: does ${logicalId} send what it is called with again?`,
      );
    return undefined;
  };

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  /** Sends to whoever is subscribed; returns the message's id. */
  publish(topic: string, published: Published): string {
    const id = randomUUID();
    const name = this.#wiring.topics.find(({ arn }) => arn === topic)?.logicalId ?? topic;
    const subscribed = this.#wiring.subscriptions.filter((each) => each.topic === topic);
    const wanted = subscribed.filter((each) => wants(each, published));
    for (const each of wanted) this.#notify(`topic ${name}`, each, id, published);
    const none = subscribed.length === 0 ? "no subscription that runs here" : "the filter of no subscription";
    if (wanted.length === 0) this.tell((count) => `topic ${name}: ${messages(count)} passed ${none}`);
    return id;
  }

  #notify(who: string, subscription: Subscription, id: string, published: Published): void {
    const { sink, topic, raw } = subscription;
    const { message, subject, attributes = {}, group, deduplication } = published;
    const values = Object.fromEntries(
      Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        { Type: DataType, Value: StringValue ?? BinaryValue ?? "" },
      ]),
    );
    const notification = {
      Type: "Notification",
      MessageId: id,
      TopicArn: topic,
      ...(subject !== undefined && { Subject: subject }),
      Message: message,
      Timestamp: new Date().toISOString(),
      SignatureVersion: "1",
      Signature: "rehearsal",
    };
    if (sink.kind === "function") {
      const Sns = { ...notification, Subject: subject ?? null, MessageAttributes: values };
      const record = {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: `${topic}:${id}`,
        Sns,
      };
      return this.#invoke(who, "message", sink, { Records: [record] });
    }
    const envelope = {
      ...notification,
      ...(Object.keys(values).length > 0 && { MessageAttributes: values }),
    };
    const sent = raw ? { body: message, attributes } : { body: JSON.stringify(envelope) };
    this.#pass(who, "message", sink, { ...sent, group, deduplication });
  }

  /** Puts an event on a bus; returns its id. */
  put({ source, type, detail, bus, resources, time, forwarded }: Put): string {
    const { account, region } = this.#wiring.site;
    const id = randomUUID();
    const event = {
      ...{ version: "0", id, "detail-type": type, source, account },
      ...{ time: time ?? new Date().toISOString().replace(/\.\d+/, ""), region, resources, detail },
    };
    const rules = this.#wiring.rules.filter(
      (rule) => rule.bus === bus && rule.pattern && fits(rule.pattern, event),
    );
    for (const rule of rules)
      for (const target of rule.targets)
        if (forwarded && target.sink.kind === "bus")
          this.tell(
            (count) =>
              `rule ${rule.logicalId}: ${counted(count, "event")} came from another bus and ${areOrIs(count, "are")} not sent on to a third`,
          );
        else this.#reach(`rule ${rule.logicalId}`, target, event);
    if (rules.length === 0)
      this.tell((count) => `bus ${bus}: ${counted(count, "event")} of ${source}, ${type}, passed no rule`);
    return id;
  }

  /** Has each schedule come once. */
  fire(): void {
    const { schedules, rules, site } = this.#wiring;
    const scheduled = (source: string, arn: string, detail: unknown) => ({
      ...{ version: "0", id: randomUUID(), "detail-type": "Scheduled Event", source, account: site.account },
      ...{
        time: new Date().toISOString().replace(/\.\d+/, ""),
        region: site.region,
        resources: [arn],
        detail,
      },
    });
    for (const rule of rules.filter((each) => each.scheduled))
      for (const target of rule.targets)
        this.#reach(`schedule of rule ${rule.logicalId}`, target, scheduled("aws.events", rule.arn, {}));
    for (const { logicalId, arn, target } of schedules)
      this.#reach(`schedule ${logicalId}`, target, scheduled("aws.scheduler", arn, "{}"));
  }

  #reach(who: string, { sink, input, path, deadLetters }: Target, event: object): void {
    const sent = input ?? JSON.stringify(path === undefined ? event : (partOf(event, path) ?? null));
    if (sink.kind === "function") return this.#invoke(who, "event", sink, parsed(sent) as object);
    const group = sink.kind === "queue" ? sink.group : undefined;
    const refused = this.#pass(who, "event", sink, { body: sent, group });
    const undelivered = deadLetters === undefined ? undefined : this.queues.get(deadLetters);
    if (refused && undelivered)
      this.#pass(`dead letters of ${who}`, "event", queueSink(undelivered), { body: JSON.stringify(event) });
  }

  /** Hands on to a queue, a topic or a bus; true where that refuses, which is said. */
  #pass(who: string, what: What, sink: Exclude<Sink, FunctionSink>, sent: Sent): boolean {
    if (sink.kind === "bus") {
      this.tell((count) => `${who}: ${counted(count, what)} went to bus ${sink.name}`);
      this.#forward(sink.name, parsed(sent.body));
      return false;
    }
    if (sink.kind === "topic") {
      const { logicalId = sink.arn, fifo = false } = this.topic(sink.arn) ?? {};
      if (fifo) return this.#refused(who, what, `topic ${logicalId}`, "a FIFO topic takes nothing from it");
      this.tell((count) => `${who}: ${counted(count, what)} went to topic ${logicalId}`);
      this.publish(sink.arn, { message: sent.body });
      return false;
    }
    const queue = this.queues.get(sink.arn);
    if (!queue) return false;
    const { logicalId } = queue.settings;
    const [, why] = queue.refuses(sent) ?? [];
    if (why !== undefined) return this.#refused(who, what, `queue ${logicalId}`, why);
    this.tell((count) => `${who}: ${counted(count, what)} went to queue ${logicalId}`);
    this.queues.send(queue, [sent]);
    return false;
  }

  #refused(who: string, what: What, by: string, why: string): true {
    this.tell((count) => `${who}: ${by} refused ${counted(count, what)}: ${why}`);
    return true;
  }

  /** An event that a rule sends on to another bus stays what it is; what is none becomes one of Lambda's destinations. */
  #forward(bus: string, value: unknown): void {
    const { source, "detail-type": type, detail, resources } = map(value);
    if (typeof source === "string" && typeof type === "string")
      return void this.put({ source, type, detail, bus, resources: list(resources), forwarded: true });
    const { condition, functionArn } = map(map(value)["requestContext"]);
    const outcome = condition === "Success" ? "Success" : "Failure";
    this.put({
      ...{ source: "lambda", type: `Lambda Function Invocation Result - ${outcome}`, detail: value, bus },
      resources: [functionArn],
    });
  }

  /** Calls a function that nobody waits for. */
  #invoke(who: string, what: What, sink: FunctionSink, event: object): void {
    if (this.#ended) return; // also what fails may go in a circle
    this.tell((count) => `${who}: ${counted(count, what)} reached ${sink.logicalId}`);
    this.#track(invoke({ who, what, sink, event }, this.#around));
  }

  /** What calls of functions need of all this. */
  get #around(): Around {
    return {
      wiring: () => this.#wiring,
      call: this.#call,
      ended: () => this.#ended,
      tell: (line, count) => this.tell(line, count),
      pass: (who, what, sink, value) => {
        if (sink.kind === "function") this.#invoke(who, what, sink, value as object);
        else this.#pass(who, what, sink, { body: JSON.stringify(value) });
      },
    };
  }

  /** Tells of an object whoever a bucket tells. */
  notify(bucket: Bucket, event: ObjectEvent): void {
    const who = `bucket ${bucket.logicalId}`;
    for (const { sink } of bucket.notifications.filter((each) => isFor(each, event))) {
      const value = notificationOf(this.#wiring, bucket, event);
      if (sink.kind === "function") this.#invoke(who, "event", sink, value);
      else this.#pass(who, "event", sink, { body: JSON.stringify(value) });
    }
    if (bucket.eventBridge) this.put(eventOf(this.#wiring, bucket, event));
  }

  /** Tells of what was written to a table whoever reads its stream. */
  changed(stream: Stream, changes: readonly Change[]): void {
    this.#streams.add(stream, changes);
  }
}

const queueSink = ({ settings: { arn } }: Queue) => ({ kind: "queue", arn }) as const;

/** Whether a subscription takes a message. */
function wants({ filter }: Subscription, { message, attributes }: Published): boolean {
  if (!filter) return true;
  const body = filter.body ? parsed(message) : filtered(attributes);
  return body !== undefined && fits(filter.pattern, body);
}
