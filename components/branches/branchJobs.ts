import * as pulumi from "@pulumi/pulumi";
import { branchCleanupStatements, branchReleaseStatements, registerStatements } from "./branchStatements";
import { buildspec } from "../jobs/buildspec";
import { scanStatements } from "../jobs/jobStatements";
import { imageVariables } from "../jobs/environmentJobs";
import { branchName, BRANCHES, environmentName, type PipelineId, roleArn } from "../names";
import { buildJob, type OwnJobArgs, pipelineJob, type ServiceJobsArgs, verifyJob } from "../jobs/serviceJobs";
import type { Source } from "../pipeline/source";
import { workloadSiteOf } from "../workloads/workload";

export interface BranchJobsArgs extends ServiceJobsArgs {
  /** The pipeline whose branches these are. */
  readonly main: PipelineId;
  readonly source: Source;
  readonly include: readonly string[];
  /** Stack that has what is needed in the environment's account. */
  readonly pulumiStack: string;
  readonly expireAfterDays: number;
  readonly maxBranches: number;
}

/** Minutes: Deploy waits up to four hours, though a session's update ends after one. */
const RELEASE_TIMEOUT = 300;
/** Minutes: it removes one after the other, and may wait for each. */
const CLEANUP_TIMEOUT = 480;

/** The CodeBuild projects of a pipeline for branches: all of their own, so that nothing of a branch reaches a release. */
export class BranchJobs extends pulumi.ComponentResource {
  constructor(
    private readonly base: string,
    private readonly args: BranchJobsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("delivery:index:BranchJobs", base, {}, opts);
    const { scope, main, source, environments } = args;
    const [{ account }] = environments;
    const deployRoleArn = roleArn(scope, account, environmentName(scope, main, BRANCHES, "deploy"));
    const STACK_PREFIX = branchName(main, "");
    const repository = source.kind === "codecommit" && { REPOSITORY: source.repository };
    buildJob(base, args, this);
    verifyJob(base, args, this);
    this.job("register", "Says which branch a run is of, and notes that it has a stack", {
      buildspec: buildspec({ job: "branch-register" }),
      variables: {
        STACK_PREFIX,
        SOURCE: source.kind,
        INCLUDE: JSON.stringify(args.include),
        MAIN_BRANCH: source.branch,
        MAX_BRANCHES: String(args.maxBranches),
      },
      statements: registerStatements(args),
    });
    this.release(account, deployRoleArn, STACK_PREFIX);
    this.job("cleanup", "Removes the stacks of branches that are gone or expired", {
      source: "NO_SOURCE",
      buildspec: buildspec({ job: "branch-cleanup" }),
      variables: {
        STACK_PREFIX,
        DEPLOY_ROLE_ARN: deployRoleArn,
        PULUMI_STACK: args.pulumiStack,
        EXPIRE_AFTER_DAYS: String(args.expireAfterDays),
        ...repository,
      },
      statements: branchCleanupStatements(args, source, deployRoleArn),
      buildTimeout: CLEANUP_TIMEOUT,
    });
    this.registerOutputs({});
  }

  private release(account: string, deployRoleArn: string, STACK_PREFIX: string): void {
    const { args } = this;
    const { scope, main, workload, images } = args;
    const site = workloadSiteOf({ scope, account, pipeline: main, environment: BRANCHES });
    this.job("release-job", "Deploys branches", {
      buildspec: buildspec({ job: "branch-deploy" }),
      variables: {
        STACK_PREFIX,
        ENVIRONMENT: BRANCHES,
        PULUMI_STACK: args.pulumiStack,
        ENVIRONMENT_ACCOUNT: account,
        ...(images && imageVariables(images, args.scanThreshold)),
        // One role does both: what separates is the session's tag.
        PLAN_ROLE_ARN: deployRoleArn,
        DEPLOY_ROLE_ARN: deployRoleArn,
        PARAMETERS: JSON.stringify(workload.parameters(site)),
        ROLLBACK_PARAMETERS: JSON.stringify(workload.rollbackParameters),
        TEMPLATE_RULES: JSON.stringify(workload.template),
        ...(args.transforms.length > 0 && { TRANSFORMS: args.transforms.join(" ") }),
        APPROVAL: "false",
      },
      statements: [...branchReleaseStatements(args, account, deployRoleArn), ...scanStatements(args)],
      buildTimeout: RELEASE_TIMEOUT,
    });
  }

  private job(kind: "register" | "release-job" | "cleanup", description: string, own: OwnJobArgs): void {
    pipelineJob(this.base, this.args, kind, description, own, this);
  }
}
