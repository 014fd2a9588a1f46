import type { Question } from "../../../packages/iam/src/evaluate/decide";
import type { Asked } from "../../aws/types";
import type { Job } from "../../record/inventory";
import type { PHASES } from "./rows";
import type { Principal } from "../../../packages/iam/src/policy/principals";

/** `Source`, `Build`, `Deploy-test: Promote`. */
export const stepOf = ({ action, kind }: Pick<Job, "action"> & Partial<Pick<Job, "kind">>): string =>
  action === undefined
    ? kind === "inside"
      ? "Inside the environment"
      : "Clean-up"
    : action.stage === action.name
      ? action.stage
      : `${action.stage}: ${action.name}`;

/** When in the life of an environment a step makes a call. */
export type Phase = (typeof PHASES)[number];

/** Where in a release a call is made. */
export interface Place {
  readonly pipeline: string;
  /** Undefined for what is done once for all: Source, Build and the like. */
  readonly environment: string | undefined;
  readonly phase: Phase;
  /** `Source`, `Deploy-test: Deploy`: stage and action in the pipeline's own words. */
  readonly step: string;
}

/** One call of AWS's API that is documented for a step. */
export interface Call extends Place {
  readonly principal: Principal;
  readonly action: string;
  /** ARN of one resource; `*` for an action that knows none. */
  readonly resource: string;
  readonly context?: Question["context"];
  /** What makes the call: a command of a job, a service that acts for somebody. */
  readonly why: string;
  /** Page that documents it. */
  readonly source: string;
}

/** Several calls that one thing leads to. */
export const calls = (
  place: Place,
  principal: Principal,
  asked: readonly Asked[],
  why: string,
  source: string,
): Call[] =>
  asked.map(({ reading, ...each }) => ({
    ...place,
    principal,
    ...each,
    why: reading === undefined ? why : `${why}; ${reading}`,
    source,
  }));
