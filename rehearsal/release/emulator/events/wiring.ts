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
  type InvokeConfig,
  LATEST,
  type Mapping,
  type QueueSettings,
  type Rule,
  type Schedule,
  type Sink,
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
  "AWS::SNS::Topic": "TopicName DisplayName Tags",
  "AWS::Events::Rule": "Name Description Tags RoleArn Targets.Id Targets.RoleArn",
  "AWS::Events::EventBus": "Name Description Tags",
  "AWS::Scheduler::Schedule":
    "Name Description GroupName ScheduleExpression ScheduleExpressionTimezone FlexibleTimeWindow Target.RoleArn",
  "AWS::Lambda::EventSourceMapping": "Tags",
};
/** Types that lead messages and events. */
const TYPES = [
  ...["AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::SNS::Subscription"],
  ...["AWS::Events::Rule", "AWS::Events::EventBus", "AWS::Scheduler::Schedule"],
  ...["AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"],
];

class Reading {
  readonly notRehearsed: string[] = [];
  /** Who has dead letters that nothing ends in here. */
  readonly #neverFails: string[] = [];
  readonly #all: readonly Heeded[];
  readonly queues: readonly QueueSettings[];
  readonly topics: readonly Topic[];
  readonly buses: readonly string[];

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

  mappings = (): Mapping[] => {
    const taken = new Set<string>();
    return this.#of("AWS::Lambda::EventSourceMapping").flatMap(({ logicalId, properties }): Mapping[] => {
      const who = `event source ${logicalId}`;
      if (properties.isOff("Enabled")) {
        properties.leave();
        return [];
      }
      const source = properties.text("EventSourceArn") ?? "";
      const queue = this.queues.find(({ arn }) => arn === source);
      const target = calledBy(this.functions, properties.get("FunctionName"));
      const filters = properties.in("FilterCriteria").each("Filters");
      const patterns = filters.map((each) => json(each.get("Pattern")));
      if (!queue || !target || taken.has(source)) {
        const why = queue
          ? target
            ? "the queue leads to another function already"
            : "its function is not in the template"
          : `${source || "its source"} is no queue of the template`;
        this.notRehearsed.push(`${who}: ${why}: nothing reaches ${target?.logicalId ?? "it"} by it`);
        properties.leave();
        return [];
      }
      const known = this.#known(who, patterns);
      taken.add(source);
      const mapping = {
        ...{ logicalId, queue: source, target: target.logicalId, filters: patterns },
        batch: properties.number("BatchSize", 10),
        partial: list(properties.get("FunctionResponseTypes")).includes("ReportBatchItemFailures"),
      };
      return known ? [mapping] : [];
    });
  };

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
            `properties of queues, topics, rules and what leads from them that change nothing here: ${unasked.join(", ")}`,
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
  "SQS, SNS and EventBridge as services: who may send, visibility timeouts and delays between attempts, order, throttling, encryption; each schedule came once";

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
    mappings: reading.mappings(),
    subscriptions: reading.subscriptions(),
    rules: reading.rules(),
    schedules: reading.schedules(),
    invokeConfigs: reading.invokeConfigs(),
    failed: reading.failed(),
  };
  notRehearsed.push(...reading.unheeded());
  return wiring;
}
