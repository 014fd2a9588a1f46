/** The closed world: every action on everything for everybody, each decided and held against the permissions. */
import type { Action } from "../policy/catalog";
import { requestContext } from "../evaluate/context";
import { type Decision, evaluate } from "../evaluate/evaluate";
import type { Policy } from "../policy/policies";
import type { Principal } from "../policy/principals";
import {
  allowing,
  type Asking,
  askingOf,
  isPermittedOn,
  letsIn,
  lookupOf,
  policyOf,
  possible,
} from "./asking";
import { accountIn, type Permission, type Resource, type Subject } from "./permission";
import { type ActionClass, conditionsOf, isOn, type Named, permits, type Sliced } from "./statements";
import { placesOf } from "./places";
import { type Context, holds, type Mentioned, variants } from "./requests";
import type { Actors } from "./subjects";
import { fits } from "./wildcards";

/** What all questions have in common. */
export interface Ground {
  /** All actions of the services in use. */
  readonly actions: readonly Action[];
  readonly asked: readonly Resource[];
  /** Ours; whether others let somebody in is not ours to say, so it is taken for granted. */
  readonly accounts: readonly string[];
  /** By whom they are about. Those about `nobody` take away. */
  readonly permissions: ReadonlyMap<string, readonly Permission[]>;
  readonly named: Named;
  readonly sliced: Sliced;
  readonly mentioned: Mentioned;
}

/** A question whose answer is not the access matrix's. */
export interface Mismatch {
  readonly subject: Subject;
  readonly of: ActionClass;
  readonly asked: Resource;
  readonly context: Context;
  readonly decision: Decision;
  /** Those that say so; empty where the access matrix has none. */
  readonly permissions: readonly Permission[];
}

/** How far a round of questions goes, and what it finds. */
export interface Round {
  readonly actors: Actors;
  readonly classes: readonly ActionClass[];
  /** Stands for every policy of a resource: it lets in whoever has permissions of their own. Default: none does. */
  readonly otherSide?: boolean | undefined;
  /** Only these are asked about. Default: everything. */
  readonly asked?: readonly Resource[];
  /** Called for each single decision; returning true ends the round. */
  readonly found: (mismatch: Mismatch) => boolean;
  readonly decided?: (permissions: readonly Permission[]) => void;
}

/** One principal, one class of actions, one thing. */
interface Question {
  readonly of: ActionClass;
  readonly asking: Asking;
  readonly asked: Resource;
  /** The thing's own policy. */
  readonly theirs: Policy | undefined;
  /** Permissions that have it. */
  readonly mine: readonly Permission[];
}

/** Keys that a permission's conditions are about, with the values that stand there. */
export const wantedBy = ({ when = [], resourceConditions = [] }: Permission) =>
  [...when, ...resourceConditions].map(({ key, values }) => [key, values] as const);

/** Every request that a question stands for: conditions of all statements and permissions that have a say. */
function requests(
  { mentioned }: Ground,
  { actors: { model } }: Round,
  question: Question,
  never: readonly Permission[],
): Context[] {
  const { asking, asked, theirs, mine } = question;
  const { subject, documents } = asking;
  const lookup = lookupOf(subject, asked.account, model);
  const statements = [...documents.identity, documents.boundary, theirs]
    .flatMap((policy) => policy?.statements ?? [])
    .filter((each) => isOn(each, asked.arn, lookup));
  const wanted = [...mine, ...never].flatMap(wantedBy);
  return variants(subject.principal, [...statements.flatMap(conditionsOf), ...wanted], mentioned, model.keys);
}

/** Whether a permission is not about somebody. AWS's own services have no role that it could name. */
const isExempt = ({ exceptPrincipals = [] }: Permission, principal: Principal): boolean =>
  exceptPrincipals.length > 0 &&
  (principal.kind === "service" ||
    (principal.kind === "session" && exceptPrincipals.some((each) => fits(each, principal.roleArn))));

