/** The closed world: every action on everything for everybody, each decided and held against the permissions. */
import type { Action } from "../policy/catalog";
import { requestContext } from "../evaluate/context";
import { policyOf } from "../evaluate/decide";
import { type Decision, evaluate } from "../evaluate/evaluate";
import type { Lookup } from "../policy/patterns";
import type { Policy } from "../policy/policies";
import { anonymous, type Principal } from "../policy/principals";
import type { AccessModel } from "../model";
import { isPermittedOn, letsIn, lookupOf, possible } from "./asking";
import { allowing, type Asking, Crowd } from "./crowd";
import type { Permission, Resource, Subject } from "./permission";
import {
  type ActionClass,
  type ByWho,
  conditionsOf,
  hasVariables,
  isOn,
  type Named,
  permissionsAbout,
  type Sliced,
} from "./statements";
import { alike, Audience, isEverywhere, isPlain, type Place, type Places, placesOf } from "./places";
import { type Context, holds, type Mentioned, type Variants, variants } from "./requests";
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

/** A round, with what all its questions need. */
interface Stage {
  readonly ground: Ground;
  readonly round: Round;
  readonly model: AccessModel;
  readonly crowd: Crowd;
  readonly requestsOf: Variants;
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

const NOTHING: NonNullable<Permission["when"]> = [];

/** Keys that a permission's conditions are about, with the values that stand there. */
export const wantedBy = ({ when = NOTHING, resourceConditions = NOTHING }: Permission) =>
  when.length + resourceConditions.length === 0
    ? []
    : [...when, ...resourceConditions].map(({ key, values }) => [key, values] as const);

/** Conditions of those statements that are about a resource. */
const conditionsOn = (
  policies: readonly (Policy | undefined)[],
  arn: string,
  lookup: Lookup,
): ReturnType<typeof conditionsOf> =>
  policies.flatMap((policy) =>
    (policy?.statements ?? []).flatMap((each) =>
      each.content["Condition"] !== undefined && isOn(each, arn, lookup) ? conditionsOf(each) : [],
    ),
  );

/** Every request that a question stands for: conditions of all statements and permissions that have a say. */
function requests(
  { model, requestsOf }: Stage,
  { asking, asked, theirs, mine }: Question,
  never: readonly Permission[],
): readonly Context[] {
  const { subject, documents } = asking;
  const lookup: Lookup = (key) => lookupOf(subject, asked.account, model)(key); // few resources have variables
  const conditions = conditionsOn([...documents.identity, documents.boundary, theirs], asked.arn, lookup);
  return requestsOf(subject.principal, [...conditions, ...[...mine, ...never].flatMap(wantedBy)]);
}

/** Whether a permission is not about somebody. AWS's own services have no role that it could name. */
const isExempt = ({ exceptPrincipals = [] }: Permission, principal: Principal): boolean =>
  exceptPrincipals.length > 0 &&
  (principal.kind === "service" ||
    (principal.kind === "session" && exceptPrincipals.some((each) => fits(each, principal.roleArn))));

/** Keys that are taken for absent: nobody asks which. */
const ABSENT = new Set<string>();

/** Asks one question with every value of the conditions that have a say. Whether the round is over. */
function decideAll(stage: Stage, question: Question): boolean {
  const { round, model } = stage;
  const { of, asking, asked, theirs, mine } = question;
  const { subject, documents } = asking;
  const { principal } = subject;
  const never = question.never.filter(
    (each) => isPermittedOn(each, subject.account, asked) && !isExempt(each, principal),
  );
  if (never.length === 0 && isFree(question)) {
    round.decided?.(mine, 1);
    return false;
  }
  const contexts = requests(stage, question, never);
  if (mine.length === 0 && isLimited(asking, asked, theirs)) {
    round.decided?.([], contexts.length);
    return false;
  }
  const all = { ...documents, ...(theirs && { resource: theirs }) };
  const isMet = ({ when = [], resourceConditions = [] }: Permission, context: Context) =>
    when.every((each) => holds(each, context)) &&
    (round.otherSide || resourceConditions.every((each) => holds(each, context)));
  for (const context of contexts) {
    const said = { context, absent: "others" } as const;
    const { lookup } = requestContext(principal, asked.account, said, model.keys, ABSENT);
    const decision = evaluate(
      { principal, action: of.representative, resource: asked, context: lookup },
      all,
    );
    const permissions = never.some((each) => isMet(each, context))
      ? []
      : mine.filter((each) => isMet(each, context));
    round.decided?.(permissions, 1);
    const less = subject.atMost || permissions.every(({ atMost }) => atMost);
    const wrong = decision.verdict === "allowed" ? permissions.length === 0 : !less;
    if (wrong && round.found({ subject, of, asked, context, decision, permissions })) return true;
  }
  return false;
}

/** Whether it is allowed and permitted whatever a request says: by a policy that allows everything, where nothing else has a say. */
const isFree = ({ asking, asked, theirs, mine }: Question): boolean =>
  mine.length > 0 &&
  theirs === undefined &&
  asking.subject.account === asked.account &&
  isEverywhere(asking) &&
  mine.every((each) => wantedBy(each).length === 0);

/**
 * Whether a boundary alone denies it, whatever a request says: no statement of it is about the resource, no policy of the resource
 * goes past it, and nothing else depends on the request. In another account none goes past it.
 */
const isLimited = (
  { subject, documents, simple }: Asking,
  { arn, account }: Resource,
  theirs: Policy | undefined,
): boolean =>
  simple &&
  documents.boundary !== undefined &&
  (theirs?.statements ?? []).every((each) => subject.account !== account && isPlain(each)) &&
  !documents.boundary.statements.some((each) => hasVariables(each) || isOn(each, arn, () => undefined));

/** Whether a permission that nobody has takes away from some, and not from others. */
const goesByWho = ({ on, exceptPrincipals = [] }: Permission): boolean =>
  exceptPrincipals.length > 0 || on.some(({ account }) => account === undefined);

/** How many requests there are of each of those whom no statement of a resource's policy reaches. */
function unreached({ requestsOf }: Stage, { asked, theirs }: Place, never: readonly Permission[]): number {
  const conditions = conditionsOn([theirs], asked.arn, () => undefined);
  return requestsOf(anonymous, [...conditions, ...never.flatMap(wantedBy)]).length;
}

/** The resources of a class of actions, and what their own policies say of it: the statements that may be about each. */
function placed(
  { ground, round: { otherSide = false }, model }: Stage,
  action: string,
  all: Places,
): Place[] {
  const inside = new Set(ground.accounts);
  const others = letsIn(action);
  const policy = (asked: Resource, index: number): Policy | undefined => {
    const whole = ground.sliced(policyOf(model, action, asked), action);
    return (
      whole && { ...whole, statements: whole.statements.filter((each) => all.ofStatement(each).has(index)) }
    );
  };
  return all.resources.map((asked, index): Place => {
    const outside = !inside.has(asked.account);
    const open = otherSide || outside;
    const theirs = open && asked.arn !== "*" ? others : policy(asked, index);
    return { asked, outside, open, theirs, granting: allowing([theirs]) };
  });
}

/** What a round is told of one place, in its order. */
type Told = Mismatch | { readonly permissions: readonly Permission[]; readonly decisions: number };

/** A round that notes what it is told, too. */
const noting = (round: Round, notes: Told[]): Round => ({
  ...round,
  found: (mismatch) => {
    notes.push(mismatch);
    return round.found(mismatch);
  },
  decided: (permissions, decisions) => {
    notes.push({ permissions, decisions });
    round.decided?.(permissions, decisions);
  },
});

/** Tells a round of one place what it was told of another that is like it. Whether the round is over. */
const tellAgain = (round: Round, notes: readonly Told[], asked: Resource): boolean =>
  notes.some((told) => {
    if ("decision" in told) return round.found({ ...told, asked });
    round.decided?.(told.permissions, told.decisions);
    return false;
  });

/** Asks everybody about one class of actions. Whether the round is over. */
function askClass(stage: Stage, of: ActionClass): boolean {
  const { ground, round, crowd } = stage;
  const permissions = permissionsAbout(ground.permissions, of.representative);
  const all = crowd.asking(of.representative, permissions);
  const resources = placesOf(round.asked ?? ground.asked, of);
  const places = placed(stage, of.representative, resources);
  const never = round.otherSide ? [] : (permissions.get("nobody") ?? []);
  const numbers = alike(places, all, [...permissions.values()].flat(), resources);
  const firsts = new Map([...numbers.entries()].reverse().map(([index, number]) => [number, index]));
  const firstAlike = places.map((place, index) =>
    firsts.get(numbers[index] ?? -1) === index ? place : undefined,
  );
  const audience = new Audience(crowd, all, firstAlike, resources);
  /** By number of those places that are alike. */
  const known = new Map<number | undefined, readonly Told[]>();
  return places.some((place, index) => {
    const notes = known.get(numbers[index]);
    if (notes) return tellAgain(round, notes, place.asked);
    const own: Told[] = [];
    known.set(numbers[index], own);
    return askAt({ ...stage, round: noting(round, own) }, { of, all, place, index, audience, never });
  });
}

/** What everybody is asked at one place. */
interface Asked {
  readonly of: ActionClass;
  readonly all: readonly Asking[];
  readonly place: Place;
  readonly index: number;
  readonly audience: Audience;
  readonly never: readonly Permission[];
}

/** Asks everybody who has a say on one place. Whether the round is over. */
function askAt(stage: Stage, { of, all, place, index, audience, never }: Asked): boolean {
  const { round, model } = stage;
  const { asked, outside, theirs, granting } = place;
  const { arn, account } = asked;
  const nobodys = never.filter((each) => isPermittedOn(each, account, asked) && wantedBy(each).length > 0);
  const speakers = audience.at(index, place, nobodys.some(goesByWho));
  if (speakers.others > 0) round.decided?.([], speakers.others * unreached(stage, place, nobodys));
  for (const who of speakers.asked) {
    const asking = all[who];
    if (asking === undefined) continue;
    const { subject } = asking;
    const own = subject.account === account;
    if (outside && (subject.madeUp || subject.abroad)) continue; // whoever may do everything may ask others, too
    if ((own && subject.abroad) || (arn === "*" && !own)) continue;
    const mine = audience.permitted(index, who);
    if (mine.length === 0 && !possible(asking, asked, granting, model)) continue;
    if (decideAll(stage, { of, asking, asked, theirs, mine, never })) return true;
  }
  return false;
}

/** Asks everything that a statement could allow or a permission has; the rest is denied without being asked. */
export function askRound(ground: Ground, round: Round): boolean {
  const { actors, classes } = round;
  const { model } = actors;
  const stage = {
    ...{ ground, round, model },
    crowd: new Crowd(actors, classes, ground.named),
    requestsOf: variants(ground.mentioned, model.keys),
  };
  return classes.some((of) => askClass(stage, of));
}
