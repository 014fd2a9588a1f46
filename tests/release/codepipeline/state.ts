/** What CodePipeline keeps of runs, stages and actions. */
import type { Action } from "../../../rehearsal/record/pipelines";

export type Status = "InProgress" | "Stopping" | "Stopped" | "Succeeded" | "Failed" | "Superseded";

export interface Artifact {
  readonly key: string;
  /** The commit that it is of, where the source says so. */
  readonly revision: string | undefined;
}

/** One run. A roll-back is one of its own, with what the run that it goes back to has made. */
export interface Execution {
  readonly id: string;
  /** Position among all of the pipeline. */
  readonly number: number;
  readonly type: "STANDARD" | "ROLLBACK";
  readonly target: Execution | undefined;
  readonly startTime: Date;
  readonly trigger: { readonly triggerType: string; readonly triggerDetail: string };
  readonly variables: Readonly<Record<string, string>>;
  /** Commit by source action, of a start that names one. */
  readonly revisions: Readonly<Record<string, string>>;
  readonly artifacts: Map<string, Artifact>;
  /** Variables that actions have handed on, by namespace. */
  readonly namespaces: Map<string, Readonly<Record<string, string>>>;
  status: Status;
  /** Set by who stops it: no further action starts. */
  stopping: boolean;
  /** Resolved when actions in progress are given up. */
  readonly abandoned: Promise<"abandoned">;
  readonly abandon: () => void;
}

/** One action that was run once. */
export interface Attempt {
  readonly id: string;
  readonly execution: Execution;
  readonly stage: string;
  readonly action: Action;
  readonly startTime: Date;
  lastUpdate: Date;
  status: "InProgress" | "Abandoned" | "Succeeded" | "Failed";
  configuration: Readonly<Record<string, string>>;
  outputVariables: Readonly<Record<string, string>>;
  externalExecutionId?: string;
  externalExecutionUrl?: string;
  summary?: string;
  error?: { readonly code: string; readonly message: string };
  /** Of an approval that waits. */
  token?: string;
  decide?: (status: "Approved" | "Rejected", summary: string) => void;
}

export interface StageState {
  readonly name: string;
  readonly index: number;
  readonly actions: readonly Action[];
  readonly rules: readonly { readonly variable: string; readonly matches: string; readonly name: string }[];
  readonly onFailure: "ROLLBACK" | undefined;
  /** Whose it is now, and who waits at its door. */
  running: Execution | undefined;
  waiting: Execution[];
  open: boolean;
  latest: { readonly execution: Execution; status: Status } | undefined;
  /** Runs of its own kind that got through it, oldest first. */
  readonly passed: Execution[];
}

/** What is told of a run when its state changes. */
export interface StateChange {
  readonly execution: Execution;
  readonly state: "STARTED" | "RESUMED" | "SUCCEEDED" | "FAILED" | "STOPPING" | "STOPPED" | "SUPERSEDED";
}
