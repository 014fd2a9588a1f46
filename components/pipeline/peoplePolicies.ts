import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { jobLogArns, logArn } from "../jobs/jobStatements";
import { jobName, pipelineArn, type PipelineId, type Scope } from "../names";
import { allow, document, type Statement } from "../policies";
import { codecommitArn, type Source } from "./source";
import { approvalAction, approveStage } from "./stages";
import { asksForApproval, type PipelineEnvironment } from "../stage";

export interface PeoplePoliciesArgs {
  readonly scope: Scope;
  readonly pipeline: PipelineId;
  readonly source: Source;
  /** Those whose deployment somebody approves have a policy each. */
  readonly environments: readonly PipelineEnvironment[];
}

/** What everybody has who answers for a pipeline. */
export const watchPipeline = (pipelineArn: string): Statement =>
  allow(
    "WatchPipeline",
    [
      "codepipeline:GetPipeline",
      "codepipeline:GetPipelineExecution",
      "codepipeline:GetPipelineState",
      "codepipeline:ListActionExecutions",
      "codepipeline:ListPipelineExecutions",
    ],
    [pipelineArn],
  );

/**
 * Managed policies to attach to people's roles; none is attached here. An operator may start any commit of the
 * repository and roll back without asking, so approvers and operators are better not the same people.
 */
export class PeoplePolicies extends pulumi.ComponentResource {
  readonly operatorPolicyArn: pulumi.Output<string>;
  /** By environment. */
  readonly approverPolicyArns: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: PeoplePoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:PeoplePolicies", name, {}, opts);
    const target = pipelineArn(args.scope, args.pipeline);
    const watch = watchPipeline(target);
    const policy = (child: string, description: string, ...statements: Statement[]) =>
      new iam.Policy(
        child,
        { path: args.scope.path, description, policy: document(watch, ...statements) },
        { parent: this },
      ).arn;
    this.operatorPolicyArn = policy(
      `${name}-operator`,
      `Start, stop, retry and roll back pipeline ${args.pipeline.name}`,
      allow(
        "StartAndStop",
        ["codepipeline:StartPipelineExecution", "codepipeline:StopPipelineExecution"],
        [target],
      ),
      allow(
        "RetryAndRollBack",
        ["codepipeline:RetryStageExecution", "codepipeline:RollbackStage"],
        [`${target}/*`],
      ),
      allow("ReadJobLogs", ["logs:GetLogEvents"], jobLogArns(args, args.environments)),
      // Whether a commit is in the repository, and on the pipeline's branch. No file of it.
      ...(args.source.kind === "codecommit"
        ? [
            allow(
              "FindCommits",
              ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetMergeConflicts"],
              [codecommitArn(args.scope, args.source.repository)],
            ),
          ]
        : []),
    );
    this.approverPolicyArns = Object.fromEntries(
      args.environments.filter(asksForApproval).map((environment) => [
        environment.name,
        policy(
          `${name}--${environment.name}-approver`,
          `Answer the approval of ${args.pipeline.name} for ${environment.name}`,
          allow(
            "Approve",
            ["codepipeline:PutApprovalResult"],
            [`${target}/${approveStage(environment)}/${approvalAction(environment)}`],
          ),
          // What Plan says of each change is in its log.
          allow(
            "ReadPlanLog",
            ["logs:GetLogEvents"],
            [logArn(args.scope, jobName(args.scope, args.pipeline, "plan-job", environment.name))],
          ),
        ),
      ]),
    );
    this.registerOutputs({
      operatorPolicyArn: this.operatorPolicyArn,
      approverPolicyArns: this.approverPolicyArns,
    });
  }
}
