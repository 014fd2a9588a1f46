/** What of a template is reached by messages and events, and from where: read once, before anything runs. */
import { attributeOf } from "../../../aws/registry";
import type { Site } from "../../../aws/physicalNames";
import type { Evaluated, StackResource } from "../../cloudformation/stack";
import { list, map, text, type Values } from "../../../../packages/iam/src/json";
import { calledBy } from "../apis";
import { ofType } from "../deployment";
import type { FunctionSettings } from "../sandbox";
import type { Mapping, QueueSettings, Rule, Schedule, Sink, Subscription, Target, Wiring } from "./model";
import { unknownOperator } from "./pattern";

const json = (value: unknown): Values => {
  if (typeof value !== "string") return map(value);
  try {
    return map(JSON.parse(value) as unknown);
  } catch {
    return {};
  }
};
const isOn = (value: unknown): boolean => value === true || value === "true";
const numberOf = (value: unknown, otherwise: number): number =>
  value === undefined || Number.isNaN(Number(value)) ? otherwise : Number(value);

class Reading {
  readonly notRehearsed: string[] = [];
  readonly queues: readonly QueueSettings[];
  readonly topics: readonly { readonly logicalId: string; readonly arn: string }[];

  constructor(
    readonly site: Site,
    readonly evaluated: Evaluated,
    readonly functions: readonly FunctionSettings[],
  ) {
    this.queues = this.#of("AWS::SQS::Queue").map((each) => this.#queue(each));
    this.topics = this.#of("AWS::SNS::Topic").map(({ logicalId, id }) => ({ logicalId, arn: id }));
  }

  #of = (type: string): StackResource[] => ofType(this.evaluated, type);
  #arn = (resource: StackResource): string => attributeOf(this.site, resource, "Arn") ?? resource.id;

