import type { Pipeline, ToolingSettings } from "../../../stacks/settings/model";
import type { Rehearsed } from "../../record/record";

/** What an approver is shown. */
export interface Question {
  readonly pipeline: string;
  readonly environment: string;
  /** Undefined outside git. */
  readonly revision: string | undefined;
  /** SHA-256 of the bundle. */
  readonly bundle: string;
  /** The plan in one line. */
  readonly summary: string;
}

export interface Answer {
  readonly yes: boolean;
  /** Who gave it: a person who was asked, an option. */
  readonly how: string;
}

export interface ReleaseOptions {
  readonly settings: ToolingSettings;
  /** What the bring-up made: the jobs of the environments are read from it. */
  readonly record: Rehearsed;
  readonly pipeline: Pipeline;
  /** Folder of the service. */
  readonly service: string;
  /** Folder that everything is written in. */
  readonly work: string;
  /** Git commit, branch or tag whose service is live everywhere before. */
  readonly from?: string;
  /** The environments wait for it; the build goes on meanwhile. Default: nothing to wait for. */
  readonly until?: PromiseLike<unknown>;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** A line as it goes; `depth` is how far it is indented. */
  readonly say: (line: string, depth: number) => void;
  readonly approve: (question: Question) => Promise<Answer>;
  /** Called when all is live, with where the last environment answers; everything ends when it returns. */
  readonly hold?: (url: string, examples: readonly string[]) => Promise<void>;
}
