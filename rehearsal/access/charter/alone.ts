import { type PolicyDocument, policyDocuments } from "../../policyDocuments";
import { text } from "../../record";
import { arnOf } from "../collect";
import { prepare } from "../decide";
import type { AccessModel } from "../model";
import { notKnown } from "../notKnown";
import { type Attached, type Policy, policy } from "../policies";
import { anonymous } from "../principals";
import type { World } from "../world";
import { boundaryFindings } from "./boundaries";
import { boundaryOf, type Cast, stripped } from "./cast";
import { type Asked, namedBy } from "./decoys";
import { stacksIn } from "./facts";
import { findingOf } from "./findings";
import { fits } from "./fits";
import { prepareCharter, type Prepared } from "./judge";
import { askRound, type Mismatch, type Round } from "./questions";
import { askable, classes, rowMarks } from "./statements";

/** Judges changed documents of single policies: no other policy hides what one of them says. */
export interface AloneJudge {
  /** Every policy that the stacks register: those of `policyDocuments(world.record)`. */
  readonly policies: readonly PolicyDocument[];
  /**
   * What the charter has against `document` in place of the policy's own, with everybody else's policies permissive:
   * the other side allows all, so that an identity's policy decides alone, and so does a resource's. Empty: it says
   * neither more nor less than the charter. Ends with the first finding. Throws NotKnown for what AWS refuses.
   */
  readonly judge: (policy: PolicyDocument, document: unknown) => readonly string[];
  /** The same for a role's permissions boundary, by ARN; undefined: it has none. */
  readonly judgeBoundary: (roleArn: string, boundary: string | undefined) => readonly string[];
}

type Where = Omit<Round, "classes" | "found">;

/** How changed documents of one policy are judged. */
interface Bench {
  readonly name: string;
  readonly attached: Attached;
  /** The rows that it has to do with: they tell actions apart. */
  readonly marks: ReadonlyMap<string, string>;
  /** Puts a changed policy in place of its own, and says who is asked about what. */
  readonly rounds: (changed: Policy) => readonly Where[];
}

const only = <Value>(key: string, value: Value): ReadonlyMap<string, Value> => new Map([[key, value]]);

/** Somebody's own policy, or a boundary: nothing else limits, and whatever is asked for lets in. */
function ofIdentity(
  { real, ground, rows }: Prepared,
  roleArn: string,
  change: (changed: Policy) => Partial<AccessModel>,
) {
  const subjects = real.subjects.filter(
    ({ principal }) => principal.kind === "session" && principal.roleArn === roleArn,
  );
  const who = subjects.flatMap((each) => each.who);
  const account = roleArn.split(":")[4] ?? "";
  return {
    attached: "identity" as const,
    marks: rowMarks(ground.actions, [
      ...new Set(rows.filter((row) => who.includes(row.who)).map(({ row }) => row)),
    ]),
    rounds: (changed: Policy): Where[] => [
      {
        cast: { model: { ...real.model, ...change(changed) }, subjects },
        otherSide: true,
        asked: [...ground.asked, ...namedBy([changed], account, real.model.guarded)],
      },
    ],
  };
}

/** A resource's own policy: everybody abroad has every permission, and everybody at home none or all. */
function ofResource(
  prepared: Prepared,
  bare: Cast,
  about: readonly Asked[],
  change: (model: AccessModel, changed: Policy) => AccessModel,
) {
  const { real, abroad, ground, rows } = prepared;
  const madeUp = real.subjects.filter((each) => each.madeUp);
  const on = rows.filter((row) =>
    row.on.some((thing) => about.some(({ arn }) => thing.arn !== "*" && fits(thing.arn, arn))),
  );
  return {
    marks: rowMarks(ground.actions, [...new Set(on.map(({ row }) => row))]),
    rounds: (changed: Policy): Where[] => [
      {
        cast: { model: change(abroad.model, changed), subjects: [...abroad.subjects, ...madeUp] },
        asked: about,
      },
      { cast: { model: change(bare.model, changed), subjects: bare.subjects }, asked: about },
    ],
  };
}

function inlineBench(prepared: Prepared, { resource, statements }: PolicyDocument): Bench {
  const { roles } = prepared.real.model;
  const name = text(resource.inputs, "role");
  const role =
    [...roles.values()].find((each) => each.account === resource.account && each.arn.endsWith(`/${name}`)) ??
    notKnown(`role ${name} is not in the model`);
  const change = (changed: Policy) => ({
    roles: only(role.arn, {
      ...role,
      boundary: undefined,
      identity: role.identity.map((each) => (each.statements[0]?.content === statements[0] ? changed : each)),
    }),
  });
  return { name: `inline policy of role ${name}`, ...ofIdentity(prepared, role.arn, change) };
}