/** Asks one question with every value of the conditions that have a say. Whether the round is over. */
function decideAll(ground: Ground, round: Round, question: Question): boolean {
  const { of, asking, asked, theirs, mine } = question;
  const { subject, documents } = asking;
  const { principal } = subject;
  const never = round.otherSide
    ? []
    : (ground.permissions.get("nobody") ?? []).filter(
        (each) =>
          permits(each, of.representative) &&
          isPermittedOn(each, subject.account, asked) &&
          !isExempt(each, principal),
      );
  const all = { ...documents, ...(theirs && { resource: theirs }) };
  for (const context of requests(ground, round, question, never)) {
    const said = { context, absent: "others" } as const;
    const { lookup } = requestContext(principal, asked.account, said, round.actors.model.keys);
    const decision = evaluate(
      { principal, action: of.representative, resource: asked, context: lookup },
      all,
    );
    const isMet = ({ when = [], resourceConditions = [] }: Permission) =>
      [...when, ...(round.otherSide ? [] : resourceConditions)].every((each) => holds(each, context));
    const permissions = never.some(isMet) ? [] : mine.filter(isMet);
    round.decided?.(permissions);
    const less = subject.atMost || permissions.every(({ atMost }) => atMost);
    const wrong = decision.verdict === "allowed" ? permissions.length === 0 : !less;
    if (wrong && round.found({ subject, of, asked, context, decision, permissions })) return true;
  }
  return false;
}

/** Others are let in by what they ask about, and need nothing of their own. */
const hasPolicies = ({ kind }: Principal): boolean => kind === "session" || kind === "user";

/** Asks everybody about one class of actions. Whether the round is over. */
function askClass(ground: Ground, round: Round, of: ActionClass): boolean {
  const {
    actors: { model, subjects },
    otherSide = false,
  } = round;
  const action = of.representative;
  const all = subjects.map((subject) => askingOf(subject, model, action, ground.permissions, ground.sliced));
  const places = placesOf(round.asked ?? ground.asked, of);
  const isOutside = ({ account }: Resource) => !ground.accounts.includes(account);
  const unknowns = places.resources.map((place) => otherSide || isOutside(place));
  const some = all
    .filter(
      ({ subject, allows, permissions }) =>
        subject.principal.kind === "root" || allows.length > 0 || permissions.length > 0,
    )
    .map((asking) => ({ asking, spokenOf: places.spokenOf(asking, unknowns) }));
  const everybody = all.map((asking) => ({ asking, spokenOf: undefined }));
  for (const [index, asked] of places.resources.entries()) {
    const { arn, account } = asked;
    const outside = isOutside(asked);
    const unknown = unknowns[index] === true;
    // Such as a bucket: a permission that names an account does not speak of one of that name that a stranger has.
    const strangers = outside && accountIn(arn) === "";
    const theirs =
      unknown && arn !== "*" ? letsIn(action) : ground.sliced(policyOf(model, action, asked), action);
    const granting = allowing([theirs]);
    for (const { asking, spokenOf } of granting.length > 0 && !unknown ? everybody : some) {
      const { subject } = asking;
      if (spokenOf?.[index] === 0 && (granting.length === 0 || hasPolicies(subject.principal))) continue;
      const own = subject.account === account;
      if (outside && (subject.madeUp || subject.abroad)) continue; // whoever may do everything may ask others, too
      if ((own && subject.abroad) || (arn === "*" && !own)) continue;
      const mine = asking.permissions.filter((each) =>
        strangers
          ? isPermittedOn(each, account, asked)
          : isPermittedOn(each, subject.account, asked, unknown),
      );
      if (mine.length === 0 && !possible(asking, asked, granting, model)) continue;
      if (decideAll(ground, round, { of, asking, asked, theirs, mine })) return true;
    }
  }
  return false;
}

/** Asks everything that a statement could allow or a permission has; the rest is denied without being asked. */
export const askRound = (ground: Ground, round: Round): boolean =>
  round.classes.some((of) => askClass(ground, round, of));
