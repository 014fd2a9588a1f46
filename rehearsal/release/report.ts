import type { Exchange } from "./pipeline/environment";
import type { Change } from "./cloudformation/plan";
import type { Answer } from "./pipeline/releaseOptions";
import type { NotShown } from "../record/notShown";

/** How far an environment came. */
export type State = "untouched" | "planned" | "rejected" | "live" | "rolled back" | "failed";

/** One environment's part of a release. */
export interface EnvironmentReport {
  readonly environment: string;
  /** Name of its CloudFormation stack. */
  readonly stack: string;
  state: State;
  plan?: { readonly summary: string; readonly changes: readonly Change[] };
  /** Undefined where settings ask for none. */
  approval?: Answer;
  endpoint?: string;
  outputs?: Readonly<Record<string, string>>;
  routes?: readonly string[];
  tables?: readonly string[];
  /** SHA-256 of the bundle that was put live here. */
  bundle?: string;
  verify?: { readonly passed: boolean; readonly tests: number | undefined; readonly seconds: number };
  /** Messages and events, and which functions they reached: a line each. */
  events?: readonly string[];
  /** After a roll-back: what answers again, and one answer. */
  rollback?: { readonly bundle: string; readonly exchange: Exchange };
  /** SHA-256 by mark: `live-test`, `live-test-previous`. */
  marks: Readonly<Record<string, string>>;
}

/** Why a release ended early. */
export interface Stop {
  readonly at: string;
  readonly message: string;
  readonly next: string;
  readonly details: readonly string[];
}

/** The check of a release: one release, from source to the last environment. */
export interface Act3 {
  readonly pipeline: string;
  /** Folder of the service. */
  readonly service: string;
  /** Commit of the source; undefined outside git. */
  readonly revision: string | undefined;
  /** What was live everywhere before: the commit of `--from`. */
  from?: { readonly revision: string; readonly bundle: string };
  /** Id of the run: the parameter Release. */
  readonly release: string;
  /** SHA-256 of the bundle, the same in every environment. */
  bundle?: string;
  tests?: number;
  readonly environments: readonly EnvironmentReport[];
  stopped?: Stop;
  /** Why this machine could not show the rest. */
  notCovered?: string;
  notShown: readonly NotShown[];
}
