/** What a row of the access matrix may say; the rows are in permissions/*.yaml. */
import { z } from "zod";
import type { Wanted } from "../../../packages/iam/src/matrix/permission";
import { notOneOf } from "../../record/groupedYaml";
import { PRINCIPALS, RESOURCES } from "./kinds";

/** One, or a list of several. */
export const some = <Item extends z.ZodType<string>>(item: Item) =>
  z
    .union([item, z.array(item).min(1)], {
      error: ({ input, errors }) => {
        const [one, several] = errors as readonly (readonly { readonly message: string }[])[];
        return (Array.isArray(input) ? several : one)?.[0]?.message;
      },
    })
    .transform((written) => [written].flat() as readonly z.output<Item>[]);

const oneOf = <const Words extends readonly string[]>(what: string, words: Words) =>
  z.enum(words, { error: ({ input }) => notOneOf(what, input, words) });

/** A kind that kinds.ts has, and a name behind it. */
const kindOf = (what: string, kinds: readonly string[]) =>
  z.string().regex(new RegExp(`^(${kinds.join("|")})( .+)?$`), {
    error: ({ input }) => notOneOf(`kind of ${what}`, String(input).split(" ")[0], kinds),
  });

const ACTION = "[a-z\\d-]+:[A-Za-z*]+";
const unlike = (allowed: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `received ${JSON.stringify(input)}; ${allowed}`,
});
const ACTIONS = unlike("allowed are names of actions with spaces between, or *");
const actions = z
  .string(ACTIONS)
  .regex(new RegExp(`^(\\*|${ACTION}(\\s+${ACTION})*)$`), ACTIONS)
  .transform((written): readonly string[] => written.split(/\s+/));

const wanted = (values: readonly string[], form: Partial<Wanted> = {}): Wanted => ({ values, ...form });
const values = some(z.string());
const condition = z.union(
  [
    values.transform((each) => wanted(each)),
    z.strictObject({ ifExists: values }).transform(({ ifExists }) => wanted(ifExists, { ifThere: true })),
    z.strictObject({ not: z.string() }).transform(({ not }) => wanted([not], { otherThan: true })),
    z.strictObject({ literal: values }).transform(({ literal }) => wanted(literal, { literal: true })),
    z.strictObject({ absent: z.literal(true) }).transform(() => wanted([], { absent: true })),
  ],
  unlike(
    "allowed are a text, a list of texts, { ifExists: a text or list }, { literal: a text or list }, { not: a text }, { absent: true }",
  ),
);
const flag = z.literal(true, unlike("allowed is true, or no such field"));
const conditions = z.record(z.string(), condition);

/** What a row can be written for. */
const PLACES = [
  ...([
    "project",
    "store",
    "account",
    "pipeline",
    "branch-pipeline",
    "job",
    "environment",
    "branch",
  ] as const),
  ...(["environment-with-readers", "reader", "stack-with-previews", "state-key"] as const),
  ...(["pull-requests", "self-update", "self-key", "self-environment", "self-account"] as const),
] as const;
export type PlaceKind = (typeof PLACES)[number];

/** What may be the case in a place; what a kind of workload is made of comes last. */
const TRAITS = [
  "abroad",
  "approval",
  "no approval",
  "approvals",
  "verified",
  "codecommit",
  "connection",
  "transforms",
  "stale approvals",
  "runner",
  "runners",
  "layer cache",
  "vpc",
  "artifacts",
  "releases",
  "elsewhere",
  "stores elsewhere",
  "images elsewhere",
  "only roles",
  "platform",
  "bounded",
  "chats",
  "replication",
  "stack",
  "code alone",
  "code alone for a function",
  "code alone for a service",
  "Fargate",
  "instances",
  "image",
  "files",
  "image by execution",
  "image by task-execution",
  "image by deploy",
  "image by owner",
  "files by execution",
  "role codedeploy",
  "role task",
  "role task-execution",
  "task roles",
  "uses sqs",
  "uses sns",
  "uses s3",
  "uses secretsmanager",
  "uses secretRotation",
  "uses ssm",
  "uses streams",
  "uses events",
  "uses scheduler",
  "uses functionUrl",
  "uses publicFunctionUrl",
  "uses functionNetwork",
  "uses restapi",
  "uses openapi",
  "uses stepfunctions",
  "calls by roles",
  "event sources",
  "function URLs",
  "previewed by a job",
] as const;

export const ROW = z.strictObject({
  forEach: some(oneOf("place", PLACES)).describe(
    "It holds once for each of these. branch-pipeline: where branches are built; branch: one of the branches",
  ),
  needs: some(oneOf("trait", TRAITS))
    .optional()
    .describe("What must be the case there, such as an environment that asks for approval. Default: nothing"),
  principal: some(kindOf("principal", Object.keys(PRINCIPALS))).describe("Who may: a kind and a name"),
  actions: actions.describe("Exact names of actions, with spaces between; * for all of them"),
  except: actions.optional().describe("What * does not mean"),
  exceptPrincipals: z.string().optional().describe("ARNs of roles that it is not about. Default: none"),
  resource: some(kindOf("resource", Object.keys(RESOURCES))).describe("On what: kinds and names"),
  when: conditions
    .optional()
    .describe("Condition keys that must all be like this. Default: whatever they are"),
  resourceConditions: conditions
    .optional()
    .describe("The same, where the resource's own policy asks for them and the principal's does not"),
  reason: z.string().min(1).describe("Why"),
  manual: flag.optional().describe("People use it as they like: no step of a release has to"),
  atMost: flag.optional().describe("It may be denied, since a template decides; no more is allowed"),
});

const PART = ROW.partial();

/** Rows, and groups of rows that say once, above `permissions`, what they have in common. */
export const FILE = z.strictObject({
  permissions: z.array(PART.extend({ permissions: z.array(PART).min(1).optional() })).min(1),
});

/** A row, of one principal. */
export interface Row extends Omit<z.output<typeof ROW>, "principal"> {
  /** File and line. */
  readonly at: string;
  readonly principal: string;
}

/** A row as people read it, for one pipeline and environment. */
export interface MatrixRow {
  readonly who: string;
  readonly may: readonly string[];
  readonly on: string;
  readonly when: string;
  readonly why: string;
}
