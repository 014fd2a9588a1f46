/** The closed world: every action on everything for everybody, each decided and held against the permissions. */
import type { Action } from "../policy/catalog";
import { requestContext } from "../evaluate/context";
import { type Decision, evaluate } from "../evaluate/evaluate";
import type { Policy } from "../policy/policies";
import { anonymous, type Principal } from "../policy/principals";
import type { AccessModel } from "../model";
import { isPermittedOn, letsIn, lookupOf, policyOf, possible } from "./asking";
import { allowing, type Asking, Crowd } from "./crowd";
import type { Permission, Resource, Subject } from "./permission";
import {
  type ActionClass,
  type ByWho,
  conditionsOf,
  isOn,
  type Named,
  permissionsAbout,
  type Sliced,
} from "./statements";
import { Audience, type Place, placesOf } from "./places";
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
  readonly permissions: ByWho;
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
  /** Called for each single decision, or for so many at once that no permission has. */
  readonly decided?: (permissions: readonly Permission[], decisions: number) => void;
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
  /** Permissions about the actions that nobody has. */
  readonly never: readonly Permission[];
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
  const never = question.never.filter(
    (each) => isPermittedOn(each, subject.account, asked) && !isExempt(each, principal),
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
    round.decided?.(permissions, 1);
    const less = subject.atMost || permissions.every(({ atMost }) => atMost);
    const wrong = decision.verdict === "allowed" ? permissions.length === 0 : !less;
    if (wrong && round.found({ subject, of, asked, context, decision, permissions })) return true;
  }
  return false;
}

/** Whether a permission that nobody has takes away from some, and not from others. */
const goesByWho = ({ on, exceptPrincipals = [] }: Permission): boolean =>
  exceptPrincipals.length > 0 || on.some(({ account }) => account === undefined);

/** How many requests there are of each of those whom no statement of a resource's policy reaches. */
function unreached(
  { mentioned }: Ground,
  { keys }: AccessModel,
  { asked, theirs }: Place,
  never: readonly Permission[],
): number {
  const statements = (theirs?.statements ?? []).filter((each) => isOn(each, asked.arn, () => undefined));
  const conditions = [...statements.flatMap(conditionsOf), ...never.flatMap(wantedBy)];
  return variants(anonymous, conditions, mentioned, keys).length;
}

/** A resource, and what its own policy says of a class of actions. */
function placed(ground: Ground, { actors: { model }, otherSide = false }: Round, action: string) {
  const inside = new Set(ground.accounts);
  const others = letsIn(action);
  return (asked: Resource): Place => {
    const outside = !inside.has(asked.account);
    const open = otherSide || outside;
    const theirs =
      open && asked.arn !== "*" ? others : ground.sliced(policyOf(model, action, asked), action);
    return { asked, outside, open, theirs, granting: allowing([theirs]) };
  };
}

/** Asks everybody about one class of actions. Whether the round is over. */
function askClass(ground: Ground, round: Round, crowd: Crowd, of: ActionClass): boolean {
  const { model } = round.actors;
  const permissions = permissionsAbout(ground.permissions, of.representative);
  const all = crowd.asking(of.representative, permissions);
  const resources = placesOf(round.asked ?? ground.asked, of);
  const places = resources.resources.map(placed(ground, round, of.representative));
  const never = round.otherSide ? [] : (permissions.get("nobody") ?? []);
  const audience = new Audience(crowd, all, places, resources);
  for (const [index, place] of places.entries()) {
    const { asked, outside, theirs, granting } = place;
    const { arn, account } = asked;
    const nobodys = never.filter((each) => isPermittedOn(each, account, asked) && wantedBy(each).length > 0);
    const speakers = audience.at(index, nobodys.some(goesByWho));
    if (speakers.others > 0)
      round.decided?.([], speakers.others * unreached(ground, model, place, nobodys));
    for (const who of speakers.asked) {
      const asking = all[who];
      if (asking === undefined) continue;
      const { subject } = asking;
      const own = subject.account === account;
      if (outside && (subject.madeUp || subject.abroad)) continue; // whoever may do everything may ask others, too
      if ((own && subject.abroad) || (arn === "*" && !own)) continue;
      const mine = audience.permitted(index, who);
      if (mine.length === 0 && !possible(asking, asked, granting, model)) continue;
      if (decideAll(ground, round, { of, asking, asked, theirs, mine, never })) return true;
    }
  }
  return false;
}

/** Asks everything that a statement could allow or a permission has; the rest is denied without being asked. */
export function askRound(ground: Ground, round: Round): boolean {
  const crowd = new Crowd(round.actors, round.classes, ground.named);
  return round.classes.some((of) => askClass(ground, round, crowd, of));
}
