/** The calls of rows, wherever they hold. */
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Principal, service, session } from "../../../packages/iam/src/policy/principals";
import { on, read, taggedWith } from "../../aws/requests";
import type { Asked } from "../../aws/types";
import type { Pipeline } from "../../record/inventory";
import type { Rehearsed } from "../../record/record";
import { takenFor } from "../estate/branches";
import { type Call, calls, type Phase } from "./call";
import { type JobWhere, jobWheres, type Where, wheres, type Words } from "./places";
import { pullRequestJobWheres, pullRequestTargetWheres } from "./pullRequestPlaces";
import { selfJobWheres } from "./selfPlaces";
import { type As, madeBy, type PlaceKind, type Request, type Row, rows } from "./rows";
import { listing, withKey, write } from "./store";

const PROFILE = "https://docs.aws.amazon.com/cli/latest/topic/config-vars.html#using-aws-iam-roles";
const TAGS =
  "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required";
const SERVICE_ROLE =
  "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html";

/** A text with its words put in, once for each of a list. Throws NotKnown for a word that is nothing there. */
function fill(written: string, { of, words }: { readonly of: string; readonly words: Words }): string[] {
  const [whole, word] = /\{(\w+)\}/.exec(written) ?? [];
  if (whole === undefined || word === undefined) return [written];
  return [words[word] ?? notKnown(`${of} has no ${word}`)].flat().flatMap((value) =>
    fill(
      written.replaceAll(whole, () => value),
      { of, words },
    ),
  );
}

/** What a request says, once for each of a list in it. */
const contexts = (when: Readonly<Record<string, string>>, where: Where): Record<string, string>[] =>
  Object.entries(when).reduce<Record<string, string>[]>(
    (all, [key, written]) =>
      all.flatMap((said) => fill(written, where).map((value) => ({ ...said, [key]: value }))),
    [{}],
  );

function asked(request: Request, where: Where, tags: Asked["context"] = {}): Asked[] {
  const { calls: actions, reads, writes, lists, deletes, when = {} } = request;
  const store = request.in === "the environment's Region" ? where.near : where.store;
  const each = (written: string | undefined, make: (value: string) => Asked[]): Asked[] =>
    written === undefined ? [] : fill(written, where).flatMap(make);
  const said = (): Asked["context"][] => {
    const all = contexts(when, where).map((context) => ({ ...context, ...(request.tagged && tags) }));
    return all.map((context) => (Object.keys(context).length > 0 ? context : undefined));
  };
  return [
    ...each(request.on, (resource) => said().flatMap((context) => on(resource, actions ?? [], context))),
    ...each(reads, (key) => read(store, key, actions)),
    ...each(writes, (key) => write(store, key, request.withKey && withKey(store))),
    ...each(lists, (prefix) => listing(store, prefix)),
    ...each(deletes, (key) => on(`${store.bucketArn}/${key}`, ["s3:DeleteObject"])),
  ];
}

const holds = ({ needs }: Row | Request, { has }: Where): boolean => needs === undefined || has.has(needs);

function principalOf(written: string, where: Where): Principal {
  const [name = ""] = fill(written, where);
  const [, taken, roleArn] = /^session (\S+) of (.+)$/.exec(name) ?? [];
  if (taken !== undefined && roleArn !== undefined) return session(roleArn, taken);
  const [, policy] = /^holder of (.+)$/.exec(name) ?? [];
  return policy === undefined
    ? service(name.replace(/^service /, ""))
    : session(policy.replace(/:policy\/(?:.*\/)?([^/]+)$/, ":role/whoever-has/$1"), "person");
}

/** What a service or a person calls in one place. */
function callsIn(row: Row, where: Where): Call[] {
  const all = row.requests.filter((each) => holds(each, where)).flatMap((each) => asked(each, where));
  if (all.length === 0) return [];
  const place = { ...where.place, phase: row.phase ?? where.place.phase };
  return calls(place, principalOf(row.who ?? "", where), all, row.why ?? "", row.source);
}

