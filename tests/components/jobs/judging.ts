import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import type { TemplateRules } from "../../../components/workloads/templateRules";
import { jq } from "./tools";

/** Has the jobs' own filters judge templates and change sets, many in one call. */

const FOLDER = join(__dirname, "../../../components/jobs/scripts");
const FILTERS = ["judge.jq", "growth.jq", "changes.jq"]
  .map((name) => readFileSync(join(FOLDER, name), "utf8"))
  .join("");

export const ACCOUNT = "222222222222";
export const BUCKET = "artifacts-bucket";
export const SHA = "d1".repeat(32);
export const CODES = ["one", "two"].map((_, index) => `${`d${index + 1}`.repeat(32)}`);
export const FILES = `releases/catalog/${ACCOUNT}/test/run/`;
export const IMAGE = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/catalog@sha256:${SHA}`;
/** How CloudFormation shows what it does not know yet. */
export const LATER = "{{changeSet:KNOWN_AFTER_APPLY}}";

/** Types of services to come, whose policies are judged already. */
const MORE = [
  "AWS::SQS::QueuePolicy",
  "AWS::S3::BucketPolicy",
  "AWS::Logs::ResourcePolicy",
  "AWS::Lambda::Url",
]
  .concat("AWS::Lambda::LayerVersion", "AWS::Lambda::LayerVersionPermission", "AWS::Events::EventBusPolicy")
  .concat("AWS::SSM::Parameter", "AWS::SNS::Topic", "AWS::Lambda::Version");
const more = (rules: TemplateRules): TemplateRules => ({ ...rules, types: [...rules.types, ...MORE] });
export const ZIP = more(lambdaZip.template);
export const CONTAINER = more(lambdaContainer.template);

/** Of templates that say nothing of it, since each needs one. */
const ENDPOINT = {
  Parameters: { EndpointUrl: { Type: "AWS::SSM::Parameter::Value<String>" } },
  Outputs: { Endpoint: { Value: { Ref: "EndpointUrl" } } },
};
const reached = (template: unknown): unknown => {
  if (typeof template !== "object" || template === null || "Outputs" in template) return template;
  const { Parameters } = template as { Parameters?: unknown };
  if (Parameters !== undefined && (typeof Parameters !== "object" || Parameters === null)) return template;
  return { ...template, ...ENDPOINT, Parameters: { ...Parameters, ...ENDPOINT.Parameters } };
};

export interface Case {
  /** One without Outputs is given the output Endpoint. */
  readonly template: unknown;
  /** What describe-change-set says. */
  readonly set: unknown;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly rules?: TemplateRules;
  readonly rollback?: boolean;
}

/** Those that wait for the next call of jq: compiling the filters takes longer than judging a hundred. */
let waiting: { readonly cases: Case[]; readonly lines: Promise<string[][]> } | undefined;
/** The lines of each case; an error of the filter, which ends the job, is the only line then. */
export async function judge(cases: readonly Case[]): Promise<string[][]> {
  if (!waiting) {
    const all: Case[] = [];
    const due = new Promise((resolve) => setImmediate(resolve));
    const lines = due.then(() => {
      waiting = undefined;
      return judgeAll(all);
    });
    waiting = { cases: all, lines };
  }
  const { cases: all, lines } = waiting;
  const at = all.push(...cases) - cases.length;
  return (await lines).slice(at, at + cases.length);
}

async function judgeAll(cases: readonly Case[]): Promise<string[][]> {
  const texts = cases.map(({ rules = ZIP }) => JSON.stringify(rules));
  const distinct = [...new Set(texts)]; // long, and many cases have the same
  const judged = cases.map(({ template, set, parameters = {}, rollback = false }, index) => ({
    ...{ template: reached(template), set, rules: distinct.indexOf(texts[index] ?? ""), rollback },
    parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  }));
  const text = { account: ACCOUNT, partition: "aws", region: "eu-west-1", stack: "catalog--test", image: IMAGE, bucket: BUCKET }; // prettier-ignore
  const codes = JSON.stringify(CODES.map((sha) => `${FILES}code/${sha}.zip`));
  const filter =
    ".rules as $all | [.cases[] | . as $case | $case.template as $template | $case.parameters as $parameters | $all[$case.rules] as $rules" +
    ` | $case.rollback as $rollback | try [$case.set | ${FILTERS}] catch ["error: \\(.)"]]`;
  const args = Object.entries(text).flatMap(([name, value]) => ["--arg", name, value]);
  const answer = await jq(
    { command: "jq", args: [...args, "--argjson", "codes", codes, filter], cwd: "/", env: {} },
    () => Promise.resolve(`{"rules":[${distinct.join()}],"cases":${JSON.stringify(judged)}}`),
  );
  assert.equal(answer.code, 0, answer.err);
  const lines = JSON.parse(answer.out) as string[][];
  assert.equal(lines.length, cases.length);
  return lines;
}

/** What is refused of each case; an error refuses too. */
export const refusals = async (cases: readonly Case[]): Promise<string[][]> =>
  (await judge(cases)).map((lines) =>
    lines.filter((line) => /^(refused|error): /.test(line)).map((line) => line.replace(/^refused: /, "")),
  );

export interface Made {
  readonly type: string;
  readonly properties: unknown;
  readonly id?: string;
}
const change = ({ type, properties, id = "It" }: Made): object => ({
  Type: "Resource",
  ResourceChange: {
    Action: "Add",
    LogicalResourceId: id,
    ResourceType: type,
    AfterContext: JSON.stringify({ Properties: properties }),
  },
});
/** A change set that makes this, of a template that says the same. */
export const made = (one: Made, rules: TemplateRules = ZIP): Case => ({
  rules,
  template: { Resources: { [one.id ?? "It"]: { Type: one.type, Properties: one.properties } } },
  set: { Changes: [change(one)] },
});
/** A template that has it, and a change set that does not show it. */
export const templateOnly = (
  { type, properties }: Made,
  rules: TemplateRules = ZIP,
  others: object = {},
): Case => ({
  rules,
  template: { Resources: { ...others, It: { Type: type, Properties: properties } } },
  set: { Changes: [] },
});
/** A change set that shows it, whatever the template seemed to be: a resource of another type would be refused. */
export const shownOnly = (one: Made, rules: TemplateRules = ZIP): Case => ({
  rules,
  template: {
    Resources: { It: { Type: one.type, Condition: "No", Properties: {} } },
    Conditions: { No: { "Fn::Equals": ["a", "b"] } },
  },
  set: { Changes: [change(one)] },
});

/**
 * `it` for a file whose tests only ask jq: they all start with the first of them, so that what they ask for is judged in few
 * calls. Each fails for itself.
 */
export function itStartsTogether(): (title: string, test: () => Promise<void>) => void {
  const tests: (() => Promise<void>)[] = [];
  let started: Promise<void>[] | undefined;
  const start = (test: () => Promise<void>): Promise<void> => {
    const ended = test();
    ended.catch(() => undefined); // its own test, which comes later, fails
    return ended;
  };
  return (title, test) => {
    const at = tests.push(test) - 1;
    it(title, () => (started ??= tests.map(start))[at]);
  };
}
