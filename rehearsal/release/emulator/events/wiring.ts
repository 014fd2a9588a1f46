/** What of a template is reached by messages and events, and from where: read once, before anything runs. */
import { attributeOf } from "../../../aws/registry";
import type { Site } from "../../../aws/physicalNames";
import type { Evaluated } from "../../cloudformation/stack";
import { list, map, text, type Values } from "../../../../packages/iam/src/json";
import { calledBy } from "../apis";
import { ofType } from "../deployment";
import type { FunctionSettings } from "../sandbox";
import { type Heeded, heeded, json, type Properties } from "./heeded";
import {
  type Bucket,
  type InvokeConfig,
  LATEST,
  type Mapping,
  type Notification,
  type QueueSettings,
  type Rule,
  type Schedule,
  type Sink,
  type Stream,
  type StreamMapping,
  type Subscription,
  type Target,
  type Topic,
  type Wiring,
} from "./model";
import { unknownOperator } from "./pattern";

/**
 * Whatever a template says of these, what reaches what stays the same: names, which are read elsewhere, and who may. When a
 * schedule comes is in AS_SERVICES.
 */
const NO_MATTER: Readonly<Record<string, string>> = {
  "AWS::SQS::Queue": "QueueName Tags",
  "AWS::S3::Bucket": "BucketName Tags",
  "AWS::SNS::Topic": "TopicName DisplayName Tags",
  "AWS::Events::Rule": "Name Description Tags RoleArn Targets.Id Targets.RoleArn",
  "AWS::Events::EventBus": "Name Description Tags",
  "AWS::Scheduler::Schedule":
    "Name Description GroupName ScheduleExpression ScheduleExpressionTimezone FlexibleTimeWindow Target.RoleArn",
  "AWS::Lambda::EventSourceMapping": "Tags",
};
/** Types that lead messages and events. */
const TYPES = [
  ...["AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::SNS::Subscription", "AWS::S3::Bucket"],
  ...["AWS::Events::Rule", "AWS::Events::EventBus", "AWS::Scheduler::Schedule"],
  ...["AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"],
];

/** Events of buckets that the calls that run here lead to. */
const HAPPENS = /^s3:(ObjectCreated:(\*|Put|Copy)|ObjectRemoved:(\*|Delete))$/;

class Reading {
  readonly notRehearsed: string[] = [];
  /** Who has dead letters that nothing ends in here. */
  readonly #neverFails: string[] = [];
  readonly #all: readonly Heeded[];
  readonly queues: readonly QueueSettings[];
  readonly topics: readonly Topic[];
  readonly buses: readonly string[];
  readonly streams: readonly Stream[];