/** Where an approval comes first, Deploy makes its own change set only to roll back. */
const phaseOf = ({ job, place }: JobWhere, { phase }: Row, as: As): Phase =>
  phase ??
  (["deploy", "code-deploy"].includes(job.kind) && as === "plan" && job.variables["APPROVAL"] === "true"
    ? "roll-back"
    : place.phase);

/** Who takes a role that a command passes, other than CloudFormation. */
const TAKEN = ["CloudFormation takes the execution role", SERVICE_ROLE] as const;
const TAKERS: Readonly<Record<string, readonly [why: string, source: string]>> = {
  "ecs-tasks.amazonaws.com": [
    "ECS takes the roles of the owner's task definition",
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
  ],
};

/** What the commands of one job call, its roles' taking included. */
function commandCalls(where: JobWhere, commands: readonly Row[]): Call[] {
  const { job, branch, place, words } = where;
  // Where code alone is released, a clean-up is told of no environment.
  const has = (as: As): boolean => as !== "cleanup" || words["TARGET_ROLE_ARN"] !== undefined;
  const own = commands.flatMap((row) =>
    holds(row, where)
      ? row.by.filter((each) => each.job === job.kind && has(each.as)).map(({ as }) => ({ row, as }))
      : [],
  );
  const made = own.flatMap(({ row, as }) =>
    calls(
      { ...place, phase: phaseOf(where, row, as) },
      where.principal(as),
      row.requests
        .filter((each) => holds(each, where) && madeBy(each, job.kind))
        .flatMap((each) => asked(each, where, taggedWith(where.tags))),
      row.command ?? "",
      row.source,
    ),
  );
  const takes = [...new Set(own.map(({ as }) => as))].flatMap((as) => {
    const taken = where.principal(as);
    if (as === "job" || taken.kind !== "session") return [];
    return calls(
      place,
      where.principal("job"),
      branch
        ? on(taken.roleArn, ["sts:AssumeRole", "sts:TagSession"], takenFor(branch))
        : on(taken.roleArn, ["sts:AssumeRole"]),
      `the job takes the ${as} role${branch ? " for the branch" : ""}`,
      branch ? TAGS : PROFILE,
    );
  });
  const passed = made.filter(({ action }) => action === "iam:PassRole");
  const trusted = passed.flatMap(({ resource, context, phase }) => {
    const taker = String(context?.["iam:PassedToService"]);
    const [why, source] = TAKERS[taker] ?? TAKEN;
    return calls({ ...place, phase }, service(taker), on(resource, ["sts:AssumeRole"]), why, source);
  });
  return [...takes, ...made, ...trusted];
}

/** What services, people and the jobs' commands call in these places. */
function callsAt(jobs: readonly JobWhere[], placesOf: (kind: PlaceKind) => readonly Where[]): Call[] {
  const commands = rows().filter(({ forEach }) => forEach.includes("command"));
  const found = rows().flatMap((row) =>
    row.forEach.flatMap((kind) => {
      if (kind === "command") return [];
      const all = kind === "job" ? jobs : placesOf(kind);
      return all.filter((each) => holds(row, each)).flatMap((each) => callsIn(row, each));
    }),
  );
  return [...found, ...jobs.flatMap((each) => commandCalls(each, commands))];
}

/** Everything that is called for a pipeline. */
export const rowCalls = (record: Rehearsed, pipeline: Pipeline): Call[] =>
  callsAt(jobWheres(record, pipeline), (kind) => wheres(record, pipeline, kind));

/** Everything that is called for the pipeline that brings the stacks up, but by the roles that people have made for that. */
export const selfCalls = (record: Rehearsed, pipeline: Pipeline): Call[] =>
  callsAt(selfJobWheres(pipeline), (kind) =>
    kind === "released-pipeline" ? [] : wheres(record, pipeline, kind),
  );

/** Everything that is called for pull requests in CodeCommit; nothing where settings have no previews of them. */
export const pullRequestCalls = (record: Rehearsed, pipeline: Pipeline): Call[] =>
  callsAt(pullRequestJobWheres(record, pipeline), (kind) =>
    kind === "event-target" ? pullRequestTargetWheres(record, pipeline) : [],
  );
