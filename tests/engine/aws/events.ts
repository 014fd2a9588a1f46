/** What EventBridge refuses. */
import type { Cloud, Thing } from "./cloud";
import { isMap } from "./declared";
import { refuseForeignRole } from "./iam";
import { Refusal } from "./refusals";
import { map, text } from "../../../packages/iam/src/json";

const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const LARGEST_PATTERN = 2048; // characters; the quota can be raised
const MOST_TARGETS = 5;
const MOST_PATHS = 100;

/** `rate(1 day)`, `rate(2 days)`, `cron(…)` */
const SCHEDULE = /^(rate\((1 (minute|hour|day)|(?!1 )[1-9]\d* (minutes|hours|days))\)|cron\((\S+ ){5}\S+\))$/;

/** Whether every value that a pattern asks for stands in a list of its own. */
const isPattern = (pattern: unknown): boolean =>
  isMap(pattern) &&
  Object.values(pattern).every((each) => (Array.isArray(each) ? each.length > 0 : isPattern(each)));

const parsed = (written: string): unknown => {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
};

export function judgeRule(_: Cloud, { inputs }: Thing): void {
  const { eventPattern, scheduleExpression } = inputs;
  if (typeof eventPattern !== "string" && typeof scheduleExpression !== "string") {
    const detail = "Parameter(s) EventPattern or ScheduleExpression must be specified.";
    throw new Refusal("rule-when", detail);
  }
  if (typeof scheduleExpression === "string" && !SCHEDULE.test(scheduleExpression)) {
    throw new Refusal("rule-when", "Parameter ScheduleExpression is not valid.");
  }
  if (typeof eventPattern !== "string") return;
  if (!isPattern(parsed(eventPattern))) throw new Refusal("pattern-form", "Event pattern is not valid.");
  if (eventPattern.length > LARGEST_PATTERN) {
    const detail = `the pattern has ${eventPattern.length} characters of at most ${LARGEST_PATTERN}`;
    throw new Refusal("pattern-size", detail);
  }
}

/** What a template fills in must be given, or be one of EventBridge's own. */
function judgeTransformer(transformer: unknown): void {
  if (transformer === undefined) return;
  const paths = Object.keys(map(map(transformer)["inputPaths"]));
  const template = text(map(transformer), "inputTemplate") ?? "";
  const used = [...template.matchAll(/<([\w.-]+)>/g)].map(([, name = ""]) => name);
  const unknown = used.find((name) => !paths.includes(name) && !name.startsWith("aws."));
  const reserved = paths.find((name) => name.startsWith("AWS"));
  if (unknown !== undefined || reserved !== undefined || paths.length > MOST_PATHS || template === "") {
    const detail = `Invalid InputTemplate: ${unknown ?? reserved ?? `${paths.length} paths`}`;
    throw new Refusal("target-input", detail);
  }
}

export function judgeEventTarget(cloud: Cloud, thing: Thing): void {
  const { account, region, id, inputs } = thing;
  const rule = String(inputs["rule"]);
  if (!cloud.get({ account, region, type: RULE, id: rule })) {
    throw new Refusal("rule-missing", `Rule ${rule} does not exist on EventBus default.`);
  }
  const others = targetsOf(cloud, account, rule).filter((each) => each.id !== id);
  if (others.length >= MOST_TARGETS) {
    throw new Refusal("targets-many", `Rule ${rule} has ${others.length} targets already.`);
  }
  judgeTransformer(inputs["inputTransformer"]);
  refuseForeignRole(thing, inputs["roleArn"]);
}

const targetsOf = (cloud: Cloud, account: string, rule: string): Thing[] =>
  cloud.all(TARGET, account).filter(({ inputs }) => inputs["rule"] === rule);

export function judgeRuleDeletion(cloud: Cloud, { account, id }: Thing): void {
  if (targetsOf(cloud, account, id).length > 0) {
    throw new Refusal("rule-in-use", "Rule can't be deleted since it has targets.");
  }
}
