import { parseDocument } from "yaml";
import { ofType, type Rehearsed, type Resource } from "./record";
import { list, map, text, type Values } from "../../packages/iam/src/json";

/** One action, where it stands and what it is given. */
export interface Action {
  readonly name: string;
  readonly stage: string;
  /** Position of its stage. */
  readonly index: number;
  /** Actions of one stage run in this order; those with the same number at once. */
  readonly runOrder: number;
  readonly category: string;
  readonly provider: string;
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputArtifacts: readonly string[];
  readonly outputArtifacts: readonly string[];
  readonly namespace: string | undefined;
  readonly roleArn: string | undefined;
  readonly timeoutInMinutes: number | undefined;
}

export interface PipelineView {
  readonly resource: Resource;
  readonly actions: readonly Action[];
}

const strings = (value: unknown): string[] => list(value).map(String);

/** The actions of a pipeline, in the order in which they are written. */
export const actionsOf = (pipeline: Resource): Action[] =>
  list(pipeline.inputs["stages"]).flatMap((stage, index) =>
    list(map(stage)["actions"]).map((each) => {
      const action = map(each);
      const { runOrder, timeoutInMinutes } = action;
      return {
        name: String(action["name"]),
        stage: String(map(stage)["name"]),
        index,
        runOrder: typeof runOrder === "number" ? runOrder : 1,
        category: String(action["category"]),
        provider: String(action["provider"]),
        configuration: Object.fromEntries(
          Object.entries(map(action["configuration"])).map(([key, value]) => [key, String(value)]),
        ),
        inputArtifacts: strings(action["inputArtifacts"]),
        outputArtifacts: strings(action["outputArtifacts"]),
        namespace: text(action, "namespace"),
        roleArn: text(action, "roleArn"),
        timeoutInMinutes: typeof timeoutInMinutes === "number" ? timeoutInMinutes : undefined,
      };
    }),
  );

export const pipelines = (record: Rehearsed): PipelineView[] =>
  ofType(record, "aws:codepipeline/pipeline:Pipeline").map((resource) => ({
    resource,
    actions: actionsOf(resource),
  }));

/** How findings name an action. */
export const where = ({ name, stage }: Action): string => `action ${name} of stage ${stage}`;

/** Whether the first of two actions has ended when the second starts. */
export const endsBefore = (first: Action, second: Action): boolean =>
  first.index < second.index || (first.index === second.index && first.runOrder < second.runOrder);

/** The CodeBuild project that an action runs, in the account and Region of its pipeline. */
export const projectOf = (record: Rehearsed, pipeline: Resource, action: Action): Resource | undefined =>
  ofType(record, "aws:codebuild/project:Project").find(
    ({ account, region, outputs }) =>
      account === pipeline.account &&
      region === pipeline.region &&
      outputs["name"] === action.configuration["ProjectName"],
  );

/** By their texts: many projects have the same, and it is long. */
const buildspecs = new Map<string, Values | undefined>();

/** What a project's buildspec says; undefined where it is no YAML. */
export function buildspecOf({ inputs }: Pick<Resource, "inputs">): Values | undefined {
  const written = text(map(inputs["source"]), "buildspec") ?? "";
  if (!buildspecs.has(written)) {
    const document = parseDocument(written);
    buildspecs.set(written, document.errors.length > 0 ? undefined : map(document.toJS()));
  }
  return buildspecs.get(written);
}

/** Variables that a project's buildspec hands on; undefined where it is no YAML. */
export function exportedVariables(project: Resource): string[] | undefined {
  const buildspec = buildspecOf(project);
  return buildspec && strings(map(buildspec["env"])["exported-variables"]);
}

/** Variables that every run of a project has. */
export const variablesOf = (project: Resource): Record<string, string> =>
  Object.fromEntries(
    list(map(project.inputs["environment"])["environmentVariables"]).map((each) => [
      String(map(each)["name"]),
      String(map(each)["value"]),
    ]),
  );
