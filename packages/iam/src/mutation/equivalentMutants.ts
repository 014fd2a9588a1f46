import { included } from "./included";
import { list, map, type Values } from "../json";
import type { AccessModel } from "../model";
import { documentOf } from "./changed";
import { type Equivalence, nothingKnown, type Reference, waysOf } from "./known";
import type { Mutant } from "./mutators";
import type { PolicyUnderTest } from "./policyJudge";

/** What the other policies of a role say, where one role alone has the policy; what is denied to it is as if said already. */
function beside({ policy }: PolicyUnderTest, { roles }: AccessModel, own: readonly Values[]): Values[] {
  const having = [...roles.values()].filter(({ identity }) => identity.includes(policy));
  const [role] = policy.attached === "identity" && having.length === 1 ? having : [];
  const others = role?.identity.filter((each) => each !== policy) ?? [];
  const all = [...own, ...others.flatMap(({ statements }) => statements.map(({ content }) => content))];
  return role === undefined ? [] : all.map((each) => ({ ...each, Effect: "Allow" }));
}

/**
 * The first reason for which a mutant says the same as its policy; undefined where none can be shown. A mutant that fits
 * more requests must add none to what the policy's statements fit; one that fits fewer must leave none out.
 */
export function equivalenceOf(
  about: PolicyUnderTest,
  { index, statement, document, fits }: Mutant,
  reference: Reference,
): Equivalence | undefined {
  const before = list(documentOf(about.policy)["Statement"]).map(map);
  const after = list(document["Statement"]).map(map);
  const [changed, others] = fits === "more" ? [statement, before] : [before[index], after];
  if (
    changed === undefined ||
    (statement?.["Effect"] !== undefined && statement["Effect"] !== before[index]?.["Effect"])
  )
    return undefined;
  const ways = waysOf({ attached: about.policy.attached, owner: about.owner }, reference);
  const found = ways.find(([, known]) => included(changed, others, known))?.[0];
  const elsewhere = () =>
    changed["Effect"] === "Allow" &&
    included(changed, beside(about, reference.model, others), nothingKnown(reference.catalog));
  return found ?? (elsewhere() ? "redundant elsewhere" : undefined);
}
