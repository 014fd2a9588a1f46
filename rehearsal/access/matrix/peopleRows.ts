/** People: who holds a policy of the project, who administers an account; and what nobody may. */
import { of, type Row } from "./rows";

const WATCH = of(
  "codepipeline",
  "GetPipeline GetPipelineExecution GetPipelineState ListActionExecutions ListPipelineExecutions",
);

export const PEOPLE_ROWS: readonly Row[] = [
  {
    over: "pipeline",
    who: "holder {operator}",
    may: [...WATCH, ...of("codepipeline", "StartPipelineExecution StopPipelineExecution")],
    on: "pipeline {pipeline}",
    why: "operators watch, start and stop this pipeline",
  },
  {
    over: "pipeline",
    who: "holder {operator}",
    may: of("codepipeline", "RetryStageExecution RollbackStage"),
    on: "pipeline {pipeline}/*",
    why: "operators retry and roll back its stages",
  },
  {
    over: "environment",
    needs: "approval",
    who: "holder {approver}",
    may: WATCH,
    on: "pipeline {pipeline}",
    why: "approvers see what they decide about",
  },
  {
    over: "environment",
    needs: "approval",
    who: "holder {approver}",
    may: of("codepipeline", "PutApprovalResult"),
    on: "pipeline {pipeline}/{approvalAction}",
    why: "approvers answer for this environment and no other",
  },
  {
    over: "account",
    who: "administrator {account}",
    may: ["*"],
    butFor: of("sts", "AssumeRole SetSourceIdentity TagSession"),
    on: "anything",
    why: "who administers an account may do everything in it; a role is taken only as its trust says",
  },
  {
    over: "environment",
    needs: "abroad",
    who: "rewritten-role {own}-plan",
    may: of("s3", "GetObject"),
    on: "artifact releases/{pipeline}/{account}/*",
    why: "who administers an environment's account can rewrite its roles: they then read release files for that account",
  },
  {
    over: "environment",
    needs: ["abroad", "files by execution"],
    who: "rewritten-role {own}-execution",
    may: of("s3", "GetObject"),
    on: "artifact releases/{pipeline}/{account}/*",
    why: "the same goes for the role that fetches code which is files",
  },
];

/** What nobody may, whatever else is said: not even who administers the account. */
export const NEVER_ROWS: readonly Row[] = [
  {
    over: "project",
    needs: "only roles",
    who: "nobody",
    butBy: "{onlyRoles}",
    may: ["s3:*"],
    on: "artifact *",
    why: "artifacts are for the project's roles, and for those that settings name",
  },
  {
    over: "project",
    who: "nobody",
    may: ["s3:*"],
    on: ["bucket", "artifact *", "access-log-bucket", "access-log *"],
    when: { "aws:SecureTransport": "false" },
    why: "only over TLS",
  },
  {
    over: "project",
    who: "nobody",
    may: of("s3", "PutObject"),
    on: "artifact *",
    when: { "s3:x-amz-server-side-encryption": { otherThan: "aws:kms" } },
    why: "another algorithm is refused; without the header the bucket's default encrypts",
  },
  {
    over: "project",
    who: "nobody",
    may: of("s3", "PutObject"),
    on: "artifact *",
    when: { "s3:x-amz-server-side-encryption-aws-kms-key-id": { otherThan: "{key}" } },
    why: "another key is refused; without the header the bucket's default encrypts",
  },
  {
    over: "project",
    who: "nobody",
    may: of("s3", "PutObject"),
    on: "artifact *",
    when: { "s3:x-amz-server-side-encryption-customer-algorithm": "*" },
    why: "a key of the caller's own is refused",
  },
  {
    over: "pipeline",
    who: "nobody",
    may: of("sns", "Publish"),
    on: "topic",
    when: { "aws:SecureTransport": "false" },
    why: "only over TLS",
  },
];

/** Services that are about no single pipeline. */
export const PROJECT_ROWS: readonly Row[] = [
  {
    over: "project",
    who: "service logging.s3.amazonaws.com",
    may: of("s3", "PutObject"),
    on: "access-log artifacts/*",
    when: { "aws:SourceArn": "{bucket}", "aws:SourceAccount": "{tooling}" },
    why: "S3 logs who uses the artifact bucket",
  },
];
