import type { Equivalence } from "./known";
import type { Mutant } from "./mutators";

/** What came of one mutant. */
export interface Verdict extends Pick<Mutant, "mutator" | "direction" | "name"> {
  /** The policy that was changed. */
  readonly policy: string;
  /** Excused: it is shown to be equivalent. */
  readonly outcome: "killed" | "excused" | "survived" | "unjudged";
  /** What killed it, or why it is equivalent; empty for a survivor. */
  readonly by: string;
  /** What the killer found, in the mutant or, for `unjudged`, in the policy as it is; empty for all others. */
  readonly finding: string;
  /** What is wrong with the sentence about it; undefined: nothing, or nobody has looked. */
  readonly missaid?: string;
}

/** Something that can tell a mutant from its policy: the first finding, or undefined. */
export interface Killer {
  /** `access matrix`. */
  readonly name: string;
  readonly finds: (mutant: Mutant) => string | undefined;
}

/** Judges a policy as it is: if that has a finding, so has its every mutant, and none is told from it. */
export function unjudged(policy: string, unchanged: Mutant, killers: readonly Killer[]): Verdict[] {
  const { mutator, direction, name } = unchanged;
  return killers.flatMap(({ name: by, finds }) => {
    const finding = finds(unchanged);
    return finding === undefined
      ? []
      : [{ policy, mutator, direction, name, outcome: "unjudged", by, finding }];
  });
}

/**
 * Judges one mutant: the first killer that finds something wins. Only what survives them all may be excused, so that no
 * proof of equivalence hides a difference that somebody sees.
 */
export function verdictOn(
  policy: string,
  mutant: Mutant,
  killers: readonly Killer[],
  equivalence: (mutant: Mutant) => Equivalence | undefined,
): Verdict {
  const { mutator, direction, name } = mutant;
  const about = { policy, mutator, direction, name };
  for (const killer of killers) {
    const finding = killer.finds(mutant);
    if (finding !== undefined) return { ...about, outcome: "killed", by: killer.name, finding };
  }
  const excused = equivalence(mutant);
  return excused === undefined
    ? { ...about, outcome: "survived", by: "", finding: "" }
    : { ...about, outcome: "excused", by: excused, finding: "" };
}
