/** What the rows of the charter are made of. The rows themselves are written by hand, by topic, in the files beside. */

/**
 * What a condition key of the request must be: one of these, this or not there, there and something else, or not there.
 * `*` and `?` stand for other characters. Of a key with several values all must be as wanted.
 */
export type Wanted =
  | string
  | readonly string[]
  | { readonly ifThere: string | readonly string[] }
  | { readonly otherThan: string }
  | { readonly absent: true };

/**
 * One row. `{words}` stand for names of a project, a pipeline, an environment (facts.ts); whom it is about and what it
 * is on are kinds and names (kinds.ts), such as `role {own}-plan` and `stack {workload}/*`.
 */
export interface Row {
  /**
   * What it is written for: it holds once for each of these. `branches` is a pipeline of branches, `branch` one of its
   * branches.
   */
  readonly over:
    | "project"
    | "account"
    | "stack"
    | "state-key"
    | "looked"
    | "reader"
    | "pipeline"
    | "branches"
    | "pipeline-or-branches"
    | "environment"
    | "branch"
    | "environment-or-branch"
    | "job";
  /** What must be the case there, such as an environment that asks for approval. Default: nothing. */
  readonly needs?: Need | readonly Need[];
  readonly who: string;
  /** Exact names of actions, or `*`: all of them. */
  readonly may: readonly string[];
  /** What `*` does not mean. */
  readonly butFor?: readonly string[];
  /** Roles by ARN whom it is not about. Default: none. */
  readonly butBy?: string;
  readonly on: string | readonly string[];
  /** Condition keys, all of which must be as wanted. Default: whatever they are. */
  readonly when?: Readonly<Record<string, Wanted>>;
  /** The same, where only what it is on asks for them: whom it is about may do it as far as his own policies go. */
  readonly theyWant?: Readonly<Record<string, Wanted>>;
  readonly why: string;
  /** People use it as they like: no step of a release has to. */
  readonly byPeople?: boolean;
  /** It need not be so, since a template decides; no more than this may be. */
  readonly atMost?: boolean;
}

/** What may be the case in a place; what a kind of workload is made of comes last. */
export type Need =
  | "abroad"
  | "released"
  | "of branches"
  | "of a branch"
  | "state"
  | "approval"
  | "no approval"
  | "approvals"
  | "codecommit"
  | "connection"
  | "transforms"
  | "layer cache"
  | "vpc"
  | "artifacts"
  | "releases"
  | "only roles"
  | "platform"
  | "bounded"
  | "image"
  | "files"
  | `${"image" | "files"} by ${"execution" | "task-execution"}`
  | `role ${"codedeploy" | "task" | "task-execution"}`;

/** A row as people read it, for one pipeline and environment. */
export interface CharterRow {
  readonly who: string;
  readonly may: readonly string[];
  readonly on: string;
  readonly when: string;
  readonly why: string;
}

/** `of("s3", "GetObject PutObject")` */
export const of = (service: string, names: string): readonly string[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${service}:${name}`);

/** Writes rows that hold once for each of these places. */
export const rowsOver =
  (over: Row["over"]) =>
  (who: string, may: readonly string[], on: Row["on"], why: string, more: Partial<Row> = {}): Row => ({
    over,
    who,
    may,
    on,
    why,
    ...more,
  });
