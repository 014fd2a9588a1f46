/** The shape of a pipeline's setting `branches`, and what must hold between it and the other settings. */
import { z } from "zod";
import { WORKLOADS } from "../../components/workloads/list";
import { didYouMean, isMap, line, list, object, text, valid } from "./problems";
import type { Draft } from "./draft";

/** Environments of a pipeline's branches: each branch that is pushed has a stack of its own. */
export interface Branches {
  /** Which branches; `*` stands for any characters, slashes too. 1 to 8. */
  readonly include: readonly string[];
  /** Environment in whose account the stacks are. */
  readonly environment: string;
  /** Days after its last deployment that a branch's stack is removed. Default: 7. */
  readonly expireAfterDays: number;
  /** How many branches may have one at a time. Default: 5. */
  readonly max: number;
}

/** Eight of them fit EventBridge's 2,048 characters, and one with every * doubled the 255 of a trigger's filter. */
const PATTERN_LENGTH = 100;

/** One pattern is read by EventBridge or by a trigger, and by our job: allowed is what all of them read alike. */
const pattern = text(
  /^(?!.*\*\*)[\p{L}\p{N}._/@+=#%*-]+$/u,
  "allowed is the name of a branch in which * stands for any characters, such as feature/*: " +
    "letters, digits, and . _ / @ + = # % -, without ** and other patterns, at most 100 characters",
  PATTERN_LENGTH,
);
const whole = (what: string, max: number, ifNone: string) => {
  const allowed = `allowed are whole ${what} from 1 to ${max}: ${ifNone}`;
  return z.int(allowed).min(1, allowed).max(max, allowed);
};

export const branches = object({
  include: list(pattern, [1, 8], "patterns of branches"),
  environment: z.string("allowed is the name of an environment"),
  expireAfterDays: whole("days", 30, "every branch's stack is removed some day").default(7),
  max: whole("numbers", 50, "remove 'branches' if no branch may have a stack").default(5),
}) satisfies z.ZodType<Branches>;

/** Whether a pattern of that form means this branch. */
const matches = (written: string, branch: string): boolean =>
  new RegExp(`^${written.replace(/[.+*]/g, (sign) => (sign === "*" ? ".*" : `\\${sign}`))}$`, "su").test(
    branch,
  );

type Pipeline = Draft["pipelines"][number];

function mainBranch({ branch }: Pipeline, include: unknown, key: string): string[] {
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

function kindOfWorkload({ workload, key }: Pipeline): string[] {
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

function environment({ waves, key }: Pipeline, { environments }: Draft, written: unknown): string[] {
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
