import type { Kinds } from "../estate/kindTraits";
import type { MatrixTarget, MatrixPipeline, MatrixSettings } from "./settings";

/** What a row's `{words}` stand for in one place; a list stands for as many rows. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

/** One place that rows are written for. */
export interface Place {
  /** What its jobs' names begin with. */
  readonly name: string;
  /** For names in ARNs. */
  readonly values: Values;
  /** For people: what AWS names itself is called by what it is. */
  readonly shown: Values;
  /** What is the case here; rows may need it. */
  readonly has: ReadonlySet<string>;
}

export interface Facts {
  readonly settings: MatrixSettings;
  readonly kinds: Kinds;
  /** Every account, tooling's first. */
  readonly accounts: readonly string[];
  /** Once for all. */
  readonly project: Place;
  /** For the store in each Region, tooling's first. */
  readonly stores: readonly Place[];
  /** For each stack whose previews read state. */
  readonly stacks: readonly Place[];
  /** Once where pull requests in CodeCommit are previewed. */
  readonly pullRequests: readonly Place[];
  /** Once where a pipeline brings the stacks up; then for each key of their state, each environment and each account. */
  readonly selfUpdate: readonly Place[];
  readonly selfKeys: readonly Place[];
  readonly selfEnvironments: readonly Place[];
  readonly selfAccounts: readonly Place[];
  /** Environments that somebody may look at, each with those who may. */
  readonly looked: readonly Place[];
  readonly pipelines: readonly { readonly pipeline: MatrixPipeline; readonly place: Place }[];
  /** Of the pipelines whose branches have stacks. */
  readonly branches: readonly BranchPlaces[];
  readonly environments: readonly {
    readonly pipeline: MatrixPipeline;
    readonly environment: MatrixTarget;
    readonly place: Place;
  }[];
}

/** A pipeline's branches: where they are built, and two of them. */
export interface BranchPlaces {
  readonly pipeline: MatrixPipeline;
  readonly place: Place;
  readonly branches: readonly Place[];
}
