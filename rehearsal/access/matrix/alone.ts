import { policyDocuments } from "../../aws/policyDocuments";
import type { PolicyDocument } from "../../record/policyDocuments";
import { arnOf } from "../estate/collect";
import { prepare } from "../../../packages/iam/src/evaluate/decide";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import { anonymous } from "../../../packages/iam/src/policy/principals";
import type { World } from "../estate/world";
import { type Bench, inlineBench, managedBench, type Where } from "./aloneIdentity";
import { boundaryFindings } from "./boundaries";
import { type Cast, stripped } from "./cast";
import type { Asked } from "./decoys";
import { findingOf } from "./findings";
import { fits } from "./fits";
import { prepareCharter, type Prepared } from "./judge";
import { askRound, type Mismatch } from "./questions";
import { askable, classes, rowMarks } from "./statements";
import type { AccessModel } from "../../../packages/iam/src/model";

/** Judges changed documents of single policies: no other policy hides what one of them says. */
export interface AloneJudge {
  /** Every policy that the stacks register: those of `policyDocuments(world.record)`. */
  readonly policies: readonly PolicyDocument[];
  /**
   * What the access matrix has against `document` in place of the policy's own, with everybody else's policies permissive:
   * the other side allows all, so that an identity's policy decides alone, and so does a resource's. Empty: it says
   * neither more nor less than the access matrix. Ends with the first finding. Throws NotKnown for what AWS refuses.
   */
  readonly judge: (policy: PolicyDocument, document: unknown) => readonly string[];
  /** The same for a role's permissions boundary, by ARN; undefined: it has none. */
  readonly judgeBoundary: (roleArn: string, boundary: string | undefined) => readonly string[];
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
