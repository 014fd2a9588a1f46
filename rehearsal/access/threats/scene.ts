import type { Question } from "../../../packages/iam/src/evaluate/decide";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import type { Guarded, Role } from "../../../packages/iam/src/model";
import type { Change } from "./change";

/** One call of a scenario. */
export interface Step extends Question {
  readonly context: Readonly<Record<string, string>>;
  /** The call that must be refused. What comes after it, never comes. */
  readonly mustBeRefused?: true;
}

/** A scenario, as it goes with the settings at hand. */
export interface Scene {
  /** Who, holding what, tries what, why that would hurt, what refuses it. */
  readonly story: string;
  readonly steps: readonly Step[];
  /** With it every step is allowed. */
  readonly change: Change;
  /** Roles that are not the project's, or that somebody has rewritten; each by its ARN. */
  readonly roles: readonly Role[];
  /** What somebody has given to roles of the project beside what they were registered with. */
  readonly also: readonly { readonly role: string; readonly policy: Policy }[];
  /** Resources that are not the project's. */
  readonly guarded: readonly Guarded[];
}
