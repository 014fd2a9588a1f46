import { type ConditionKeys, conditionKeys } from "../src/policy/conditionKeys";
import { type Decision, evaluate } from "../src/evaluate/evaluate";
import { notKnown } from "../src/policy/notKnown";
import { type Attached, policy } from "../src/policy/policies";
import { type Principal, session } from "../src/policy/principals";
import type { Values } from "../src/json";

export const GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
export const ROLE = "arn:aws:iam::111111111111:role/path/reader";
export const READER = session(ROLE, "now");
export const OBJECT = "arn:aws:s3:::pictures/holiday.jpg";

let keys: ConditionKeys | undefined;
/** For each file whose tests need the keys that AWS documents. They are gone after it: the next one has to ask itself. */
export function withKeys(): void {
  before(async () => {
    keys = await conditionKeys();
  });
  after(() => (keys = undefined));
}
export const documentedKeys = (): ConditionKeys => keys ?? notKnown("the keys are read before the tests");

export type Context = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request's context: undefined stands for a key that it does not have, all else is refused. */
export const lookup = (context: Context) => (key: string) => {
  const name = Object.keys(context).find((each) => each.toLowerCase() === key.toLowerCase());
  if (name === undefined) return notKnown(`the request says nothing of ${key}`);
  const value = context[name];
  return typeof value === "string" ? [value] : value;
};

export const document = (...statements: Values[]): Values => ({
  Version: "2012-10-17",
  Statement: statements,
});
export const allow = (more: Values = {}): Values => ({
  Sid: "Yes",
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: OBJECT,
  ...more,
});
export const deny = (more: Values = {}): Values => ({ ...allow(more), Sid: "No", Effect: "Deny" });
/** A statement without one of its elements. */
export const without = (statement: Values, element: string): Values =>
  Object.fromEntries(Object.entries(statement).filter(([key]) => key !== element));

/** One request and the documents that have a say, each as one statement or a list of them. */
export interface Asked {
  readonly principal?: Principal;
  readonly action?: string;
  readonly resource?: string;
  /** Account of the resource. */
  readonly account?: string;
  readonly context?: Context;
  readonly identity?: Values;
  readonly boundary?: Values;
  readonly session?: Values;
  readonly granted?: Values;
  readonly attached?: Attached;
}

export function ask(asked: Asked): Decision {
  const make = (name: string, attached: Attached, statement: Values | undefined) =>
    statement && policy(name, attached, document(statement), documentedKeys());
  const { principal = READER, action = "s3:GetObject", resource = OBJECT, account = "111111111111" } = asked;
  const [identity, boundary, limits, granted] = [
    make("the role", "identity", asked.identity),
    make("the boundary", "identity", asked.boundary),
    make("the session", "identity", asked.session),
    make("the resource", asked.attached ?? "bucket", asked.granted),
  ];
  return evaluate(
    { principal, action, resource: { arn: resource, account }, context: lookup(asked.context ?? {}) },
    {
      identity: identity ? [identity] : [],
      ...(boundary && { boundary }),
      ...(limits && { session: limits }),
      ...(granted && { resource: granted }),
    },
  );
}

/** `allowed`, or the missing legs. */
export const answer = (asked: Asked): string => {
  const { verdict, missing } = ask(asked);
  return verdict === "allowed" ? verdict : missing.join(", ");
};
