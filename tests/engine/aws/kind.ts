import type { Cloud, Thing } from "./cloud";
import type { RefusalId } from "./refusals";

export interface Kind {
  /** Input that is the physical name; Pulumi makes one up where the program gives none, unless `given`. */
  readonly name?: string;
  readonly given?: true;
  readonly lowerCase?: true;
  /** Where the name must be unique. Default: in its account and Region. */
  readonly unique?: "account" | "world";
  /** Inputs, beyond the name, that AWS cannot change: another resource takes the place of this one. */
  readonly fixed: readonly string[];
  /** How AWS says that the name is taken. Without it, AWS would overwrite, and two resources would undo each other. */
  readonly taken?: RefusalId;
  readonly write?: Judge;
  readonly remove?: Judge;
  /** What AWS keeps of it after a deletion. Default: nothing. */
  readonly remains?: (cloud: Cloud, thing: Thing) => Thing | undefined;
}

/** Throws a Refusal where AWS would not write, or delete, the thing. */
export type Judge = (cloud: Cloud, thing: Thing) => void;
