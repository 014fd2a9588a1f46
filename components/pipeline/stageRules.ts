/** What CodePipeline would refuse in a list of stages, or run differently from what is meant. Pure. */
import { RUN } from "./stageActions";
import type { Action, Stage } from "../stage";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const STAGE_LIMITS = {
  stages: { min: 2, max: 50 },
  actionsPerStage: { min: 1, max: 50 },
  name: /^[A-Za-z0-9.@_-]{1,100}$/,
  namespace: /^[A-Za-z0-9@_-]{1,100}$/,
  artifact: /^[A-Za-z0-9_-]{1,100}$/,
  /** Characters of one configuration value as written, references included. */
  configurationValue: 1000,
  approvalTimeoutInMinutes: { min: 5, max: 86_400 },
} as const;

/** Namespaces that CodePipeline provides itself. */
const PROVIDED = ["codepipeline", "variables"];
/** Variables that a source action of CodeCommit or a connection provides. */
const SOURCE_VARIABLES = ["CommitId", "BranchName", "RepositoryName", "CommitMessage", "AuthorDate"];

/** What earlier actions have produced. */
interface Produced {
  readonly artifacts: Set<string>;
  readonly variables: Map<string, readonly string[]>;
}

/** Problems of the whole list, each naming stage and action; none means that CodePipeline can take it. */
export function stageProblems(stages: readonly Stage[]): string[] {
  const { min, max } = STAGE_LIMITS.stages;
  const produced: Produced = { artifacts: new Set(), variables: new Map() };
  return [
    ...(stages.length < min || stages.length > max
      ? [`a pipeline has ${min} to ${max} stages, this one ${stages.length}: split it into two pipelines`]
      : []),
    ...repeated(stages.map(({ name }) => name)).map((name) => `stage ${name} is there twice`),
    ...stages.flatMap((stage, position) =>
      oneStage(stage, position, produced).map((problem) => `stage ${stage.name}: ${problem}`),
    ),
  ];
}

function oneStage(stage: Stage, position: number, produced: Produced): string[] {
  const { min, max } = STAGE_LIMITS.actionsPerStage;
  const { actions } = stage;
  const first = position === 0;
  return [
    ...(STAGE_LIMITS.name.test(stage.name) ? [] : [`the name must match ${STAGE_LIMITS.name.source}`]),
    ...(actions.length < min || actions.length > max
      ? [`a stage has ${min} to ${max} actions, this one ${actions.length}`]
      : []),
    ...(actions.some(({ kind }) => (kind === "source") !== first)
      ? ["the first stage has source actions only, and no other stage has any"]
      : []),
    ...(first && stage.onFailure === "ROLLBACK" ? ["the source stage cannot be rolled back"] : []),
    // https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RuleDeclaration.html: one list of at most five.
    ...((stage.entry?.length ?? 0) > 5
      ? [`a condition has 1 to 5 rules, this one ${stage.entry?.length}`]
      : []),
    ...(stage.entry ?? []).flatMap(({ name, variable }) =>
      referenceProblems(variable, produced).map((problem) => `rule ${name}: ${problem}`),
    ),
    ...repeated(actions.map(({ name }) => name)).map((name) => `action ${name} is there twice`),
    ...actions.flatMap((action) =>
      oneAction(action, produced).map((problem) => `action ${action.name}: ${problem}`),
    ),
  ];
}

function oneAction(action: Action, produced: Produced): string[] {
  const output = action.kind === "approval" ? undefined : action.output;
  const problems = [
    ...(STAGE_LIMITS.name.test(action.name) ? [] : [`the name must match ${STAGE_LIMITS.name.source}`]),
    ...(action.kind === "job" && !produced.artifacts.has(action.input)
      ? [`no earlier action produces artifact ${action.input}`]
      : []),
    ...(output !== undefined && produced.artifacts.has(output)
      ? [`artifact ${output} is produced already`]
      : []),
    ...(output !== undefined && !STAGE_LIMITS.artifact.test(output)
      ? [`artifact ${output} must match ${STAGE_LIMITS.artifact.source}`]
      : []),
    ...configuration(action).flatMap(([key, value]) => configurationProblems(key, value, produced)),
    ...pastedProblems(action),
    ...(action.kind === "approval" ? timeoutProblems(action.timeoutInMinutes) : []),
    ...namespaceProblems(action.namespace, produced),
  ];
  if (output !== undefined) produced.artifacts.add(output);
  if (action.namespace !== undefined) {
    produced.variables.set(
      action.namespace,
      action.kind === "source" ? SOURCE_VARIABLES : action.kind === "job" ? action.exports : [],
    );
  }
  return problems;
}

/** What an action's configuration will hold, by CodePipeline's keys. */
export function configuration(action: Action): [string, string][] {
  switch (action.kind) {
    case "source":
      return [];
    case "job":
      return [
        ["ProjectName", action.job],
        ...(Object.keys(action.variables).length > 0
          ? [["EnvironmentVariables", environmentVariables(action.variables)] satisfies [string, string]]
          : []),
      ];
    case "approval":
      return [
        ["CustomData", action.summary],
        ["ExternalEntityLink", action.link],
      ];
  }
}

const environmentVariables = (variables: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(variables).map(([name, value]) => ({ name, value, type: "PLAINTEXT" })));

function configurationProblems(key: string, value: string, produced: Produced): string[] {
  const limit = STAGE_LIMITS.configurationValue;
  return [
    ...(value.length < 1 || value.length > limit
      ? [`${key} has ${value.length} characters, CodePipeline takes 1 to ${limit}`]
      : []),
    ...referenceProblems(value, produced),
  ];
}

const referenceProblems = (value: string, { variables }: Produced): string[] =>
  [...value.matchAll(/#\{([^.}]*)\.?([^}]*)\}/g)].flatMap(([reference, namespace = "", variable = ""]) =>
    PROVIDED.includes(namespace) || variables.get(namespace)?.includes(variable)
      ? []
      : [`no earlier action provides ${reference}`],
  );

/** Whoever can write a value could write JSON that ends it, and variables of the job's behind that. */
const pastedProblems = (action: Action): string[] =>
  action.kind === "job"
    ? Object.entries(action.variables).flatMap(([name, value]) =>
        value === RUN || !value.includes("#{")
          ? []
          : [`variable ${name} pastes ${value} into the job's environment: only ${RUN} may be`],
      )
    : [];

function timeoutProblems(minutes: number): string[] {
  const { min, max } = STAGE_LIMITS.approvalTimeoutInMinutes;
  return Number.isInteger(minutes) && minutes >= min && minutes <= max
    ? []
    : [`an approval waits ${min} to ${max} minutes, not ${minutes}`];
}

function namespaceProblems(namespace: string | undefined, { variables }: Produced): string[] {
  if (namespace === undefined) return [];
  return [
    ...(variables.has(namespace) || PROVIDED.includes(namespace) ? [`namespace ${namespace} is taken`] : []),
    ...(STAGE_LIMITS.namespace.test(namespace) ? [] : [`namespace ${namespace} is not a name`]),
  ];
}

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];
