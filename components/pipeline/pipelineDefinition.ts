/** The one mapping from stages as a value to what CodePipeline takes. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type Source, sourceAction } from "./source";
import { configuration } from "./stageRules";
import type { Action, EntryCheck, Stage } from "../stage";

type PipelineStage = aws.types.input.codepipeline.PipelineStage;
type PipelineAction = aws.types.input.codepipeline.PipelineStageAction;

/** CodePipeline's own form of the stages. */
export const pipelineStages = (
  stages: readonly Stage[],
  source: Source,
  approvalTopicArn: pulumi.Input<string> | undefined,
): PipelineStage[] =>
  stages.map((stage) => ({
    name: stage.name,
    ...(stage.entry && {
      beforeEntry: {
        condition: { result: stage.skipped ? "SKIP" : "FAIL", rules: stage.entry.map(entryRule) },
      },
    }),
    actions: stage.actions.map((action) => ({
      name: action.name,
      owner: "AWS",
      version: "1",
      runOrder: action.runOrder,
      ...(action.namespace !== undefined && { namespace: action.namespace }),
      ...provider(action, source, approvalTopicArn),
    })),
    ...(stage.onFailure && { onFailure: { result: stage.onFailure } }),
  }));

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html */
const entryRule = ({ name, variable, matches }: EntryCheck) => ({
  name,
  ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
  configuration: { Variable: variable, Value: matches, Operator: "MATCHES" },
});

function provider(
  action: Action,
  source: Source,
  approvalTopicArn: pulumi.Input<string> | undefined,
): Pick<PipelineAction, "category" | "provider" | "configuration"> & Partial<PipelineAction> {
  switch (action.kind) {
    case "source":
      return { category: "Source", ...sourceAction(source), outputArtifacts: [action.output] };
    case "job":
      return {
        category: "Build",
        provider: "CodeBuild",
        configuration: Object.fromEntries(configuration(action)),
        inputArtifacts: [action.input],
        ...(action.output !== undefined && { outputArtifacts: [action.output] }),
      };
    case "approval":
      if (approvalTopicArn === undefined)
        throw new Error(`action ${action.name} asks for approval, but no topic is given`);
      return {
        category: "Approval",
        provider: "Manual",
        configuration: { ...Object.fromEntries(configuration(action)), NotificationArn: approvalTopicArn },
        timeoutInMinutes: action.timeoutInMinutes,
      };
  }
}
