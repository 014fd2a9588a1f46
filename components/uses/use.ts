import type { Statement } from "../policies";
import type { TemplateRules } from "../workloads/templateRules";
import type { WorkloadSite } from "../workloads/workload";

/** What a kind's templates make: functions with roles of their own, or tasks that run as a role of the environment. */
export type Runs = "functions" | "tasks";

/** What a service adds for one of these. */
export interface Part {
  /** What templates may hold besides. */
  readonly template: Partial<Omit<TemplateRules, "code" | "offered" | "closed">> &
    Pick<TemplateRules, "types">;
  /** Properties of the kind's own types that it lets in: without it, Plan refuses them. Default: none. */
  readonly properties?: Readonly<Record<string, readonly string[]>>;
  /** Template parameters that every release sets besides, and the template must declare. Default: none. */
  readonly parameters?: (site: WorkloadSite) => Readonly<Record<string, string>>;
  /** What CloudFormation may do besides, to make, change and delete that; by the stack's name or tag. `uses`: all that settings add. */
  readonly execution: (site: WorkloadSite, uses: readonly string[]) => Statement[];
  /** The most that functions or tasks can do with it. */
  readonly workload: (site: WorkloadSite) => Statement[];
  /** What starts tasks may do besides, with a role of its own, to hand them values. Default: nothing. */
  readonly start?: (site: WorkloadSite) => Statement[];
}

/** An AWS service that a workload may use where settings say so, in `uses`: one file of this folder, and a line in list.ts. */
export interface Use {
  /** What settings call it. */
  readonly name: string;
  /** By what the workload runs; one that is not given can't use it, and `lacks` says why. */
  readonly parts: Readonly<Partial<Record<Runs, Part>>>;
  readonly lacks?: string;
}
