import { covers } from "../../../record/policyDocuments";

/** What an action does to a thing, in a word that stands on an arrow. The first pattern that fits counts. */
const VERBS: readonly (readonly [verb: string, ...patterns: string[]])[] = [
  ["takes role", "sts:AssumeRole", "sts:TagSession"],
  ["passes role", "iam:PassRole"],
  ["approves", "codepipeline:PutApprovalResult"],
  [
    "starts",
    "codebuild:StartBuild",
    "codepipeline:StartPipelineExecution",
    "codepipeline:RetryStageExecution",
    "codepipeline:RollbackStage",
  ],
  ["stops", "codepipeline:StopPipelineExecution"],
  ["executes", "cloudformation:ExecuteChangeSet"],
  ["plans", "cloudformation:CreateChangeSet"],
  ["deletes", "cloudformation:DeleteChangeSet", "cloudformation:DeleteStack"],
  ["pushes", "ecr:PutImage", "ecr:*Upload", "ecr:UploadLayerPart"],
  ["pulls", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
  ["decrypts", "kms:Decrypt"],
  ["encrypts", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
  ["notifies", "sns:Publish"],
  ["fetches", "codecommit:*", "codestar-connections:*", "codeconnections:*"],
  ["writes", "s3:Put*", "s3:Delete*"],
  ["reads", "*:Get*", "*:List*", "*:Describe*", "*:BatchGet*", "*:BatchCheck*", "*:Query", "*:Scan"],
  ["changes", "*"],
];

const fits = (pattern: string, action: string) => covers(pattern.toLowerCase(), action.toLowerCase());

/** `takes role` for `sts:AssumeRole`. */
export const verbOf = (action: string): string =>
  VERBS.find(([, ...patterns]) => patterns.some((each) => fits(each, action)))?.[0] ?? "changes";

/** Position in the order in which verbs stand on an arrow, what matters most first. */
export const rankOf = (verb: string): number => VERBS.findIndex(([each]) => each === verb);
