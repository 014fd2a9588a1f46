import * as pulumi from "@pulumi/pulumi";
import { BranchJobs } from "./branchJobs";
import { BRANCH_VARIABLE, branchEvents, branchTriggers } from "./branchSource";
import { branchStages } from "./branchStages";
import { codePipeline } from "../pipeline/codePipeline";
import { ec2Arn } from "../jobs/jobStatements";
import { BRANCH_PRINCIPALS, branchPipeline, BRANCHES, type PipelineId, principalName } from "../names";
import type { ServiceJobsArgs } from "../jobs/serviceJobs";
import type { Source } from "../pipeline/source";
import { Triggers } from "../pipeline/triggers";
import type { Workload } from "../workloads/workload";
import type { PipelineEnvironment } from "../stage";

export interface BranchPipelineArgs extends Omit<ServiceJobsArgs, "environments" | "site"> {
  /** The pipeline whose branches these are; store and images are used under a name of their own. */
  readonly pipeline: PipelineId;
  readonly source: Source;
  /** Which branches; `*` stands for any characters. */
  readonly include: readonly string[];
  /** Where their stacks are, and whether end-to-end tests run against them. */
  readonly environment: Pick<PipelineEnvironment, "name" | "account" | "verify">;
  /** Days after its last deployment that a branch's stack is removed. */
  readonly expireAfterDays: number;
  /** How many branches may have a stack at a time. */
  readonly maxBranches: number;
  /** What its jobs have in common. */
  readonly site: Omit<ServiceJobsArgs["site"], "ec2Arn" | "path">;
}

/** When environments of branches that are gone or expired are removed, whatever else has failed to. */
const SWEEP = "rate(1 day)";

/** One pipeline for all branches of a pipeline, each with a stack of its own: no approvals, no roll-back, nothing kept. */
export class BranchPipeline extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: BranchPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:BranchPipeline", name, {}, opts);
    const { scope, source, include, environment } = args;
    const pipeline = branchPipeline(args.pipeline);
    const site = { ...args.site, ec2Arn: ec2Arn(scope), path: scope.path };
    const environments = [{ name: BRANCHES, account: environment.account }] as const;
    const jobs = new BranchJobs(
      name,
      {
        ...args,
        pipeline,
        main: args.pipeline,
        workload: allAtOnce(args.workload),
        site,
        environments,
        pulumiStack: environment.name,
      },
      { parent: this },
    );
    const job = (kind: (typeof BRANCH_PRINCIPALS)[number] | "release-job") =>
      principalName(scope, pipeline, kind);
    const names = {
      register: job("register"),
      build: job("build"),
      release: job("release-job"),
      verify: job("verify"),
    };
    const variable = {
      name: BRANCH_VARIABLE,
      defaultValue: "-",
      description: "Branch that a run is of, without refs/heads/",
    };
    const resource = codePipeline(
      name,
      {
        ...args,
        pipeline,
        site,
        environments,
        stages: branchStages(environment, names),
        // One after the other: what is noted of branches is read and written by one run at a time.
        executionMode: "QUEUED",
        jobNames: Object.values(names),
        triggers: branchTriggers(source, include),
        ...(source.kind === "codecommit" && { variables: [variable] }),
      },
      { parent: this, dependsOn: [jobs] },
    );
    new Triggers(
      name,
      {
        scope,
        pipeline,
        ...branchEvents(scope, source, include),
        cleanupSchedule: SWEEP,
        ...(site.permissionsBoundary && { permissionsBoundary: site.permissionsBoundary }),
      },
      { parent: this, dependsOn: [resource] },
    );
    this.name = resource.name;
    this.registerOutputs({ name: this.name });
  }
}

/** A branch has no traffic to be careful with: it is always given what others are given in a roll-back. */
const allAtOnce = (workload: Workload): Workload => ({
  ...workload,
  parameters: (site) => ({ ...workload.parameters(site), ...workload.rollbackParameters }),
  rollbackParameters: {},
});
