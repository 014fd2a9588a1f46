/** What must hold between a pipeline's setting `branches` and the other settings. */
import { WORKLOADS } from "../../components/workloads/list";
import { branches, pattern } from "./branches";
import type { Draft, PipelineDraft } from "./draft";
import { FORMS } from "./platform";
import { didYouMean, isMap, line, valid } from "./problems";

/** Whether a pattern of that form means this branch. */
const matches = (written: string, branch: string): boolean =>
  new RegExp(`^${written.replace(/[.+*]/g, (sign) => (sign === "*" ? ".*" : `\\${sign}`))}$`, "su").test(
    branch,
  );

function mainBranch({ branch }: PipelineDraft, include: unknown, key: string): string[] {
  const patterns = Array.isArray(include) ? include.map((one) => valid(pattern, one)) : [];
  return patterns.flatMap((one, i) =>
    one !== undefined && typeof branch === "string" && matches(one, branch)
      ? [
          line(
            `${key}[${i}]`,
            one,
            `it means ${branch} too, which the pipeline itself releases: choose a pattern for other branches only`,
          ),
        ]
      : [],
  );
}

/** Whether the kind puts rules into the listener of its environment. */
const listens = ({ workload }: PipelineDraft): boolean =>
  workload !== undefined && WORKLOADS[workload].platform;

function place(pipeline: PipelineDraft, written: Readonly<Record<string, unknown>>): string[] {
  const { workload, key } = pipeline;
  const kinds = Object.values(WORKLOADS).flatMap(({ kind, platform }) => (platform ? [kind] : []));
  return workload === undefined || listens(pipeline) || written["priority"] === undefined
    ? []
    : [
        line(
          `${key}.branches.priority`,
          written["priority"],
          `a workload of kind ${workload} has no rules in a listener; those of ${kinds.join(", ")} have: remove it`,
        ),
      ];
}

/** Branches whose tasks have nothing to run on. */
function platform(pipeline: PipelineDraft, { environments }: Draft, written: unknown): string[] {
  const host = environments.find(({ name }) => name !== undefined && name === written);
  if (!host || !listens(pipeline) || (host.platform !== undefined && host.platform !== false)) return [];
  return [
    line(
      `${host.key}.platform`,
      host.platform,
      `${pipeline.key}.branches has stacks of kind ${pipeline.workload} there, which run on one; allowed are ${FORMS}: ` +
        `set it, or choose another environment for them`,
    ),
  ];
}

function environment({ waves, key }: PipelineDraft, { environments }: Draft, written: unknown): string[] {
  const known = environments.flatMap(({ written: name }) => (typeof name === "string" ? [name] : []));
  if (typeof written !== "string" || known.length === 0) return []; // that is the problem, not what this says
  const at = `${key}.branches.environment`;
  const free = environments.flatMap(({ written: name, approved }) => {
    const own = waves.flat().find((each) => each.written === name)?.approval;
    return typeof name === "string" && !(own === undefined ? approved : own !== false) ? [name] : [];
  });
  const allowed = `allowed are ${free.map((name) => JSON.stringify(name)).join(", ") || "none of those listed"}`;
  if (!known.includes(written)) return [line(at, written, `${didYouMean(written, known)}${allowed}`)];
  return free.includes(written)
    ? []
    : [
        line(
          at,
          written,
          `it asks for approval, and what is pushed to a branch is deployed without one; ${allowed}: choose or add another`,
        ),
      ];
}

/** Everything about branches that does not hold between settings. */
export const branchProblems = (settings: Draft): string[] =>
  settings.pipelines.flatMap((pipeline) => {
    const { branches: written, key } = pipeline;
    if (!isMap(written)) return [];
    return [
      ...mainBranch(pipeline, written["include"], `${key}.branches.include`),
      ...place(pipeline, written),
      ...environment(pipeline, settings, written["environment"]),
      ...platform(pipeline, settings, written["environment"]),
    ];
  });

/** Places among the rules of a listener that the branches of one pipeline have. */
interface Places {
  readonly key: string;
  /** What the settings say; nothing where the default is taken. */
  readonly written: unknown;
  readonly first: number;
  readonly count: number;
}

/**
 * Target groups of a load balancer, of which each service and each branch has one; AWS raises it for nobody:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const TARGET_GROUPS = 100;

/** What the branches of several pipelines can't have of one listener: the same places, and more than there are. */
export const listenerProblems = ({ environments, pipelines }: Draft): string[] => {
  const listeners = new Map<string, string[]>();
  for (const { name, platform } of environments) {
    if (name === undefined) continue;
    const written = isMap(platform) ? platform["listener"] : undefined;
    const listener = typeof written === "string" ? written : name;
    listeners.set(listener, [...(listeners.get(listener) ?? []), name]);
  }
  return [...listeners.values()].flatMap((names) => {
    const there = pipelines.filter(listens);
    const services = there.reduce(
      (sum, each) => sum + each.environments.filter((name) => names.includes(name)).length,
      0,
    );
    const all = there.flatMap(({ key, branches: written }): Places[] => {
      const valid = branches.safeParse(written).data;
      return valid && names.includes(valid.environment)
        ? [
            {
              key,
              written: isMap(written) ? written["priority"] : undefined,
              first: valid.priority,
              count: valid.max,
            },
          ]
        : [];
    });
    const wanted = all.reduce((sum, { count }) => sum + count, 0);
    return [
      ...all.flatMap((each, i) => overlaps(each, all.slice(0, i))),
      ...(wanted > 0 && wanted + services > TARGET_GROUPS
        ? all
            .slice(-1)
            .map(({ key, count }) =>
              line(
                `${key}.branches.max`,
                count,
                `the branches of ${all.length} pipelines and the services there would have ${wanted + services} target groups behind the ` +
                  `load balancer of ${names.join(", ")}, and AWS takes ${TARGET_GROUPS}: lower 'max' of some of them`,
              ),
            )
        : []),
    ];
  });
};

function overlaps({ key, written, first, count }: Places, before: readonly Places[]): string[] {
  const other = before.find((each) => first < each.first + each.count && each.first < first + count);
  return other === undefined
    ? []
    : [
        line(
          `${key}.branches.priority`,
          written,
          `the branches of ${other.key} have the places ${other.first} to ${other.first + other.count - 1} of the same listener, and ` +
            `these would have ${first} to ${first + count - 1}: give each pipeline places of its own, such as ${Math.max(
              ...before.map((each) => each.first + each.count),
            )}`,
        ),
      ];
}
