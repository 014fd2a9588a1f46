/** The default bus: registered rules, what they match, and what is made of an event for a target. */
import { randomUUID } from "node:crypto";
import { map, text } from "../../../packages/iam/src/json";
import { ofType, type Rehearsed, type Resource } from "../../../rehearsal/record/record";

export type Event = Readonly<Record<string, unknown>>;

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+^${}()|[\]\\?]/g, "\\$&"))
      .join(".*")}$`,
    "s",
  );

function fits(wanted: unknown, value: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return wanted === value;
  const [[operator, argument] = ["", ""], ...others] = Object.entries(wanted);
  if (others.length > 0 || typeof argument !== "string")
    throw new Error("a pattern of more than one operator");
  if (typeof value !== "string") return false;
  if (operator === "wildcard") return wildcard(argument).test(value);
  if (operator === "prefix") return value.startsWith(argument);
  throw new Error(`this EventBridge has no operator ${operator}`);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export const matches = (pattern: Event, event: Event): boolean =>
  Object.entries(pattern).every(([key, wanted]) => {
    const value = event[key];
    if (!Array.isArray(wanted)) return matches(map(wanted), map(value));
    const values = Array.isArray(value) ? value : [value];
    return wanted.some((each) => values.some((own) => fits(each, own)));
  });

const at = (event: Event, path: string): unknown => {
  if (!/^\$(\.[\w-]+)+$/.test(path)) throw new Error(`this EventBridge reads no path like ${path}`);
  return path
    .split(".")
    .slice(1)
    .reduce<unknown>((value, key) => map(value)[key], event);
};

/**
 * A text that is filled in gets quotes around it, unless it stands within some; what has quotes itself is escaped.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function transform(
  { inputPaths, inputTemplate }: Readonly<Record<string, unknown>>,
  event: Event,
): unknown {
  const template = String(inputTemplate);
  const filled = template.replace(/<([\w.-]+)>/g, (_, name: string, position: number) => {
    const path = text(map(inputPaths), name);
    if (path === undefined) throw new Error(`the template has <${name}>, and no path is named so`);
    const value = at(event, path) ?? "";
    const json = JSON.stringify(value);
    const within = template.slice(0, position).replace(/\\./g, "").split('"').length % 2 === 0;
    return within && typeof value === "string" ? json.slice(1, -1) : json;
  });
  return JSON.parse(filled) as unknown;
}

export interface Delivery {
  readonly rule: Resource;
  readonly target: Resource;
  readonly input: unknown;
}

/** What an event, or a schedule's moment, has each rule start. */
export class EventBridge {
  readonly #record: Rehearsed;
  readonly #deliver: (delivery: Delivery) => void;
  /** Everything that was put, in order. */
  readonly events: Event[] = [];

  constructor(record: Rehearsed, deliver: (delivery: Delivery) => void) {
    this.#record = record;
    this.#deliver = deliver;
  }

  #targets(rule: Resource): Resource[] {
    return ofType(this.#record, "aws:cloudwatch/eventTarget:EventTarget").filter(
      ({ inputs, account }) => inputs["rule"] === rule.outputs["name"] && account === rule.account,
    );
  }

  #fire(rule: Resource, event: Event): void {
    for (const target of this.#targets(rule)) {
      const { inputTransformer } = target.inputs;
      const input = inputTransformer === undefined ? event : transform(map(inputTransformer), event);
      this.#deliver({ rule, target, input });
    }
  }

  put(event: Event): void {
    const { account, region } = event;
    const whole: Event = { version: "0", id: randomUUID(), time: new Date().toISOString(), ...event };
    this.events.push(whole);
    for (const rule of ofType(this.#record, "aws:cloudwatch/eventRule:EventRule")) {
      const pattern = text(rule.inputs, "eventPattern");
      if (pattern === undefined || rule.account !== account || rule.region !== region) continue;
      if (matches(JSON.parse(pattern) as Event, whole)) this.#fire(rule, whole);
    }
  }

  /** The moment of a rule that goes by a schedule. */
  tick(name: string): void {
    const rule = ofType(this.#record, "aws:cloudwatch/eventRule:EventRule").find(
      (each) => each.name === name,
    );
    if (rule?.inputs["scheduleExpression"] === undefined) throw new Error(`no rule ${name} has a schedule`);
    this.#fire(rule, { source: "aws.events", "detail-type": "Scheduled Event", detail: {} });
  }
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
export const pipelineEvent = (
  arn: string,
  pipeline: string,
  id: string,
  state: string,
  /** Of a stage or an action: its name, and what else is told of it. */
  [what, more]: readonly ["Pipeline" | "Stage" | "Action", object] = ["Pipeline", {}],
): Event => {
  const [, , , region, account] = arn.split(":");
  return {
    "detail-type": `CodePipeline ${what} Execution State Change`,
    source: "aws.codepipeline",
    account,
    region,
    resources: [arn],
    detail: { pipeline, "execution-id": id, state, version: 1, ...more },
  };
};
