import {
  type Action,
  endsBefore,
  exportedVariables,
  pipelines,
  type PipelineView,
  projectOf,
  where,
} from "../record/pipelines";
import type { Rehearsed } from "../record/record";
import { judgeEach, type Rule } from "./rule";
import { list, map } from "../../packages/iam/src/json";

interface Reference {
  readonly namespace: string;
  readonly variable: string;
}

const references = ({ configuration }: Action): Reference[] =>
  Object.values(configuration).flatMap((value) =>
    [...value.matchAll(/#\{([^}.]*)\.?([^}]*)\}/g)].map(([, namespace = "", variable = ""]) => ({
      namespace,
      variable,
    })),
  );

/** Variables that sources have; https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html */
const SOURCE_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  CodeCommit: ["AuthorDate", "BranchName", "CommitId", "CommitMessage", "CommitterDate", "RepositoryName"],
  CodeStarSourceConnection: [
    "AuthorDate",
    "BranchName",
    "CommitId",
    "CommitMessage",
    "ConnectionArn",
    "FullRepositoryName",
    // Of pull requests only, and of no page of AWS's: https://github.com/aws/aws-cdk/pull/37185
    "DestinationBranchName",
    "PullRequestId",
    "PullRequestTitle",
    "SourceBranchName",
  ],
};

/** What the variables of an action are called; undefined where that cannot be told. */
function variablesOf(
  record: Rehearsed,
  { resource }: PipelineView,
  action: Action,
): readonly string[] | undefined {
  if (action.category === "Source") return SOURCE_VARIABLES[action.provider];
  if (action.provider !== "CodeBuild") return [];
  const project = projectOf(record, resource, action);
  return project && exportedVariables(project);
}

function referenceProblem(
  record: Rehearsed,
  view: PipelineView,
  action: Action,
  reference: Reference,
): string | undefined {
  const { namespace, variable } = reference;
  const shown = `#{${namespace}.${variable}}`;
  if (action.category === "Source") return `${shown}: a source cannot use variables`;
  if (namespace === "codepipeline") {
    return variable === "PipelineExecutionId"
      ? undefined
      : `${shown}: codepipeline has no variable ${variable}`;
  }
  if (namespace === "variables") {
    const declared = list(view.resource.inputs["variables"]).map((each) => map(each)["name"]);
    return declared.includes(variable)
      ? undefined
      : `${shown}: the pipeline declares no variable ${variable}`;
  }
  const producer = view.actions.find((each) => each.namespace === namespace);
  if (!producer) return `${shown}: no action has the namespace ${namespace}`;
  if (!endsBefore(producer, action)) return `${shown}: ${where(producer)} has not ended by then`;
  const known = variablesOf(record, view, producer);
  if (known?.includes(variable)) return undefined;
  return known
    ? `${shown}: ${where(producer)} has no variable ${variable}; it has ${known.join(", ") || "none"}`
    : `${shown}: it cannot be told which variables ${where(producer)} has`;
}

/** An unresolved reference fails the run, in the middle of a release. */
export const variables: Rule = {
  id: "variable",
  title: "every variable that an action reads belongs to an action that has ended by then and exports it",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-variables.html",
  judge: (record) => {
    const all = pipelines(record).flatMap((view) =>
      view.actions.flatMap((action) =>
        references(action).map((reference) => ({ resource: view.resource, view, action, reference })),
      ),
    );
    return judgeEach(all, ({ view, action, reference }) => {
      const problem = referenceProblem(record, view, action, reference);
      return problem === undefined ? [] : [`${where(action)} reads ${problem}`];
    });
  },
};

/** Two actions with one namespace are refused. */
export const namespaces: Rule = {
  id: "namespace",
  title: "every namespace of a pipeline belongs to one action",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html",
  judge: (record) => {
    const all = pipelines(record).flatMap(({ resource, actions }) =>
      actions.flatMap((action) =>
        action.namespace === undefined ? [] : [{ resource, actions, action, namespace: action.namespace }],
      ),
    );
    return judgeEach(all, ({ actions, action, namespace }) => {
      const first = actions.find((each) => each.namespace === namespace);
      if (!/^[A-Za-z0-9@\-_]{1,100}$/.test(namespace) || ["codepipeline", "variables"].includes(namespace)) {
        return [`${where(action)} has the namespace ${namespace}, which is not allowed`];
      }
      return first && first !== action
        ? [`${where(action)} has the namespace ${namespace} of ${where(first)}`]
        : [];
    });
  },
};
