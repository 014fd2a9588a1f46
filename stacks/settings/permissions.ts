/** A team's own policy documents, as settings have them: their form. What they may never hold is in permissionRules.ts. */
import { z } from "zod";
import type { OwnPermissions } from "../../components/uses/ownPermissions";
import { byLooks, list, object, oneOf, text, told } from "./schemas";

const LATER = "an element of IAM's that gives what is not named";
const SID = "allowed are up to 64 letters and digits, beginning with a letter";
const ACTION = "allowed is the name of an action, such as kinesis:PutRecord, without * and ?";
const RESOURCE = "allowed is an ARN, or *";
const KEY = "allowed is the value of a condition key: text, or a list of texts";

/** One text, or several. */
const some = <T extends z.ZodType<string>>(item: T, what: string) => {
  const several = list(item, [1, Infinity], what);
  const one = item.transform((each) => [each] as z.output<T>[]);
  return byLooks<typeof several | typeof one>([one, several], (value) =>
    Array.isArray(value) ? several : one,
  );
};

/** Those that the access matrix has words for. */
const OPERATORS = [
  ...["StringEquals", "StringLike", "ArnEquals", "ArnLike"].flatMap((each) => [each, `${each}IfExists`]),
  "Bool",
  "Null",
] as const;

const value = z.string(KEY);
const values = list(value, [1, Infinity], "values of a condition key");
const tested = z.record(
  z.string().regex(/^[a-z0-9-]+:\S+$/i, "allowed are condition keys, such as aws:RequestTag/team"),
  byLooks<typeof value | typeof values>([value, values], (each) => (Array.isArray(each) ? values : value)),
  "allowed is a map of condition keys",
);
const condition = object(Object.fromEntries(OPERATORS.map((each) => [each, tested.exactOptional()])), {
  unknown: "the access matrix has no words for this operator",
});

const statement = object(
  {
    Sid: text(/^[A-Za-z][A-Za-z0-9]*$/, SID, 64),
    Effect: oneOf(["Allow"], {
      Deny: "nothing is allowed that nobody asked for, so nothing has to be denied: ",
    }),
    Action: some(text(/^[a-z0-9-]+:[A-Za-z0-9]+$/, ACTION), "names of actions"),
    Resource: some(text(/^(\*|arn:\S+)$/, RESOURCE, 2048), "ARNs"),
    Condition: condition.exactOptional(),
  },
  {
    reasons: {
      NotAction: `this is ${LATER}: name the actions in Action`,
      NotResource: `this is ${LATER}: name the resources in Resource`,
      Principal: "a role's policy has no principal: leave it out",
      NotPrincipal: "a role's policy has no principal: leave it out",
    },
  },
);

const document = object({
  Version: oneOf(["2012-10-17"]).exactOptional(),
  Statement: list(statement, [1, Infinity], "statements"),
});

const type = text(
  /^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$/,
  "allowed is a resource type of CloudFormation, such as AWS::Kinesis::Stream",
);

/** As written; what the program makes of them is `OwnPermissions`. */
export const permissions = object({
  types: list(type, [0, Infinity], "resource types")
    .default([])
    .describe(
      "CloudFormation types that the template may have for them, beside those of its kind and of `uses`",
    )
    .register(told, { allowed: "list of types such as `AWS::Kinesis::Stream`" }),
  execution: document
    .exactOptional()
    .describe("A policy document: what CloudFormation may do besides, to make these types")
    .register(told, { allowed: "a policy document", closed: true }),
  workload: document
    .exactOptional()
    .describe("A policy document: what functions may be given besides by their template, or tasks have")
    .register(told, { allowed: "a policy document", closed: true }),
}).transform(({ types, execution, workload }): OwnPermissions => ({
  types,
  execution: execution?.Statement ?? [],
  workload: workload?.Statement ?? [],
}));
