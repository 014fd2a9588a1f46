import type { TemplateRules } from "../workloads/templateRules";
import type { Statement } from "../policies";
import { codeAlone, type ServiceRole, type Workload, type WorkloadSite } from "../workloads/workload";
import { merged } from "../workloads/merged";
import { USE_NAMES, type UseName, USES } from "./list";
import { NO_PERMISSIONS, ownExecution, type OwnPermissions, ownWorkload } from "./ownPermissions";
import { CLOSED } from "./ownTypes";
import type { Part, Runs } from "./use";

/** What templates of a kind make. */
export const runs = ({ boundary }: Workload): Runs => (boundary ? "functions" : "tasks");

/** What a service adds to a workload; undefined where workloads of its kind can't use it. */
export const partOf = (workload: Workload, name: UseName): Part | undefined =>
  codeAlone(workload) ? undefined : USES[name].parts[runs(workload)];

/** The services that workloads of a kind may use, in the order of the list. */
export const usable = (workload: Workload): UseName[] =>
  USE_NAMES.filter((name) => partOf(workload, name) !== undefined);

/**
 * A kind of workload, with the services that its settings add, and with what the team's own documents permit: nothing of any other
 * service is possible.
 */
export function using(
  workload: Workload,
  uses: readonly UseName[],
  permissions: OwnPermissions = NO_PERMISSIONS,
): Workload {
  const parts = USE_NAMES.filter((name) => uses.includes(name)).map(
    (name) => partOf(workload, name) ?? fail(`${workload.kind} can't use ${name}: settings refuse that`),
  );
  const more = (site: WorkloadSite) => [
    ...unique(parts.flatMap((part) => part.workload(site))),
    ...ownWorkload(workload, site, permissions),
  ];
  const { boundary } = workload;
  const roles: Workload["roles"] = workload.roles;
  const adding = (role: ServiceRole, added: (site: WorkloadSite) => Statement[]): ServiceRole => ({
    ...role,
    statements: (site) => [...role.statements(site), ...added(site)],
  });
  const start = (site: WorkloadSite) => parts.flatMap((part) => part.start?.(site) ?? []);
  return {
    ...workload,
    parameters: (site) =>
      parts.reduce((all, part) => ({ ...all, ...part.parameters?.(site) }), workload.parameters(site)),
    template: {
      ...parts.reduce<TemplateRules>((all, part) => ({ ...all, ...merged(all, part.template) }), {
        ...workload.template,
        ...merged(workload.template, { types: permissions.types, never: withheld(workload, uses) }),
      }),
      offered: offers(workload, uses),
      closed: CLOSED,
    },
    further: (site) => [
      ...unique(parts.flatMap((part) => part.execution(site, uses))),
      ...ownExecution(site, permissions),
    ],
    ...(boundary && { boundary: (site) => [...boundary(site), ...more(site)] }),
    roles: {
      ...roles,
      ...(roles.task && { task: adding(roles.task, more) }),
      ...(roles["task-execution"] && { "task-execution": adding(roles["task-execution"], start) }),
    },
  };
}

/** Two services may need the same of a third, such as of Lambda's event sources. */
const unique = <T extends { readonly Sid: string }>(statements: readonly T[]): T[] =>
  statements.filter(({ Sid }, at) => statements.findIndex((each) => each.Sid === Sid) === at);

/** Types of a kind, with those that these services let in. */
const typesOf = (workload: Workload, uses: readonly UseName[]): ReadonlySet<string> =>
  new Set(
    [workload.template.types, ...uses.map((name) => partOf(workload, name)?.template.types ?? [])].flat(),
  );

/** For each type that only further services would let in: what the pipeline lacks. */
function offers(workload: Workload, uses: readonly UseName[]): Record<string, string> {
  const lines = new Map<string, string[]>();
  const there = typesOf(workload, uses);
  for (const name of usable(workload).filter((each) => !uses.includes(each)))
    for (const type of (partOf(workload, name)?.template.types ?? []).filter((each) => !there.has(each)))
      lines.set(type, [...(lines.get(type) ?? []), `uses: [${[...uses, name].join(", ")}]`]);
  return Object.fromEntries(
    [...lines].map(([type, each]) => [type, ` without ${each.join(" or ")} in the settings of its pipeline`]),
  );
}

/** Properties that only further services would let in, and what the pipeline lacks for them. */
function withheld(workload: Workload, uses: readonly UseName[]): Record<string, Record<string, string>> {
  const never: Record<string, Record<string, string>> = {};
  const there = typesOf(workload, uses);
  for (const name of usable(workload).filter((each) => !uses.includes(each)))
    for (const [type, properties] of Object.entries(partOf(workload, name)?.properties ?? {}))
      for (const property of there.has(type) ? properties : [])
        (never[type] ??= {})[property] =
          `takes uses: [${[...uses, name].join(", ")}] in the settings of its pipeline`;
  return never;
}

const fail = (message: string): never => {
  throw new Error(message);
};