  #queue(resource: StackResource): QueueSettings {
    const { logicalId, id, properties } = resource;
    const redrive = json(properties["RedrivePolicy"]);
    const queue = text(redrive, "deadLetterTargetArn");
    return {
      logicalId,
      arn: this.#arn(resource),
      url: id,
      name: attributeOf(this.site, resource, "QueueName") ?? "",
      fifo: isOn(properties["FifoQueue"]),
      byContent: isOn(properties["ContentBasedDeduplication"]),
      visibility: numberOf(properties["VisibilityTimeout"], 30),
      ...(queue !== undefined && {
        deadLetters: { queue, after: numberOf(redrive["maxReceiveCount"], 10) },
      }),
    };
  }

  /** What an ARN names; undefined, and said, where it is nothing that runs here. */
  #sink(who: string, arn: unknown, group?: unknown): Sink | undefined {
    const called = calledBy(this.functions, arn);
    if (called) return { kind: "function", logicalId: called.logicalId };
    const queue = this.queues.find((each) => each.arn === arn);
    if (queue) return { kind: "queue", arn: queue.arn, ...(typeof group === "string" && { group }) };
    const topic = this.topics.find((each) => each.arn === arn);
    if (topic) return { kind: "topic", arn: topic.arn };
    this.notRehearsed.push(`${who}: nothing here is ${String(arn)}, which it leads to`);
    return undefined;
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
      if (properties["Enabled"] === false || properties["Enabled"] === "false") return [];
      const source = text(properties, "EventSourceArn") ?? "";
      const queue = this.queues.find(({ arn }) => arn === source);
      const target = calledBy(this.functions, properties["FunctionName"]);
      const filters = list(map(properties["FilterCriteria"])["Filters"]).map((each) =>
        json(map(each)["Pattern"]),
      );
      if (!queue || !target || taken.has(source)) {
        const why = queue
          ? target
            ? "the queue leads to another function already"
            : "its function is not in the template"
          : `${source || "its source"} is no queue of the template`;
        this.notRehearsed.push(`${who}: ${why}: nothing reaches ${target?.logicalId ?? "it"} by it`);
        return [];
      }
      if (!this.#known(who, filters)) return [];
      taken.add(source);
      return [
        {
          logicalId,
          queue: source,
          target: target.logicalId,
          batch: numberOf(properties["BatchSize"], 10),
          partial: list(properties["FunctionResponseTypes"]).includes("ReportBatchItemFailures"),
          filters,
        },
      ];
    });
  };

  subscriptions = (): Subscription[] => {
    const inTopics = this.#of("AWS::SNS::Topic").flatMap(({ logicalId, id, properties }) =>
      list(properties["Subscription"]).map((each) => ({ logicalId, topic: id, own: map(each) })),
    );
    const alone = this.#of("AWS::SNS::Subscription").map(({ logicalId, properties }) => ({
      ...{ logicalId, topic: text(properties, "TopicArn") ?? "", own: properties },
    }));
    return [...inTopics, ...alone].flatMap(({ logicalId, topic, own }): Subscription[] => {
      const who = `subscription ${logicalId}`;
      const sink =
        own["Protocol"] === "lambda" || own["Protocol"] === "sqs"
          ? this.#sink(who, own["Endpoint"])
          : undefined;
      if (own["Protocol"] !== "lambda" && own["Protocol"] !== "sqs")
        this.notRehearsed.push(`${who}: nothing is sent by ${String(own["Protocol"])} here`);
      const pattern = json(own["FilterPolicy"]);
      if (!sink || !this.#known(who, [pattern])) return [];
      const body = own["FilterPolicyScope"] === "MessageBody";
      return [
        {
          ...{ logicalId, topic, sink, raw: isOn(own["RawMessageDelivery"]) },
          ...(Object.keys(pattern).length > 0 && { filter: { pattern, body } }),
        },
      ];
    });
  };

  rules = (): Rule[] =>
    this.#of("AWS::Events::Rule").flatMap((resource): Rule[] => {
      const { logicalId, properties } = resource;
      const who = `rule ${logicalId}`;
      if (properties["State"] === "DISABLED") return [];
      const pattern = properties["EventPattern"] === undefined ? undefined : json(properties["EventPattern"]);
      if (pattern && !this.#known(who, [pattern])) return [];
      const targets = list(properties["Targets"]).flatMap((each): Target[] => {
        const {
          Arn: arn,
          Input: input,
          InputPath: path,
          InputTransformer: transformer,
          SqsParameters: sqs,
        } = map(each);
        if (transformer !== undefined) {
          this.notRehearsed.push(
            `${who}: its InputTransformer does not run here: nothing reaches ${String(arn)} by it`,
          );
          return [];
        }
        const sink = this.#sink(who, arn, map(sqs)["MessageGroupId"]);
        return sink
          ? [{ sink, ...(typeof input === "string" && { input }), ...(typeof path === "string" && { path }) }]
          : [];
      });
      const bus = (text(properties, "EventBusName") ?? "default").split("/").at(-1) ?? "";
      const scheduled = properties["ScheduleExpression"] !== undefined;
      return [{ logicalId, arn: this.#arn(resource), bus, pattern, scheduled, targets }];
    });

  schedules = (): Schedule[] =>
    this.#of("AWS::Scheduler::Schedule").flatMap((resource): Schedule[] => {
      const { logicalId, properties } = resource;
      if (properties["State"] === "DISABLED") return [];
      const { Arn: arn, Input: input, SqsParameters: sqs } = map(properties["Target"]);
      const sink = this.#sink(`schedule ${logicalId}`, arn, map(sqs)["MessageGroupId"]);
      return sink
        ? [
            {
              logicalId,
              arn: this.#arn(resource),
              target: { sink, ...(typeof input === "string" && { input }) },
            },
          ]
        : [];
    });

  failed = (): Map<string, Sink> =>
    new Map(
      this.#of("AWS::Lambda::Function").flatMap(({ logicalId, properties }) => {
        const arn = text(map(properties["DeadLetterConfig"]), "TargetArn");
        const sink = arn === undefined ? undefined : this.#sink(`dead letters of ${logicalId}`, arn);
        return sink ? [[logicalId, sink] as const] : [];
      }),
    );
}

/** What stand-ins never show. */
const AS_SERVICES =
  "SQS, SNS and EventBridge as services: who may send, visibility timeouts and delays between attempts, order, throttling, encryption; each schedule came once";

/** Types that lead messages and events. */
const TYPES =
  /^AWS::(SQS::Queue|SNS::(Topic|Subscription)|Events::(Rule|EventBus)|Scheduler::Schedule|Lambda::EventSourceMapping)$/;

/** Reads it of a template; undefined where nothing of it is there. */
export function wiringOf(
  site: Site,
  evaluated: Evaluated,
  functions: readonly FunctionSettings[],
): Wiring | undefined {
  if (![...evaluated.resources.values()].some(({ type }) => TYPES.test(type))) return undefined;
  const reading = new Reading(site, evaluated, functions);
  const { queues, topics, notRehearsed } = reading;
  notRehearsed.push(AS_SERVICES);
  return {
    ...{ site, queues, topics, notRehearsed },
    buses: ["default", ...ofType(evaluated, "AWS::Events::EventBus").map(({ id }) => id)],
    mappings: reading.mappings(),
    subscriptions: reading.subscriptions(),
    rules: reading.rules(),
    schedules: reading.schedules(),
    failed: reading.failed(),
  };
}
