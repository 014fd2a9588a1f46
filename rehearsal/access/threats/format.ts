/** What a threat scenario may say; the scenarios are in scenarios/*.yaml. */
import { z } from "zod";
import { some } from "../matrix/rows";
import { NEEDS } from "./needs";
import { notOneOf } from "../../record/groupedYaml";

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([item, z.array(item).min(1)]).transform((written) => [written].flat() as z.output<Item>[]);
const text = z.string().min(1);
const texts = some(text);

const need = z.enum(Object.keys(NEEDS) as [string, ...string[]], {
  error: ({ input }) => notOneOf("need", input, Object.keys(NEEDS)),
});

const value = z.union([text, z.strictObject({ arn: text }), z.strictObject({ absent: z.literal(true) })]);
const when = z
  .record(z.string(), value)
  .describe("Condition keys of the request: a text, { arn: a name of a thing } or { absent: true }");

export const STEP = z.strictObject({
  by: text.describe("Who calls: a name of names.yaml, one of `others`, or a kind of principal and its name"),
  calls: text.describe("An action, or a call of names.yaml"),
  on: text.optional().describe("A name of names.yaml, a kind of resource and its name, or an ARN"),
  when: when.optional(),
});
const step = z.union([text, STEP]);

/** A statement without its Sid, as IAM has it. */
const elements = z.record(z.string(), z.unknown());
const may = z
  .union([z.literal("*"), z.record(z.string(), texts)])
  .describe("On what, by action; * for everything");

const OTHER = z.strictObject({
  in: text.optional().describe("The account. Default: what the ARN says"),
  may: may.optional().describe("A role with this permission"),
  trusts: z.array(elements).optional().describe("Statements of its trust policy. Default: nobody is trusted"),
  arn: text.optional().describe("Default: a role of this name"),
  copies: text.optional().describe("A role that it is called like, in another account"),
  madeByTemplate: z
    .literal(true)
    .optional()
    .describe("A role of the workload's own, with every permission, below the boundary"),
  attached: z
    .enum(["bucket", "key", "repository", "topic"])
    .optional()
    .describe("A thing, and what has its policy"),
  lets: elements.optional().describe("The one statement of that policy. Default: it has none"),
});
export type Other = z.output<typeof OTHER>;

const CHANGE = z.strictObject({
  statement: z
    .string()
    .regex(/^\S+ of .+$/)
    .describe("Sid and whose: `WriteRelease of build`, a role, a resource, a boundary or people's policy"),
  without: text.optional().describe("Loses its Condition, or one operator of it"),
  removed: z.literal(true).optional(),
  added: z.literal(true).optional().describe("There is no such statement yet"),
  with: elements.optional().describe("Elements that it gets in place of its own; null takes one away"),
  words: text.optional().describe("What becomes of the statement, in words that follow its name"),
});
export type WrittenChange = z.output<typeof CHANGE>;

export const SCENARIO = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: text,
  needs: some(need)
    .optional()
    .describe(
      "What settings must have for it, in words that people read where they lack it. Default: nothing",
    ),
  because: text.describe("Who, holding what, tries what, why that would hurt, what refuses it"),
  others: z
    .record(z.string(), OTHER)
    .optional()
    .describe("Roles and things that are not the project's, by their names"),
  rewritten: texts
    .optional()
    .describe(
      "Roles that an administrator of their account has given everything, and lets everybody there take",
    ),
  alsoMay: z
    .record(z.string(), may)
    .optional()
    .describe("What somebody has allowed to roles of the project beside what they were registered with"),
  steps: oneOrMore(step).optional().describe("Calls that are allowed and lead there. Default: none"),
  mustBeRefused: STEP.describe("The call that must be refused"),
  then: oneOrMore(step).optional().describe("What would come after it, and never does. Default: nothing"),
  succeedsWith: CHANGE.describe("One changed statement with which every call is allowed"),
});
export type Scenario = z.output<typeof SCENARIO>;
export type WrittenStep = z.output<typeof STEP>;

const PART = SCENARIO.partial();

/** Scenarios, and groups of scenarios that say once, above `threats`, what they have in common. */
export const FILE = z.strictObject({
  threats: z.array(PART.extend({ threats: z.array(PART).min(1).optional() })).min(1),
});

/** Names for roles, things and calls. */
export const NAMES = z.strictObject({
  things: z.record(z.string(), text),
  calls: z.record(z.string(), STEP.omit({ by: true }).required({ on: true })),
  steps: z.record(z.string(), STEP),
  notSaid: z.record(z.string(), z.array(text)),
});
export type Names = z.output<typeof NAMES>;