function managedBench(prepared: Prepared, { resource }: PolicyDocument): Bench {
  const { real, facts } = prepared;
  const arn = arnOf(resource);
  const name = `managed policy ${arn.split("/").at(-1)}`;
  const of = stacksIn(facts).find(({ values }) => boundaryOf(values) === arn);
  if (of) {
    const { roles, workload } = of.values;
    const change = (changed: Policy) => ({ managed: only(arn, changed) });
    return { name, ...ofIdentity(prepared, `${String(roles)}${String(workload)}-anything`, change) };
  }
  const subject = real.subjects.find(({ who }) => who.includes(`holder ${arn}`))?.principal;
  const role = subject?.kind === "session" ? real.model.roles.get(subject.roleArn) : undefined;
  if (!role)
    return notKnown(`${name} is neither a boundary nor for people: add whom it is for to the charter`);
  return {
    name,
    ...ofIdentity(prepared, role.arn, (changed) => ({
      roles: only(role.arn, { ...role, identity: [changed] }),
    })),
  };
}

function trustBench(prepared: Prepared, bare: Cast, { resource }: PolicyDocument): Bench {
  const arn = arnOf(resource);
  const about = prepared.ground.asked.filter((each) => each.arn === arn);
  const change = (model: AccessModel, trust: Policy) => {
    const role = model.roles.get(arn) ?? notKnown(`role ${arn} is not in the model`);
    return { ...model, roles: new Map(model.roles).set(arn, { ...role, trust }) };
  };
  const name = `trust of role ${arn.split("/").at(-1)}`;
  // What may be done to the role itself is none of its trust's business.
  return { name, attached: "trust", ...ofResource(prepared, bare, about, change) };
}

function guardedBench(prepared: Prepared, bare: Cast, { statements, kind }: PolicyDocument): Bench {
  const { model } = prepared.real;
  const guarded =
    [...model.guarded.values()].find(({ policy: own }) => own?.statements[0]?.content === statements[0]) ??
    notKnown(`a ${kind} policy is of nothing that is in the model`);
  const about = prepared.ground.asked.filter(({ arn, account }) => {
    if (!askable(guarded.arn.split(":")[2] ?? "", "", arn) || arn === "*") return false;
    const question = {
      principal: anonymous,
      action: "s3:GetObject",
      resource: arn,
      resourceAccount: account,
    } as const;
    return prepare(model, question).documents.resource === guarded.policy;
  });
  const change = (of: AccessModel, changed: Policy) => ({
    ...of,
    guarded: new Map(of.guarded).set(guarded.arn, { ...guarded, policy: changed }),
  });
  const name = `${guarded.attached} policy of ${guarded.arn}`;
  return { name, attached: guarded.attached, ...ofResource(prepared, bare, about, change) };
}

function bench(prepared: Prepared, bare: Cast, document: PolicyDocument): Bench {
  if (document.kind === "inline") return inlineBench(prepared, document);
  if (document.kind === "managed") return managedBench(prepared, document);
  return document.kind === "trust"
    ? trustBench(prepared, bare, document)
    : guardedBench(prepared, bare, document);
}

/** Prepares once what all changed documents are judged by. */
export async function aloneJudge(world: World): Promise<AloneJudge> {
  const prepared = await prepareCharter(world);
  const { ground, real, facts } = prepared;
  const bare = stripped(world, real);
  const benches = new Map<PolicyDocument, Bench>();
  return {
    policies: policyDocuments(world.record),
    judge: (document, changed) => {
      const on = benches.get(document) ?? bench(prepared, bare, document);
      benches.set(document, on);
      const made = policy(on.name, on.attached, changed, real.model.keys);
      const all = classes(made.statements, ground.named, on.marks);
      const found: Mismatch[] = [];
      for (const round of on.rounds(made)) {
        if (found.length > 0) break;
        askRound(ground, { ...round, classes: all, found: (mismatch) => found.push(mismatch) > 0 });
      }
      return found.map(findingOf);
    },
    judgeBoundary: (roleArn, boundary) => boundaryFindings(world, facts, roleArn, boundary),
  };
}
