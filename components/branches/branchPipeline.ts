import * as pulumi from "@pulumi/pulumi";
import { BranchJobs } from "./branchJobs";
import { BRANCH_VARIABLE, branchEvents, branchTriggers } from "./branchSource";
import { branchStages } from "./branchStages";
import { codePipeline } from "../pipeline/codePipeline";
import { branchPipeline, BRANCHES, type JobKind, jobName, type PipelineId } from "../names";
import type { ServiceJobsArgs } from "../jobs/serviceJobs";
import type { Source } from "../pipeline/source";
import { Triggers } from "../pipeline/triggers";
import { ofBranches, type Workload } from "../workloads/workload";
import { type PipelineEnvironment, verifiesInTooling } from "../stage";

export interface BranchPipelineArgs extends Omit<ServiceJobsArgs, "environments"> {
  /** The pipeline whose branches these are; store and images are used under a name of their own. */
  readonly pipeline: PipelineId;
  readonly source: Source;
  /** Which branches; `*` stands for any characters. */
  readonly include: readonly string[];
  /** Where their stacks are, and whether end-to-end tests run against them. */
  readonly environment: Pick<
    PipelineEnvironment,
    "name" | "account" | "region" | "verify" | "functionNetwork"
  >;
  /** Days after its last deployment that a branch's stack is removed. */
  readonly expireAfterDays: number;
  /** How many branches may have a stack at a time. */
  readonly maxBranches: number;
  /** Place of the first branch among the rules of the environment's listener, where the kind has one. */
  readonly firstPriority: number;
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
    const { permissionsBoundary } = args.jobDefaults;
    const { account, region, functionNetwork, verify } = environment;
    const environments = [{ name: BRANCHES, account, region, functionNetwork, verify }] as const;
    const jobs = new BranchJobs(
      name,
      {
        ...args,
        pipeline,
        main: args.pipeline,
        workload: allAtOnce(ofBranches(args.workload)),
        environments,
        pulumiStack: environment.name,
      },
      { parent: this },
    );
    const nameOf = (kind: JobKind) => jobName(scope, pipeline, kind);
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
        permissionsBoundary,
        environments,
        stages: branchStages(environment, nameOf),
        // One after the other: what is noted of branches is read and written by one run at a time.
        executionMode: "QUEUED",
        jobNames: [
          ...(["register", "build", "release-job"] as const),
          ...(verifiesInTooling(environments) ? (["verify"] as const) : []),
        ].map(nameOf),
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
        ...(permissionsBoundary && { permissionsBoundary }),
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