  constructor(
    readonly site: Site,
    readonly evaluated: Evaluated,
    readonly functions: readonly FunctionSettings[],
  ) {
    this.#all = TYPES.flatMap((type) => ofType(evaluated, type)).map(heeded);
    this.queues = this.#of("AWS::SQS::Queue").map((each) => this.#queue(each));
    this.topics = this.#of("AWS::SNS::Topic").map(({ logicalId, id, properties }) => ({
      ...{ logicalId, arn: id, fifo: properties.isOn("FifoTopic") },
      byContent: properties.isOn("ContentBasedDeduplication"),
    }));
    this.buses = ["default", ...this.#of("AWS::Events::EventBus").map(({ id }) => id)];
    this.streams = ofType(evaluated, "AWS::DynamoDB::Table").flatMap((table): Stream[] => {
      const view = text(map(table.properties["StreamSpecification"]), "StreamViewType");
      const keys = list(table.properties["KeySchema"]).map((each) => String(map(each)["AttributeName"]));
      const stream = { logicalId: table.logicalId, table: table.id, keys };
      return view === undefined
        ? []
        : [{ ...stream, arn: attributeOf(site, table, "StreamArn") ?? "", view }];
    });
  }

  #of = (type: string): readonly Heeded[] => this.#all.filter((each) => each.type === type);
  #arn = ({ resource }: Heeded): string => attributeOf(this.site, resource, "Arn") ?? resource.id;

  #queue(queue: Heeded): QueueSettings {
    const { logicalId, id, properties } = queue;
    const redrive = properties.in("RedrivePolicy");
    const deadLetters = redrive.text("deadLetterTargetArn");
    const after = redrive.number("maxReceiveCount", 10);
    return {
      logicalId,
      arn: this.#arn(queue),
      url: id,
      name: attributeOf(this.site, queue.resource, "QueueName") ?? "",
      fifo: properties.isOn("FifoQueue"),
      byContent: properties.isOn("ContentBasedDeduplication"),
      visibility: properties.number("VisibilityTimeout", 30),
      ...(deadLetters !== undefined && { deadLetters: { queue: deadLetters, after } }),
    };
  }

  /** What an ARN names; undefined, and said, where it is nothing that runs here. */
  #sink(who: string, arn: unknown, group?: unknown): Sink | undefined {
    const called = calledBy(this.functions, arn);
    if (called) {
      const qualifier = String(arn).slice(called.arn.length + 1) || LATEST;
      return { kind: "function", logicalId: called.logicalId, arn: called.arn, qualifier };
    }
    const queue = this.queues.find((each) => each.arn === arn);
    if (queue) return { kind: "queue", arn: queue.arn, ...(typeof group === "string" && { group }) };
    const topic = this.topics.find((each) => each.arn === arn);
    if (topic) return { kind: "topic", arn: topic.arn };
    const bus = /:event-bus\/([^/]+)$/.exec(String(arn))?.[1];
    if (bus !== undefined && this.buses.includes(bus)) return { kind: "bus", name: bus };
    this.notRehearsed.push(`${who}: nothing here is ${String(arn)}, which it leads to`);
    return undefined;
  }

  /** Dead letters of what can't be delivered. Only a queue or a FIFO topic refuses what it is sent here. */
  #undelivered(who: string, sink: Sink | undefined, arn: string | undefined): string | undefined {
    if (arn === undefined) return undefined;
    const queue = this.#sink(`dead letters of ${who}`, arn);
    const fifo = sink?.kind === "topic" && this.topics.some((each) => each.arn === sink.arn && each.fifo);
    if (sink && sink.kind !== "queue" && !fifo) this.#neverFails.push(who);
    return queue?.kind === "queue" ? queue.arn : undefined;
  }

  /** Whether all of these patterns can be judged here; said where not. */
  #known(who: string, patterns: readonly Values[]): boolean {
    const unknown = patterns.map(unknownOperator).find((each) => each !== undefined);
    if (unknown === undefined) return true;
    this.notRehearsed.push(
      `${who}: its pattern has "${unknown}", which is not known here: nothing is sent by it`,
    );
    return false;
  }

  /** What reads of queues, and what reads of streams. */
  mappings(): Pick<Wiring, "mappings" | "streamMappings"> {
    const [mappings, streamMappings]: [Mapping[], StreamMapping[]] = [[], []];
    for (const { logicalId, properties } of this.#of("AWS::Lambda::EventSourceMapping")) {
      const who = `event source ${logicalId}`;
      const source = properties.text("EventSourceArn") ?? "";
      const queue = this.queues.find(({ arn }) => arn === source);
      const stream = this.streams.find(({ arn }) => arn === source);
      const called = calledBy(this.functions, properties.get("FunctionName"));
      const target = called?.logicalId;
      const taken = mappings.some((each) => each.queue === source);
      const filters = properties
        .in("FilterCriteria")
        .each("Filters")
        .map((each) => json(each.get("Pattern")));
      const why =
        queue || stream
          ? target === undefined
            ? "its function is not in the template"
            : taken && "the queue leads to another function already"
          : `${source || "its source"} is no queue or stream of the template`;
      const isOff = properties.isOff("Enabled");
      if (isOff || why) properties.leave();
      if (isOff) continue;
      if (why) this.notRehearsed.push(`${who}: ${why}: nothing reaches ${target ?? "it"} by it`);
      if (why || !called || target === undefined || !this.#known(who, filters)) continue;
      const partial = list(properties.get("FunctionResponseTypes")).includes("ReportBatchItemFailures");
      const batch = properties.number("BatchSize", queue ? 10 : 100);
      const common = { logicalId, target, filters, partial, batch };
      if (queue) mappings.push({ ...common, queue: source });
      else
        streamMappings.push({
          ...common,
          stream: source,
          targetArn: called.arn,
          ...this.#retries(who, properties),
        });
    }
    return { mappings, streamMappings };
  }

  /** What becomes of a part of a stream that fails. */
  #retries(who: string, own: Properties): Pick<StreamMapping, "attempts" | "bisect" | "failed"> {
    const retries = own.number("MaximumRetryAttempts", -1);
    const arn = own.in("DestinationConfig").in("OnFailure").get("Destination");
    return {
      attempts: retries < 0 ? undefined : retries + 1,
      bisect: own.isOn("BisectBatchOnFunctionError"),
      failed: arn === undefined ? undefined : this.#sink(`OnFailure of ${who}`, arn),
    };
  }

  buckets = (): Bucket[] =>
    this.#of("AWS::S3::Bucket").map((bucket) => {
      const { logicalId, id: name, properties } = bucket;
      const own = properties.in("NotificationConfiguration");
      const notifications = [
        ...own
          .each("LambdaConfigurations")
          .flatMap((each) => this.#notification(logicalId, each, "Function")),
        ...own.each("QueueConfigurations").flatMap((each) => this.#notification(logicalId, each, "Queue")),
        ...own.each("TopicConfigurations").flatMap((each) => this.#notification(logicalId, each, "Topic")),
      ];
      const bridged = own.values["EventBridgeConfiguration"] !== undefined;
      const eventBridge = bridged && !own.in("EventBridgeConfiguration").isOff("EventBridgeEnabled");
      return { logicalId, name, arn: this.#arn(bucket), notifications, eventBridge };
    });

  #notification(bucket: string, own: Properties, destination: string): Notification[] {
    const who = `notification of bucket ${bucket}`;
    const sink = this.#sink(who, own.get(destination));
    const event = String(own.get("Event"));
    if (!HAPPENS.test(event)) this.notRehearsed.push(`${who}: ${event} never happens here`);
    const rules = own.in("Filter").in("S3Key").each("Rules");
    const [prefix = "", suffix = ""] = ["prefix", "suffix"].map(
      (wanted) =>
        rules.flatMap((rule) => {
          const [name, value] = [String(rule.get("Name")).toLowerCase(), rule.text("Value")];
          return name === wanted && value !== undefined ? [value] : [];
        })[0],
    );
    if (!sink) own.leave();
    return sink ? [{ sink, event, prefix, suffix }] : [];
  }

  subscriptions = (): Subscription[] => {
    const inTopics = this.#of("AWS::SNS::Topic").flatMap(({ logicalId, id, properties }) =>
      properties.each("Subscription").map((own) => ({ logicalId, topic: id, own })),
    );
    const alone = this.#of("AWS::SNS::Subscription").map(({ logicalId, properties: own }) => ({
      ...{ logicalId, topic: own.text("TopicArn") ?? "", own },
    }));
    return [...inTopics, ...alone].flatMap(({ logicalId, topic, own }): Subscription[] => {
      const who = `subscription ${logicalId}`;
      const [protocol, endpoint] = [own.get("Protocol"), own.get("Endpoint")];
      const sent = protocol === "lambda" || protocol === "sqs";
      const sink = sent ? this.#sink(who, endpoint) : undefined;
      if (!sink) own.leave();
      if (!sent) this.notRehearsed.push(`${who}: nothing is sent by ${String(protocol)} here`);
      const pattern = json(own.get("FilterPolicy"));
      const body = own.get("FilterPolicyScope") === "MessageBody";
      const raw = own.isOn("RawMessageDelivery");
      // No queue that SNS lets subscribe refuses what it sends: a FIFO wants a FIFO topic, whose messages have a group.
      if (sink && own.in("RedrivePolicy").get("deadLetterTargetArn") !== undefined)
        this.#neverFails.push(who);
      const filter = Object.keys(pattern).length > 0 && { filter: { pattern, body } };
      return sink && this.#known(who, [pattern]) ? [{ logicalId, topic, sink, raw, ...filter }] : [];
    });
  };

  /** Where a rule or a schedule leads to. */
  #target(who: string, own: Properties): Target[] {
    const [arn, input, path] = [own.get("Arn"), own.text("Input"), own.text("InputPath")];
    if (own.get("InputTransformer") !== undefined) {
      this.notRehearsed.push(
        `${who}: its InputTransformer does not run here: nothing reaches ${String(arn)} by it`,
      );
      own.leave();
      return [];
    }
    const sink = this.#sink(who, arn, own.in("SqsParameters").get("MessageGroupId"));
    if (!sink) own.leave();
    const deadLetters = this.#undelivered(who, sink, own.in("DeadLetterConfig").text("Arn"));
    const given = { ...(input !== undefined && { input }), ...(path !== undefined && { path }) };
    return sink ? [{ sink, ...given, ...(deadLetters !== undefined && { deadLetters }) }] : [];
  }

  rules = (): Rule[] =>
    this.#of("AWS::Events::Rule").flatMap((rule): Rule[] => {
      const { logicalId, properties } = rule;
      const who = `rule ${logicalId}`;
      const written = properties.get("EventPattern");
      const pattern = written === undefined ? undefined : json(written);
      const scheduled = properties.get("ScheduleExpression") !== undefined;
      const bus = (properties.text("EventBusName") ?? "default").split("/").at(-1) ?? "";
      if (properties.get("State") === "DISABLED" || (pattern && !this.#known(who, [pattern]))) {
        properties.leave();
        return [];
      }
      const targets = properties.each("Targets").flatMap((each) => this.#target(who, each));
      return [{ logicalId, arn: this.#arn(rule), bus, pattern, scheduled, targets }];
    });

  schedules = (): Schedule[] =>
    this.#of("AWS::Scheduler::Schedule").flatMap((schedule): Schedule[] => {
      const { logicalId, properties } = schedule;
      if (properties.get("State") === "DISABLED") {
        properties.leave();
        return [];
      }
      const [target] = this.#target(`schedule ${logicalId}`, properties.in("Target"));
      return target ? [{ logicalId, arn: this.#arn(schedule), target }] : [];
    });

  invokeConfigs = (): InvokeConfig[] =>
    this.#of("AWS::Lambda::EventInvokeConfig").flatMap(({ logicalId, properties }): InvokeConfig[] => {
      const target = calledBy(this.functions, properties.get("FunctionName"))?.logicalId;
      const qualifier = properties.text("Qualifier") ?? LATEST;
      const attempts = properties.number("MaximumRetryAttempts", 2) + 1;
      const to = (outcome: string): Sink | undefined => {
        const arn = properties.in("DestinationConfig").in(outcome).get("Destination");
        return arn === undefined ? undefined : this.#sink(`${outcome} of ${logicalId}`, arn);
      };
      const [succeeded, failed] = [to("OnSuccess"), to("OnFailure")];
      return target === undefined ? [] : [{ logicalId, target, qualifier, attempts, succeeded, failed }];
    });

  failed = (): Map<string, Sink> =>
    new Map(
      ofType(this.evaluated, "AWS::Lambda::Function").flatMap(({ logicalId, properties }) => {
        const arn = text(map(properties["DeadLetterConfig"]), "TargetArn");
        const sink = arn === undefined ? undefined : this.#sink(`dead letters of ${logicalId}`, arn);
        return sink ? [[logicalId, sink] as const] : [];
      }),
    );

  /** What of all that was read nothing has asked for, and what it asked for can't show: a line each. Comes last. */
  unheeded(): string[] {
    const unasked = this.#all.flatMap(({ logicalId, type, properties }) => {
      const names = properties.unasked().filter((each) => !NO_MATTER[type]?.split(" ").includes(each));
      return names.length > 0 ? [`${logicalId} (${names.join(", ")})`] : [];
    });
    return [
      ...(unasked.length > 0
        ? [
            `properties of queues, topics, buckets, rules and what leads from them that change nothing here: ${unasked.join(", ")}`,
          ]
        : []),
      ...(this.#neverFails.length > 0
        ? [
            `dead letters of ${[...new Set(this.#neverFails)].join(", ")}: whatever is sent arrives here. What a function fails on was delivered: its own DeadLetterConfig or OnFailure gets that`,
          ]
        : []),
    ];
  }
}

/** What stand-ins never show. */
const AS_SERVICES =
  "SQS, SNS, EventBridge, S3 and streams as services: who may send, visibility timeouts and delays between attempts, order, throttling, encryption; each schedule came once";

/** Reads it of a template; undefined where nothing of it is there. */
export function wiringOf(
  site: Site,
  evaluated: Evaluated,
  functions: readonly FunctionSettings[],
): Wiring | undefined {
  if (![...evaluated.resources.values()].some(({ type }) => TYPES.includes(type))) return undefined;
  const reading = new Reading(site, evaluated, functions);
  const { queues, topics, buses, notRehearsed } = reading;
  notRehearsed.push(AS_SERVICES);
  const wiring = {
    ...{ site, queues, topics, buses, notRehearsed },
    buckets: reading.buckets(),
    streams: reading.streams,
    ...reading.mappings(),
    subscriptions: reading.subscriptions(),
    rules: reading.rules(),
    schedules: reading.schedules(),
    invokeConfigs: reading.invokeConfigs(),
    failed: reading.failed(),
  };
  notRehearsed.push(...reading.unheeded());
  return wiring;
}
