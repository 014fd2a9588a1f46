import { type Action, endsBefore, pipelines, type PipelineView, projectOf, where } from "../record/pipelines";
import type { Rehearsed } from "../record/record";
import { judgeEach, type Rule } from "./rule";
import { list, map, text } from "../../packages/iam/src/json";

/** The one value that CodePipeline makes itself. */
const OWN = "#{codepipeline.PipelineExecutionId}";
/** What Plan exports for the approval: made of values that it has checked. */
const FOR_APPROVALS = ["SUMMARY", "PLAN_LINK"];
/** What the door of the approval's stage checks the form of. */
const AT_THE_DOOR = ["STEPS"];
const REFERENCE = /#\{[^}]*\}?/g;

/** The variables of a job's action by name; undefined where they are no list of such. */
function environmentOf({ configuration }: Action): [string, string][] | undefined {
  try {
    const written: unknown = JSON.parse(configuration["EnvironmentVariables"] ?? "[]");
    return Array.isArray(written)
      ? written.map((each) => [String(map(each)["name"]), String(map(each)["value"])])
      : undefined;
  } catch {
    return undefined;
  }
}

function ofJob(action: Action): string[] {
  const environment = environmentOf(action);
  if (!environment) return [`${where(action)} has EnvironmentVariables that are no JSON list`];
  const others = Object.entries(action.configuration).filter(([key]) => key !== "EnvironmentVariables");
  return [...environment, ...others]
    .filter(([, value]) => value !== OWN && value.includes("#{"))
    .map(
      ([name, value]) =>
        `${where(action)} has ${name} ${value} pasted into it, which may hold quotes: only ${OWN} is safe`,
    );
}

function ofApproval(record: Rehearsed, { resource, actions }: PipelineView, approval: Action): string[] {
  const plans = actions.filter((each) => {
    const project = each.provider === "CodeBuild" && projectOf(record, resource, each);
    const buildspec = project ? (text(map(project.inputs["source"]), "buildspec") ?? "") : "";
    return /bash "\$JOB\/(code-)?plan\.sh"/.test(buildspec) && endsBefore(each, approval);
  });
  const doors = list(resource.inputs["stages"])
    .filter((stage) => map(stage)["name"] === approval.stage)
    .flatMap((stage) =>
      Object.entries(CHECKED).filter(([space]) => atTheDoor(stage, space, space).length === 0),
    )
    .flatMap(([space]) => AT_THE_DOOR.map((name) => `#{${space}.${name}}`));
  const allowed = [
    ...plans.flatMap(({ namespace }) => FOR_APPROVALS.map((name) => `#{${namespace}.${name}}`)),
    ...doors,
  ];
  return Object.values(approval.configuration)
    .flatMap((value) => value.match(REFERENCE) ?? [])
    .filter((reference) => !allowed.includes(reference))
    .map(
      (reference) =>
        `${where(approval)} shows ${reference}: approvers read only what Plan exports for them, ${FOR_APPROVALS.join(" and ")}`,
    );
}

/**
 * CodePipeline resolves references in text and parses the JSON after that, so a value with quotes makes variables of its
 * own: https://github.com/aws/aws-cdk/issues/8458.
 */
export const pasted: Rule = {
  id: "pasted",
  title:
    "nothing that a repository, a person or a build can write is pasted into a job's environment or an approval",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-variables.html",
  judge: (record) => {
    const all = pipelines(record).flatMap((view) =>
      view.actions.map((action) => ({ resource: view.resource, view, action })),
    );
    return judgeEach(all, ({ view, action }) =>
      action.category === "Approval"
        ? ofApproval(record, view, action)
        : action.provider === "CodeBuild"
          ? ofJob(action)
          : [],
    );
  },
};

interface Door {
  /** What the action exports, and what it must look like. */
  readonly forms: Readonly<Record<string, string>>;
  /** What happens to the stage otherwise. */
  readonly result: "FAIL" | "SKIP";
}

/** By the action that hands on: of a release, and of the steps that bring the stacks up, which there may be none of. */
const CHECKED: Readonly<Record<string, Door>> = {
  Build: {
    forms: { CODE_DIGEST: "^sha256:[0-9a-f]{64}$", RELEASE_SHA256: "^[0-9a-f]{64}$" },
    result: "FAIL",
  },
  Preview: { forms: { STEPS: "^[0-9a-f]{64}$" }, result: "SKIP" },
};

function atTheDoor(stage: unknown, action: string, namespace: string): string[] {
  const { forms, result } = CHECKED[action] ?? { forms: {}, result: "FAIL" };
  const condition = map(map(map(stage)["beforeEntry"])["condition"]);
  const rules = list(condition["rules"]).map(map);
  const missing = Object.entries(forms).flatMap(([variable, form]) => {
    const found = rules.some(({ ruleTypeId, configuration }) => {
      const { category, owner, provider, version } = map(ruleTypeId);
      const { Variable, Value, Operator } = map(configuration);
      return (
        [category, owner, provider, version].join() === "Rule,AWS,VariableCheck,1" &&
        [Variable, Value, Operator].join() === [`#{${namespace}.${variable}}`, form, "MATCHES"].join()
      );
    });
    return found ? [] : [`does not check ${variable} against ${form}`];
  });
  const outcome = result === "FAIL" ? "does not fail at its door" : "is not skipped at its door";
  return [...(condition["result"] === result ? [] : [outcome]), ...missing].map(
    (problem) => `stage ${String(map(stage)["name"])} ${problem}`,
  );
}

/** A second fence: it can be overridden, and each job checks the same. */
export const entries: Rule = {
  id: "entry",
  title: "every stage after Build, or Preview, checks at its door the form of what that has handed on",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html",
  judge: (record) => {
    const all = pipelines(record).flatMap(({ resource, actions }) => {
      const builds = actions.filter(({ provider }) => provider === "CodeBuild");
      const build = builds.find(({ outputArtifacts }) => outputArtifacts.length > 0);
      const first = build ?? builds.find(({ namespace }) => namespace === "Preview");
      if (!first) return [];
      const action = build ? "Build" : "Preview";
      return list(resource.inputs["stages"])
        .slice(first.index + 1)
        .map((stage) => ({ resource, stage, action, namespace: first.namespace ?? "" }));
    });
    return judgeEach(all, ({ stage, action, namespace }) => atTheDoor(stage, action, namespace));
  },
};
