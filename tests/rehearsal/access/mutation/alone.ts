/** Judges changed documents of single policies of a world, as the mutation does. */
import assert from "node:assert/strict";
import { prepareMatrix } from "../../../../rehearsal/access/matrix/judge";
import { type Subject, subjects } from "../../../../rehearsal/access/mutation/subjects";
import type { World } from "../../../../rehearsal/access/estate/world";
import { policyJudge } from "../../../../packages/iam/src/mutation/policyJudge";
import { formsFor } from "../../../../packages/iam/src/mutation/mutate";
import { policy } from "../../../../packages/iam/src/policy/policies";

export interface Alone {
  readonly policies: readonly Subject[];
  /** What there is against a policy, as it is or with another document. */
  readonly judge: (subject: Subject, document?: unknown) => string | undefined;
}

export async function aloneIn(world: World): Promise<Alone> {
  const { matrix } = await prepareMatrix(world);
  const forms = await formsFor(matrix);
  const made = new Map<Subject, ReturnType<typeof policyJudge>>();
  return {
    policies: subjects(world),
    judge: (subject, document) => {
      const { name, attached } = subject.policy;
      const judge = made.get(subject) ?? policyJudge(matrix, subject, forms);
      made.set(subject, judge);
      return judge(
        document === undefined ? subject.policy : policy(name, attached, document, world.model.keys),
      );
    },
  };
}

/** Every policy as it is. Fails where there are fewer than these. */
export async function assertNothingAgainst(world: World, atLeast: number, about: string): Promise<void> {
  const { policies, judge } = await aloneIn(world);
  assert.ok(policies.length > atLeast, `${about}: ${policies.length}`);
  const findings = policies.map((each) => `${each.policy.name}: ${judge(each) ?? "nothing"}`);
  assert.deepEqual(
    findings,
    policies.map((each) => `${each.policy.name}: nothing`),
    about,
  );
}
