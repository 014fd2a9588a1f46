import * as pulumi from "@pulumi/pulumi";
import { branchCleanupStatements, branchReleaseStatements, registerStatements } from "./branchStatements";
import { buildspec } from "../jobs/buildspec";
import { scanStatements } from "../jobs/jobStatements";
import {
  bucketVariable,
  imageVariables,
  isShort,
  regionVariable,
  RELEASE_TIMEOUT,
  releaseVariables,
} from "../jobs/environmentJobs";
import { makeJobs, type OwnJobArgs } from "../jobs/job";
import { branchName, BRANCHES, environmentName, inRegion, type PipelineId, roleArn } from "../names";
import { serviceJobs, type ServiceJobsArgs } from "../jobs/serviceJobs";
import type { Source } from "../pipeline/source";
import type { PipelineEnvironment } from "../stage";
import { type WorkloadSite, workloadSiteOf } from "../workloads/workload";

export interface BranchJobsArgs extends ServiceJobsArgs {
  /** The pipeline whose branches these are. */
  readonly main: PipelineId;
  readonly source: Source;
  readonly include: readonly string[];
  /** Stack that has what is needed in the environment's account. */
  readonly pulumiStack: string;
  readonly expireAfterDays: number;
  readonly maxBranches: number;
  /** Place of the first branch among the rules of the listener, where the kind has one. */
  readonly firstPriority: number;
}

/** Minutes: it removes one after the other, and may wait for each. */
const CLEANUP_TIMEOUT = 480;

/** The CodeBuild projects of a pipeline for branches: all of their own, so that nothing of a branch reaches a release. */
export class BranchJobs extends pulumi.ComponentResource {
  constructor(base: string, args: BranchJobsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:BranchJobs", base, {}, opts);
    const { scope, main, environments } = args;
    const [place] = environments;
    const deployRoleArn = roleArn(scope, place.account, environmentName(scope, main, BRANCHES, "deploy"));
    makeJobs(
      base,
      args,
      [
        ...serviceJobs(base, { ...args, stackPrefix: branchName(main, "") }, this),
        registerJob(args),
        releaseJob(args, place, deployRoleArn),
        cleanupJob(args, place, deployRoleArn),
      ],
      this,
    );
    this.registerOutputs({});
  }
}

const registerJob = (args: BranchJobsArgs): OwnJobArgs => ({
  kind: "register",
  description: "Says which branch a run is of, and notes that it has a stack",
  buildspec: buildspec({ job: "branch-register" }),
  variables: {
    STACK_PREFIX: branchName(args.main, ""),
    SOURCE: args.source.kind,
    INCLUDE: JSON.stringify(args.include),
    MAIN_BRANCH: args.source.branch,
    MAX_BRANCHES: String(args.maxBranches),
    DIRECTORY: args.directory,
    PACKAGING: args.workload.packaging,
    ...(args.workload.platform && { FIRST_PRIORITY: String(args.firstPriority) }),
  },
  statements: registerStatements(args),
  short: true,
});

/** Where a branch's stack is; which branch's, the job is told while it runs. */
const siteOf = ({ scope, main, pulumiStack }: BranchJobsArgs, place: PipelineEnvironment): WorkloadSite =>
  workloadSiteOf({
    ...place,
    scope: inRegion(scope, place.region),
    pipeline: main,
    environment: BRANCHES,
    host: pulumiStack,
  });

/** What the stacks pull from: in their own Region. */
const pulled = ({ images, imagesElsewhere }: BranchJobsArgs, { region }: PipelineEnvironment) =>
  imagesElsewhere?.[region ?? ""] ?? images;

/** What the job adds to the template, as JSON. */
const added = (args: BranchJobsArgs, place: PipelineEnvironment) => {
  const { added } = args.workload;
  const [site, images] = [siteOf(args, place), pulled(args, place)];
  return (
    added && {
      ADDED: pulumi.jsonStringify(
        images ? images.arn.apply((repositoryArn) => added({ ...site, repositoryArn })) : added(site),
      ),
    }
  );
};

const releaseJob = (args: BranchJobsArgs, place: PipelineEnvironment, deployRoleArn: string): OwnJobArgs => ({
  kind: "release-job",
  description: "Deploys branches",
  buildspec: buildspec({ job: "branch-deploy" }, { short: isShort(args, "deploy") }),
  variables: {
    STACK_PREFIX: branchName(args.main, ""),
    ENVIRONMENT: BRANCHES,
    PULUMI_STACK: args.pulumiStack,
    ENVIRONMENT_ACCOUNT: place.account,
    ...regionVariable(place),
    ...bucketVariable(args, place),
    ...(args.images && imageVariables(args.images, args.scanThreshold, pulled(args, place))),
    // One role does both: what separates is the session's tag.
    PLAN_ROLE_ARN: deployRoleArn,
    DEPLOY_ROLE_ARN: deployRoleArn,
    ...releaseVariables(args, siteOf(args, place)),
    ...added(args, place),
    APPROVAL: "false",
  },
  statements: [...branchReleaseStatements(args, place, deployRoleArn), ...scanStatements(args)],
  buildTimeout: RELEASE_TIMEOUT, // though a session's update ends after an hour
  short: isShort(args, "deploy"),
});

const cleanupJob = (args: BranchJobsArgs, place: PipelineEnvironment, deployRoleArn: string): OwnJobArgs => ({
  kind: "cleanup",
  description: "Removes the stacks of branches that are gone or expired",
  source: "NO_SOURCE",
  buildspec: buildspec({ job: "branch-cleanup" }),
  variables: {
    STACK_PREFIX: branchName(args.main, ""),
    DEPLOY_ROLE_ARN: deployRoleArn,
    PULUMI_STACK: args.pulumiStack,
    ...regionVariable(place),
    EXPIRE_AFTER_DAYS: String(args.expireAfterDays),
    ...(args.source.kind === "codecommit" && { REPOSITORY: args.source.repository }),
  },
  statements: branchCleanupStatements(args, args.source, deployRoleArn),
  buildTimeout: CLEANUP_TIMEOUT,
});
