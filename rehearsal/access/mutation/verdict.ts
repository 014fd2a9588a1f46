import type { Excuse } from "./excuses";
import type { Mutant } from "../../../packages/iam/src/mutation/mutators";

/** What came of one mutant. */
export interface Verdict extends Pick<Mutant, "mutator" | "direction" | "name"> {
  /** The policy that was changed. */
  readonly policy: string;
  readonly outcome: "killed" | "excused" | "survived" | "unjudged";
  /** What killed it, or the excuse; empty for a survivor. */
  readonly by: Killer["name"] | Excuse | "";
  /** What the killer found, in the mutant or, for `unjudged`, in the policy as it is; empty for all others. */
  readonly finding: string;
}

/** Something that can tell a mutant from its policy: the first finding, or undefined. */
export interface Killer {
  readonly name: "access matrix" | "simulated calls" | "boundary";
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
 * Judges one mutant: the first killer that finds something wins. Only what survives them all may be excused, so that an
 * excuse never hides a difference that somebody sees.
 */
export function verdictOn(
  policy: string,
  mutant: Mutant,
  killers: readonly Killer[],
  excuse: (mutant: Mutant) => Excuse | undefined,
): Verdict {
  const { mutator, direction, name } = mutant;
  const about = { policy, mutator, direction, name };
  for (const killer of killers) {
    const finding = killer.finds(mutant);
    if (finding !== undefined) return { ...about, outcome: "killed", by: killer.name, finding };
  }
  const excused = excuse(mutant);
  return excused === undefined
    ? { ...about, outcome: "survived", by: "", finding: "" }
    : { ...about, outcome: "excused", by: excused, finding: "" };
}
