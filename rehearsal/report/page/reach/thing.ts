import type { Policy } from "../../../../packages/iam/src/policy/policies";
import type { Role } from "../../../../packages/iam/src/model";

/** What a picture shows: somebody who asks, something that is asked for, or both. */
export interface Thing {
  /** `n1`: unique in a page. */
  readonly id: string;
  /** As AWS knows it. */
  readonly name: string;
  /** What its template calls it; what a template makes has long names. */
  readonly called?: string | undefined;
  readonly kind: string;
  /** How it is drawn. */
  readonly shape: "principal" | "people" | "resource" | "stack" | "source";
  readonly account: string;
  /** Pulumi stack that makes it, or whose roles do. */
  readonly stack: string | undefined;
  /** What it is known by: a role, and the job that runs as it. */
  readonly arns: readonly string[];
  /** Whether an ARN is something inside it: an object, a stage, a function. */
  readonly has: (arn: string) => boolean;
  /** Who it asks as. */
  readonly role?: Role;
  /** Its own policy, for what is asked on it. */
  readonly policy?: Policy | undefined;
  /** What a reader may want to know beside that. */
  readonly notes: readonly string[];
}

export type Found = Omit<Thing, "id">;

/** `arn:aws:iam::111111111111:role/path/name` ends with its name. */
export const nameOf = (arn: string): string => arn.split(/[/:]/).at(-1) ?? arn;
