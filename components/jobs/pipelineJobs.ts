import * as pulumi from "@pulumi/pulumi";
import { cleanupTargets, EnvironmentJobs, environmentRoleArn } from "./environmentJobs";
import { buildspec } from "./buildspec";
import { cleanupStatements, promoteStatements } from "./jobStatements";
import { buildJob, type OwnJobArgs, pipelineJob, type ServiceJobsArgs, verifyJob } from "./serviceJobs";
import { asksForApproval } from "../stage";

export interface PipelineJobsArgs extends ServiceJobsArgs {
  /** Where failed runs are told. */
  readonly topicArn: pulumi.Input<string>;
  /** Days after which no approval can still be waiting for a release. */
  readonly expirationInDays: number;
  /** Releases that the record of each environment names, and that are kept. */
  readonly keepReleases: number;
}

/** All CodeBuild projects of a pipeline, each with a role of its own. */
export class PipelineJobs extends pulumi.ComponentResource {
  constructor(
    private readonly base: string,
    private readonly args: PipelineJobsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("delivery:index:PipelineJobs", base, {}, opts);
    buildJob(base, args, this);
    verifyJob(base, args, this);
    this.job("promote", "Records what an environment runs", {
      buildspec: buildspec({ job: "promote" }),
      variables: {
        PACKAGING: args.workload.packaging,
        ENVIRONMENTS: args.environments.map(({ name }) => name).join(" "),
        KEEP_RELEASES: String(args.keepReleases),
        EXPIRATION_IN_DAYS: String(args.expirationInDays),
        ...(args.images && { REPOSITORY_NAME: args.images.name }),
      },
      statements: promoteStatements(args),
    });
    this.cleanup();
    for (const environment of args.environments) {
      new EnvironmentJobs(`${base}--${environment.name}`, { ...args, environment }, { parent: this });
    }
    this.registerOutputs({});
  }

  private cleanup(): void {
    const { environments, topicArn } = this.args;
    this.job("cleanup", "Tells of failed runs and removes what they left", {
      source: "NO_SOURCE",
      buildspec: buildspec({ job: "cleanup" }),
      variables: { TOPIC_ARN: topicArn, TARGETS: JSON.stringify(cleanupTargets(this.args, environments)) },
      statements: cleanupStatements(
        this.args,
        environments.map((environment) => environmentRoleArn(this.args, environment, "cleanup")),
        topicArn,
        environments.some(asksForApproval),
      ),
    });
  }

  private job(kind: "promote" | "cleanup", description: string, own: OwnJobArgs): void {
    pipelineJob(this.base, this.args, kind, description, own, this);
  }
}
