/** The closed world: every action on everything for everybody, each decided and held against the rows. */
import type { Action } from "../../../packages/iam/src/policy/catalog";
import { requestContext } from "../../../packages/iam/src/evaluate/context";
import { type Decision, evaluate } from "../../../packages/iam/src/evaluate/evaluate";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import type { Principal } from "../../../packages/iam/src/policy/principals";
import { allowing, type Asking, askingOf, isRowOn, letsIn, lookupOf, policyOf, possible } from "./asking";
import type { Cast, Subject } from "./cast";
import type { Asked } from "./decoys";
import type { PlacedRow } from "./expand";
import { fits } from "./fits";
import {
  type ActionClass,
  askable,
  conditionsOf,
  isOn,
  type Named,
  rowNames,
  type Sliced,
} from "./statements";
import { type Context, holds, type Mentioned, variants } from "./variants";

/** What all questions have in common. */
export interface Ground {
  /** All actions of the services in use. */
  readonly actions: readonly Action[];
  readonly asked: readonly Asked[];
  /** Ours; whether others let somebody in is not ours to say, so it is taken for granted. */
  readonly accounts: readonly string[];
  /** Rows that allow, by whom they are about, and those about nobody. */
  readonly rows: ReadonlyMap<string, readonly PlacedRow[]>;
  readonly never: readonly PlacedRow[];
  readonly named: Named;
  readonly sliced: Sliced;
  readonly mentioned: Mentioned;
}

/** A question whose answer is not the access matrix's. */
export interface Mismatch {
  readonly subject: Subject;
  readonly of: ActionClass;
  readonly asked: Asked;
  readonly context: Context;
  readonly decision: Decision;
  /** The rows that say so; empty where the access matrix has none. */
  readonly rows: readonly PlacedRow[];
}

/** How far a round of questions goes, and what it finds. */
export interface Round {
  readonly cast: Cast;
  readonly classes: readonly ActionClass[];
  /** Stands for every policy of a resource: it lets in whoever has permissions of their own. Default: none does. */
  readonly otherSide?: boolean | undefined;
  /** Only these are asked about. Default: everything. */
  readonly asked?: readonly Asked[];
  /** Called for each single decision; returning true ends the round. */
  readonly found: (mismatch: Mismatch) => boolean;
  readonly decided?: (rows: readonly PlacedRow[]) => void;
}

/** One principal, one class of actions, one thing. */
interface Question {
  readonly of: ActionClass;
  readonly asking: Asking;
  readonly asked: Asked;
  /** The thing's own policy. */
  readonly theirs: Policy | undefined;
  /** Rows that have it. */
  readonly mine: readonly PlacedRow[];
}

/** Every request that a question stands for: conditions of all statements and rows that have a say. */
function requests(
  { mentioned }: Ground,
  { cast: { model } }: Round,
  question: Question,
  never: readonly PlacedRow[],
): Context[] {
  const { asking, asked, theirs, mine } = question;
  const { subject, documents } = asking;
  const lookup = lookupOf(subject, asked.account, model);
  const statements = [...documents.identity, documents.boundary, theirs]
    .flatMap((policy) => policy?.statements ?? [])
    .filter((each) => isOn(each, asked.arn, lookup));
  const wanted = [...mine, ...never].flatMap(({ when, resourceConditions }) =>
    [...when, ...resourceConditions].map(({ key, values }) => [key, values] as const),
  );
  return variants(subject.principal, [...statements.flatMap(conditionsOf), ...wanted], mentioned, model.keys);
}

/** Whether a row is not about somebody. AWS's own services have no role that it could name. */
const isExempt = ({ exceptPrincipals }: PlacedRow, principal: Principal): boolean =>
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
    : ground.never.filter(
        (each) =>
          rowNames(each.row, of.representative) &&
          isRowOn(each, subject.account, asked) &&
          !isExempt(each, principal),
      );
  const all = { ...documents, ...(theirs && { resource: theirs }) };
  for (const context of requests(ground, round, question, never)) {
    const said = { context, absent: "others" } as const;
    const { lookup } = requestContext(principal, asked.account, said, round.cast.model.keys);
    const decision = evaluate(
      { principal, action: of.representative, resource: asked, context: lookup },
      all,
    );
    const isMet = ({ when, resourceConditions }: PlacedRow) =>
      [...when, ...(round.otherSide ? [] : resourceConditions)].every((each) => holds(each, context));
    const rows = never.some(isMet) ? [] : mine.filter(isMet);
    round.decided?.(rows);
    const less = subject.atMost || (rows.length > 0 && rows.every(({ row }) => row.atMost));
    const wrong = decision.verdict === "allowed" ? rows.length === 0 : rows.length > 0 && !less;
    if (wrong && round.found({ subject, of, asked, context, decision, rows })) return true;
  }
  return false;
}

/** Asks everybody about one class of actions. Whether the round is over. */
function askClass(ground: Ground, round: Round, of: ActionClass): boolean {
  const {
    cast: { model, subjects },
    otherSide = false,
  } = round;
  const action = of.representative;
  const all = subjects.map((subject) => askingOf(subject, model, action, ground));
  const some = all.filter(
    ({ subject, allows, rows }) => subject.principal.kind === "root" || allows.length > 0 || rows.length > 0,
  );
  for (const asked of round.asked ?? ground.asked) {
    const { arn, account } = asked;
    if (!askable(of.service, action, arn)) continue;
    const outside = !ground.accounts.includes(account);
    const unknown = otherSide || outside;
    const theirs =
      unknown && arn !== "*" ? letsIn(action) : ground.sliced(policyOf(model, action, asked), action);
    const granting = allowing([theirs]);
    for (const asking of granting.length > 0 && !unknown ? all : some) {
      const { subject } = asking;
      const own = subject.account === account;
      if (outside && (subject.madeUp || subject.abroad)) continue; // whoever may do everything may ask others, too
      if ((own && subject.abroad) || (arn === "*" && !own)) continue;
      const mine = asking.rows.filter((row) => isRowOn(row, subject.account, asked, unknown));
      const lookup = lookupOf(subject, account, model);
      if (mine.length === 0 && !possible(asking, asked, granting, lookup)) continue;
      if (decideAll(ground, round, { of, asking, asked, theirs, mine })) return true;
    }
  }
  return false;
}

/** Asks everything that a statement could allow or a row has; the rest is denied without being asked. */
export const askRound = (ground: Ground, round: Round): boolean =>
  round.classes.some((of) => askClass(ground, round, of));
