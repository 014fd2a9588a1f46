/** Rounds of questions in the plainest way: everybody is asked for everything, and nothing is left out or counted at once. */
import { requestContext } from "../../src/evaluate/context";
import { policyOf } from "../../src/evaluate/decide";
import { evaluate } from "../../src/evaluate/evaluate";
import { isPermittedOn, letsIn } from "../../src/matrix/asking";
import { accountIn, type Permission } from "../../src/matrix/permission";
import { type Ground, type Round, wantedBy } from "../../src/matrix/questions";
import { holds, variants } from "../../src/matrix/requests";
import { askable, conditionsOf, isOn, permits } from "../../src/matrix/statements";
import { fits } from "../../src/matrix/wildcards";
import type { Policy, Statement } from "../../src/policy/policies";

/** Asks as `askRound` does. */
export function askPlainly(ground: Ground, { actors: { model, subjects }, classes, found, decided }: Round) {
  for (const of of classes) {
    const { service, representative: action } = of;
    const about = (policy: Policy | undefined): Statement[] =>
      (policy?.statements ?? []).filter((each) => ground.named(each).has(action));
    for (const asked of ground.asked.filter(({ arn }) => askable(service, action, arn))) {
      const { arn, account } = asked;
      const outside = !ground.accounts.includes(account);
      const theirs = outside && arn !== "*" ? letsIn(action) : policyOf(model, action, asked);
      const granting = (outside && arn !== "*" ? (theirs?.statements ?? []) : about(theirs)).filter(
        ({ effect }) => effect === "Allow",
      );
      for (const subject of subjects) {
        const { principal } = subject;
        const own = subject.account === account;
        if (outside && (subject.madeUp || subject.abroad)) continue;
        if ((own && subject.abroad) || (arn === "*" && !own)) continue;
        const role = principal.kind === "session" ? model.roles.get(principal.roleArn) : undefined;
        const boundary = role?.boundary === undefined ? undefined : model.managed.get(role.boundary);
        const { lookup: derived } = requestContext(principal, account, { absent: "others" }, model.keys);
        const on = (statements: readonly Statement[]) =>
          statements.filter((each) => isOn(each, arn, derived));
        const identity = role?.identity ?? [];
        const allows = identity.flatMap(about).filter(({ effect }) => effect === "Allow");
        const has = (each: Permission) =>
          permits(each, action) &&
          (outside && accountIn(arn) === ""
            ? isPermittedOn(each, account, asked)
            : isPermittedOn(each, subject.account, asked, outside));
        const mine = [...subject.who, "everybody"]
          .flatMap((who) => ground.permissions.get(who) ?? [])
          .filter(has);
        // Where the other side lets in whoever comes, only those are asked who have something of their own.
        const us = principal.kind === "root" || on(allows).length > 0;
        const them = on(granting).length > 0;
        const isHis = principal.kind === "service" || principal.kind === "anonymous";
        const may = isHis ? them : own && !outside ? us || them : us && them;
        if (mine.length === 0 && !may) continue;
        const never = (ground.permissions.get("nobody") ?? []).filter(
          (each) =>
            permits(each, action) &&
            isPermittedOn(each, subject.account, asked) &&
            !(each.exceptPrincipals ?? []).some(
              (one) => principal.kind === "service" || (role && fits(one, role.arn)),
            ),
        );
        const speaking = on([
          ...identity.flatMap(about),
          ...about(boundary),
          ...(theirs?.name === "the other side" ? [] : about(theirs)),
        ]);
        const conditions = [...speaking.flatMap(conditionsOf), ...[...mine, ...never].flatMap(wantedBy)];
        for (const context of variants(ground.mentioned, model.keys)(principal, conditions)) {
          const said = { context, absent: "others" } as const;
          const { lookup } = requestContext(principal, account, said, model.keys);
          const decision = evaluate(
            { principal, action, resource: asked, context: lookup },
            { identity, ...(boundary && { boundary }), ...(theirs && { resource: theirs }) },
          );
          const isMet = (each: Permission) =>
            [...(each.when ?? []), ...(each.resourceConditions ?? [])].every((one) => holds(one, context));
          const permissions = never.some(isMet) ? [] : mine.filter(isMet);
          decided?.(permissions, 1);
          const less = subject.atMost || permissions.every(({ atMost }) => atMost);
          const wrong = decision.verdict === "allowed" ? permissions.length === 0 : !less;
          if (wrong && found({ subject, of, asked, context, decision, permissions })) return;
        }
      }
    }
  }
}
