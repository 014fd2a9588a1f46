/** What a row of the simulated calls may say, and the rows: rows/*.yaml. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UnusableFile } from "../../record/yamlFile";
import { notOneOf, parseGrouped } from "../../record/groupedYaml";

const text = z.string().min(1);
const oneOf = <const Words extends readonly string[]>(what: string, words: Words) =>
  z.enum(words, { error: ({ input }) => notOneOf(what, input, words) });

/** What a row can be written for. */
const PLACES = [
  ...(["pipeline", "released-pipeline", "source", "job-action", "approval"] as const),
  ...(["event-target", "job", "command"] as const),
] as const;
export type PlaceKind = (typeof PLACES)[number];

/** What may be the case there. */
const TRAITS = [
  ...([
    "image",
    "files",
    "elsewhere",
    "images elsewhere",
    "template",
    "branch",
    "no branch",
    "gate",
    "codecommit",
    "connection",
    "vpc",
    "chats",
    "replication",
  ] as const),
  ...(["stale approvals", "owner's function", "image of an owner's function"] as const),
  ...([
    "owner's service",
    "image of an owner's service",
    "image of an owner's service on instances",
  ] as const),
  ...(["run by a stage", "starts the pipeline", "starts the clean-up"] as const),
  ...(["pulls its source", "starts a job of pull requests", "takes roles for stacks"] as const),
] as const;
const needs = oneOf("trait", TRAITS)
  .optional()
  .describe("What must be the case there, such as code that is an image. Default: nothing");

export const PHASES = [
  ...(["every release", "first deployment", "update", "roll-back", "deletion", "failure"] as const),
] as const;

const ROLES = ["job", "plan", "deploy", "cleanup", "starter"] as const;
/** Whose rights a command has: the job's own, or those of a role of the environment. */
export type As = (typeof ROLES)[number];
const by = z
  .union([text, z.array(text).min(1)])
  .describe(
    "Jobs that run it: `plan` with its own rights, `plan as deploy` with those of a role. Default: none",
  );
const runs = (written: string | readonly string[]) =>
  [written].flat().map((each) => {
    const [job = "", as = "job"] = each.split(" as ");
    return { job, as: oneOf("role", ROLES).parse(as) };
  });

const said = z.strictObject({
  by: by.optional().describe("Of the row's jobs those that make it. Default: all"),
  needs,
  on: text.optional().describe("ARN of a resource; * for actions that know none"),
  calls: text
    .transform((written): readonly string[] => written.trim().split(/\s+/))
    .optional()
    .describe("Actions, with spaces between; of `reads` those that read. Default: s3:GetObject"),
  when: z.record(text, text).optional().describe("What the request says, by condition key"),
  tagged: z.literal(true).optional().describe("It says the tags of the stack, too"),
  reads: text.optional().describe("An object of the bucket, which S3 decrypts"),
  writes: text.optional().describe("An object of the bucket, which S3 encrypts"),
  withKey: z.literal(true).optional().describe("It says the key that S3 encrypts with"),
  lists: text.optional().describe("What names of objects begin with"),
  deletes: text.optional().describe("An object of the bucket"),
  in: z
    .literal("the environment's Region")
    .optional()
    .describe("Which bucket: that which the environment reads. Default: tooling's"),
});
const FORMS = ["on", "reads", "writes", "lists", "deletes"] as const;
const request = said.refine(
  (each) => FORMS.filter((form) => each[form] !== undefined).length === 1 && (!each.on || each.calls),
  {
    error: `received none of these, or several; allowed are calls with on, or one of ${FORMS.slice(1).join(", ")}`,
  },
);
export type Request = z.output<typeof request>;

export const ROW = z.strictObject({
  forEach: z
    .union([z.enum(PLACES), z.array(z.enum(PLACES)).min(1)], {
      error: ({ input }) => {
        const wrong = [input].flat().find((each) => !(PLACES as readonly unknown[]).includes(each));
        return notOneOf("place", wrong, PLACES);
      },
    })
    .transform((written): readonly PlaceKind[] => [written].flat())
    .describe("It is made once for each of these"),
  needs: needs,
  who: text
    .optional()
    .describe("`service NAME`, `session NAME of ROLE` or `holder of POLICY`; not of a command"),
  command: text
    .regex(/ in [a-z-]+\.sh$/)
    .optional()
    .describe("Command and script: `s3 cp in deployed.sh`"),
  by: by.optional(),
  phase: oneOf("phase", PHASES)
    .optional()
    .describe("When it is made. Default: every release; of a clean-up: failure, of branches' deletion"),
  why: text.optional().describe("Why it is made; of a command that says it all"),
  source: text.regex(/^https:\/\//).describe("Page that documents it"),
  requests: z.array(request).describe("What it asks for; none where AWS asks for no permission"),
});
const PART = ROW.partial();
/** Rows, and groups of rows that say once, above `calls`, what they have in common. */
export const FILE = z.strictObject({
  calls: z.array(PART.extend({ calls: z.array(PART).min(1).optional() })).min(1),
});

export type Row = Omit<z.output<typeof ROW>, "by"> & {
  readonly by: readonly { readonly job: string; readonly as: As }[];
};

/** Rows of one file. Throws UnusableFile with one line for each problem. */
export const parseRows = (written: string, file: string): Row[] =>
  parseGrouped(written, file, {
    items: "calls",
    file: FILE,
    item: ROW,
    called: ({ command, why }) => `row "${String(command ?? why)}"`,
  }).map(({ values, at }) => {
    const { by: jobs = [], ...row } = ROW.parse(values);
    const wanted = row.forEach.includes("command") ? (["command", "by"] as const) : (["who", "why"] as const);
    for (const field of wanted)
      if (values[field] === undefined)
        throw new UnusableFile(`${at}: ${field} is missing; the row or its group must say it`);
    return { ...row, by: runs(jobs) };
  });

const FILES = ["commands.yaml", "services.yaml", "people.yaml"];
let all: readonly Row[] | undefined;
/** Every row, as written. */
export const rows = (): readonly Row[] =>
  (all ??= FILES.flatMap((file) =>
    parseRows(readFileSync(join(__dirname, "rows", file), "utf8"), `rehearsal/access/calls/rows/${file}`),
  ));

/** Whether a request is made by this job; a row's own jobs are asked before. */
export const madeBy = ({ by: jobs }: Request, job: string): boolean =>
  jobs === undefined || runs(jobs).some((each) => each.job === job);
