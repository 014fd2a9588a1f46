/** How the branches of a source start their pipeline, and how it is asked for them. Pure. */
import type * as aws from "@pulumi/aws";
import type { Scope } from "../names";
import { allow, type Statement } from "../policies";
import { branchEvent, codecommitArn, type Source } from "../pipeline/source";
import { SOURCE_ACTION } from "../pipeline/stageActions";

/** CodePipeline's glob for a pattern in which `*` stands for slashes too. */
const triggerPattern = (pattern: string): string => pattern.replaceAll("*", "**");

/** The triggers of a pipeline for branches. Without paths: CodePipeline skips a branch's first push where there are any. */
export const branchTriggers = (
  source: Source,
  include: readonly string[],
): aws.types.input.codepipeline.PipelineTrigger[] =>
  source.kind === "codecommit"
    ? []
    : [
        {
          providerType: "CodeStarSourceConnection",
          gitConfiguration: {
            sourceActionName: SOURCE_ACTION,
            pushes: [{ branches: { includes: include.map(triggerPattern) } }],
            // Filtered by where they lead to. Such a run ends in Register, which has the clean-up remove the branch.
            pullRequests: [{ events: ["CLOSED"], branches: { includes: [source.branch] } }],
          },
        },
      ];

/** The events of branches where a pipeline has no trigger: what starts it, with which input, and what removes one. */
export const branchEvents = (scope: Scope, source: Source, include: readonly string[]) =>
  source.kind === "codecommit"
    ? {
        sourceEvent: branchEvent(scope, source, ["referenceCreated", "referenceUpdated"], include),
        sourceInput: {
          inputPaths: { branch: "$.detail.referenceName", commit: "$.detail.commitId" },
          // EventBridge puts the quotes around what it fills in.
          inputTemplate:
            `{"sourceRevisions":[{"actionName":"${SOURCE_ACTION}","revisionType":"COMMIT_ID","revisionValue":<commit>}],` +
            `"variables":[{"name":"${BRANCH_VARIABLE}","value":<branch>}]}`,
        },
        cleanupEvent: branchEvent(scope, source, ["referenceDeleted"], include),
      }
    : {};

/** Pipeline variable that says which branch a run is of, where the source does not. */
export const BRANCH_VARIABLE = "BRANCH";

/** Asks whether a branch is there. */
export const findBranches = (scope: Scope, source: Source): Statement[] =>
  source.kind === "codecommit"
    ? [allow("FindBranches", ["codecommit:GetBranch"], [codecommitArn(scope, source.repository)])]
    : [];
