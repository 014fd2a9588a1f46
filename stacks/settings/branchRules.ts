/** What must hold between a pipeline's setting `branches` and the other settings. */
import { WORKLOADS } from "../../components/workloads/list";
import { pattern } from "./branches";
import type { Draft, PipelineDraft } from "./draft";
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

function kindOfWorkload({ workload, key }: PipelineDraft): string[] {
  const { branches: reason } = workload === undefined ? { branches: true } : WORKLOADS[workload];
  const able = Object.entries(WORKLOADS).flatMap(([kind, each]) => (each.branches === true ? [kind] : []));
  return typeof reason === "string"
    ? [
        line(
          `${key}.workload`,
          workload,
          `branches of this kind have no environments: ${reason}; allowed are ${able.join(", ")}: remove 'branches'`,
        ),
      ]
    : [];
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
      ...kindOfWorkload(pipeline),
      ...environment(pipeline, settings, written["environment"]),
    ];
  });
