/** Changes policies in one place at a time, and shows that the access matrix notices each change. */
import type { AccessMatrix } from "../matrix/matrix";
import { strangersAccount } from "../matrix/permission";
import { missaid } from "../growth/mutants";
import { changedPolicy, documentOf } from "./changed";
import { equivalenceOf } from "./equivalentMutants";
import { askedOnNothing, type Forms, formsOf } from "./forms";
import { type Mutant, mutants } from "./mutators";
import { policyJudge, type PolicyUnderTest } from "./policyJudge";
import { type Killer, unjudged, type Verdict, verdictOn } from "./verdict";

/** A policy as it is: no mutant. */
export const UNCHANGED: Mutant = {
  ...{ mutator: "none", direction: "widening", fits: "more", name: "unchanged" },
  ...{ index: -1, statement: undefined, document: {} },
};

/** What AWS asks for each action of a matrix on: made once for all its policies. */
export const formsFor = ({ ground }: AccessMatrix): Promise<Forms> => formsOf(ground.actions);

/**
 * What came of every mutant of one policy. Other killers are asked after the access matrix. A policy that has findings
 * as it is gets those alone. Throws NotKnown for a policy of nobody, or with an element whose changes are not worked out.
 */
export function judgePolicy(
  matrix: AccessMatrix,
  forms: Forms,
  about: PolicyUnderTest,
  others: readonly Killer[] = [],
): Verdict[] {
  const { estate, catalog } = matrix;
  const { policy } = about;
  const document = documentOf(policy);
  const judge = policyJudge(matrix, about, forms);
  const finds = (mutant: Mutant) => judge(changedPolicy(policy, mutant, estate.model.keys));
  const killers = [{ name: "access matrix", finds }, ...others];
  // Whatever is excused since AWS asks for it on nothing else, AWS must ask for on something.
  const reference: Killer = {
    name: "Service Authorization Reference",
    finds: (mutant) => askedOnNothing(changedPolicy(policy, mutant, estate.model.keys), forms, catalog)[0],
  };
  const first = unjudged(policy.name, { ...UNCHANGED, document }, [...killers, reference]);
  const stranger = `arn:${estate.partition}:iam::${strangersAccount(estate.accounts)}:root`;
  const equivalence = (mutant: Mutant) =>
    equivalenceOf(about, mutant, { model: estate.model, catalog, forms });
  return first.length > 0
    ? first
    : mutants(document, { stranger }).map((each) => {
        const verdict = verdictOn(policy.name, each, killers, equivalence);
        const wrong = missaid(about, each, verdict, { model: estate.model, catalog, forms });
        return wrong === undefined ? verdict : { ...verdict, missaid: wrong };
      });
}
