import { type Action, pipelines, type PipelineView } from "../record/pipelines";
import { judgeEach, type Rule } from "./rule";
import { list, map } from "../../packages/iam/src/json";

const NAME = /^[A-Za-z0-9.@\-_]{1,100}$/;

const OF_CODEBUILD = {
  required: ["ProjectName"],
  optional: [
    "PrimarySource",
    "BatchEnabled",
    "CombineArtifacts",
    "EnvironmentVariables",
    "BuildspecOverride",
  ],
};

/** Configuration that an action of a provider must and may have; AWS refuses any other key. */
const CONFIGURATION: Readonly<Record<string, { required: readonly string[]; optional: readonly string[] }>> =
  {
    "Source CodeCommit": {
      required: ["RepositoryName", "BranchName"],
      optional: ["PollForSourceChanges", "OutputArtifactFormat"],
    },
    "Source CodeStarSourceConnection": {
      required: ["ConnectionArn", "FullRepositoryId", "BranchName"],
      optional: ["OutputArtifactFormat", "DetectChanges"],
    },
    "Build CodeBuild": OF_CODEBUILD,
    "Test CodeBuild": OF_CODEBUILD,
    "Approval Manual": { required: [], optional: ["NotificationArn", "ExternalEntityLink", "CustomData"] },
  };

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

function stageProblems({ resource, actions }: PipelineView): string[] {
  const stages = list(resource.inputs["stages"]).map(map);
  const names = stages.map(({ name }) => String(name));
  const found = repeated(names).map((name) => `two stages are named ${name}`);
  if (stages.length < 2 || stages.length > 50)
    found.push(`it has ${stages.length} stages; 2 to 50 are allowed`);
  if (actions.length > 1000) found.push(`it has ${actions.length} actions of at most 1000`);
  for (const [index, name] of names.entries()) {
    const own = actions.filter((action) => action.index === index);
    if (!NAME.test(name)) found.push(`stage name ${name} does not match ${NAME.source}`);
    if (own.length < 1 || own.length > 50)
      found.push(`stage ${name} has ${own.length} actions; 1 to 50 are allowed`);
    for (const action of repeated(own.map((each) => each.name))) {
      found.push(`two actions of stage ${name} are named ${action}`);
    }
  }
  const misplaced = actions.filter(({ category, index }) => (category === "Source") !== (index === 0));
  for (const { name, stage, category } of misplaced) {
    found.push(
      `action ${name} of stage ${stage} is of category ${category}: sources are in the first stage, and alone there`,
    );
  }
  return found;
}

function modeProblems({ resource: { inputs } }: PipelineView): string[] {
  const found: string[] = [];
  const mode = inputs["executionMode"] ?? "SUPERSEDED";
  const rollbacks = list(inputs["stages"]).flatMap((stage, index) =>
    map(map(stage)["onFailure"])["result"] === "ROLLBACK"
      ? [{ index, name: String(map(stage)["name"]) }]
      : [],
  );
  const needsV2 = mode !== "SUPERSEDED" || rollbacks.length > 0 || list(inputs["triggers"]).length > 0;
  if (needsV2 && inputs["pipelineType"] !== "V2") found.push("it uses what only pipelineType V2 has");
  for (const { index, name } of rollbacks) {
    if (mode === "PARALLEL")
      found.push(`stage ${name} rolls back, which executionMode PARALLEL does not allow`);
    if (index === 0) found.push(`stage ${name} is the first and cannot roll back`);
  }
  return found;
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html: values count as they are written. */
function actionProblems(action: Action): string[] {
  const { category, provider, configuration, runOrder, timeoutInMinutes: timeout } = action;
  const known = CONFIGURATION[`${category} ${provider}`];
  const keys = Object.keys(configuration);
  const found: string[] = [];
  if (!NAME.test(action.name)) found.push(`its name does not match ${NAME.source}`);
  if (runOrder < 1 || runOrder > 999) found.push(`runOrder ${runOrder} is not 1 to 999`);
  if (timeout !== undefined && (timeout < 5 || timeout > 86_400)) {
    found.push(`timeoutInMinutes ${timeout} is not 5 to 86400`);
  }
  if (keys.length > 50) found.push(`it has ${keys.length} configuration keys of at most 50`);
  for (const [key, { length }] of Object.entries(configuration)) {
    if (length < 1 || length > 1000)
      found.push(`configuration ${key} has ${length} characters; 1 to 1000 are allowed`);
  }
  if (!known)
    return [
      ...found,
      `the rehearsal does not know ${category} actions of ${provider}: add them to its rules`,
    ];
  for (const key of known.required) if (!keys.includes(key)) found.push(`configuration ${key} is missing`);
  for (const key of keys) {
    if (![...known.required, ...known.optional].includes(key))
      found.push(`${provider} has no configuration ${key}`);
  }
  return found;
}

/** What CreatePipeline answers with InvalidStructureException, InvalidStageDeclarationException. */
export const structure: Rule = {
  id: "stages",
  title: "every pipeline has the stages, names and modes that CodePipeline accepts",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html",
  judge: (record) => judgeEach(pipelines(record), (view) => [...stageProblems(view), ...modeProblems(view)]),
};

/** What it answers with InvalidActionDeclarationException. */
export const actions: Rule = {
  id: "action",
  title: "every action has a configuration that its provider knows, within CodePipeline's limits",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html",
  judge: (record) => {
    const all = pipelines(record).flatMap(({ resource, actions }) =>
      actions.map((action) => ({ resource, action })),
    );
    return judgeEach(all, ({ action }) =>
      actionProblems(action).map((problem) => `action ${action.name} of stage ${action.stage}: ${problem}`),
    );
  },
};
