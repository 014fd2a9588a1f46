/** Holds changed trust policies against the access matrix where they and those who ask are in one account. */
import type { Asked } from "../matrix/decoys";
import { findingOf } from "../matrix/findings";
import type { Prepared } from "../matrix/judge";
import { askRound, type Mismatch } from "../matrix/questions";
import { classes, rowMarks, TAKES_ROLES } from "../matrix/statements";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import type { Subject } from "./subjects";

/**
 * Judges changed trusts of one role: the first finding, or undefined. Every role of its account asks as if it had every
 * permission, since for a trust that names the account nothing but their own policies would limit them.
 */
export function trustJudge({ ground, abroad, rows }: Prepared, { owner, name }: Subject) {
  const role = abroad.model.roles.get(owner) ?? notKnown(`${name} is of no role that is in the model`);
  const subjects = abroad.subjects
    .filter(({ account }) => account === role.account)
    .map((each) => ({ ...each, abroad: false }));
  const who = subjects.flatMap((each) => each.who);
  const mine = rows.filter((row) => who.includes(row.who)).map(({ row }) => row);
  const marks = rowMarks(ground.actions, [...new Set(mine)]);
  const asked: Asked[] = [{ arn: owner, account: role.account }];
  return (trust: Policy): string | undefined => {
    const model = { ...abroad.model, roles: new Map(abroad.model.roles).set(owner, { ...role, trust }) };
    const all = classes(trust.statements, ground.named, marks);
    const found: Mismatch[] = [];
    askRound(ground, {
      cast: { model, subjects },
      asked,
      classes: all.filter(({ representative }) => TAKES_ROLES.test(representative)),
      found: (mismatch) => found.push(mismatch) > 0,
    });
    return found.map(findingOf)[0];
  };
}
