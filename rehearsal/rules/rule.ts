import type { Rehearsed, Resource } from "../record/record";
import { label } from "../record/record";

/** Something that AWS, or Pulumi, would refuse or that would not work. */
export interface Finding {
  readonly stack: string;
  /** Name and type of the resource; what else it is about where there is none. */
  readonly resource: string;
  readonly message: string;
}

export interface Judged {
  /** How many things the rule looked at, by stack. */
  readonly examined: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** A rule of AWS's that holds when it is asked to create something. It reads the record and nothing else. */
export interface Rule {
  readonly id: string;
  /** What must be true, as a sentence. */
  readonly title: string;
  /** Page of AWS's or Pulumi's documentation. */
  readonly source: string;
  /** Why settings may give it nothing to examine; without it, a rule that examined nothing has failed. */
  readonly mayBeIdle?: string;
  readonly judge: (record: Rehearsed) => Judged;
}

export interface Verdict extends Judged {
  readonly rule: Rule;
}

/** Examines things one by one; `problems` says what is wrong with each. */
export function judgeEach<Item extends { readonly resource: Resource }>(
  items: readonly Item[],
  problems: (item: Item) => readonly string[],
): Judged {
  const examined: Record<string, number> = {};
  const findings = items.flatMap((item) => {
    const { stack } = item.resource;
    examined[stack] = (examined[stack] ?? 0) + 1;
    return problems(item).map((message) => ({ stack, resource: label(item.resource), message }));
  });
  return { examined, findings };
}

/** The same for resources themselves. */
export const judgeResources = (
  resources: readonly Resource[],
  problems: (resource: Resource) => readonly string[],
) =>
  judgeEach(
    resources.map((resource) => ({ resource })),
    ({ resource }) => problems(resource),
  );

export const total = (examined: Judged["examined"]): number =>
  Object.values(examined).reduce((sum, each) => sum + each, 0);

/** Judges a record by rules. A rule that examined nothing proves nothing, and is a finding itself. */
export function judge(record: Rehearsed, rules: readonly Rule[]): Verdict[] {
  return rules.map((rule) => {
    const judged = rule.judge(record);
    if (total(judged.examined) > 0 || rule.mayBeIdle !== undefined) return { rule, ...judged };
    const idle = { stack: "-", resource: "-", message: `rule ${rule.id} examined nothing` };
    return { rule, ...judged, findings: [...judged.findings, idle] };
  });
}
