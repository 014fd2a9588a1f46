import * as pulumi from "@pulumi/pulumi";
import { buildspec } from "./buildspec";
import { cleanupTargets, EnvironmentJobs } from "./environmentJobs";
import { makeJobs, type OwnJobArgs } from "./job";
import {
  cleanupStatements,
  endStaleApprovals,
  promoteStatements,
  repositoriesElsewhere,
} from "./jobStatements";
import { serviceJobs, type ServiceJobsArgs } from "./serviceJobs";

export interface PipelineJobsArgs extends ServiceJobsArgs {
  /** Where failed runs are told. */
  readonly topicArn: pulumi.Input<string>;
  /** Days after which no approval can still be waiting for a release. */
  readonly expirationInDays: number;
  /** Releases that the record of each environment names, and that are kept. */
  readonly keepReleases: number;
  /** End the run that waits for an approval when a newer one waits behind it. Default: false. */
  readonly endsStaleApprovals?: boolean;
}

/** All CodeBuild projects of a pipeline, each with a role of its own. */
export class PipelineJobs extends pulumi.ComponentResource {
  constructor(base: string, args: PipelineJobsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:PipelineJobs", base, {}, opts);
    makeJobs(base, args, [...serviceJobs(base, args, this), promoteJob(args), cleanupJob(args)], this);
    for (const environment of args.environments) {
      new EnvironmentJobs(`${base}--${environment.name}`, { ...args, environment }, { parent: this });
    }
    this.registerOutputs({});
  }
}

const promoteJob = (args: PipelineJobsArgs): OwnJobArgs => ({
  kind: "promote",
  description: "Records what an environment runs",
  buildspec: buildspec({ job: "promote" }),
  variables: {
    PACKAGING: args.workload.packaging,
    ENVIRONMENTS: args.environments.map(({ name }) => name).join(" "),
    KEEP_RELEASES: String(args.keepReleases),
    EXPIRATION_IN_DAYS: String(args.expirationInDays),
    ...(args.images
      ? { REPOSITORY_NAME: args.images.name, ...repositoriesElsewhere(args) }
      : elsewhereVariables(args)),
  },
  statements: promoteStatements(args),
  short: true,
});

/** Where Promote removes files that are old of environments in other Regions. */
function elsewhereVariables({ elsewhere = {}, environments }: PipelineJobsArgs) {
  if (Object.keys(elsewhere).length === 0) return {};
  const places = environments.flatMap(({ name, region }) => {
    const near = region === undefined ? undefined : elsewhere[region];
    return near ? [near.bucketName.apply((bucket) => [name, { region, bucket }] as const)] : [];
  });
  return { PLACES: pulumi.jsonStringify(pulumi.all(places).apply((each) => Object.fromEntries(each))) };
}

function cleanupJob(args: PipelineJobsArgs): OwnJobArgs {
  const { environments, topicArn, endsStaleApprovals = false } = args;
  const targets = cleanupTargets(args, environments);
  return {
    kind: "cleanup",
    description: endsStaleApprovals
      ? "Tells of failed runs, removes what they left, and ends stale approvals"
      : "Tells of failed runs and removes what they left",
    source: "NO_SOURCE",
    buildspec: buildspec({ job: "cleanup", endsStaleApprovals }),
    variables: { TOPIC_ARN: topicArn, TARGETS: JSON.stringify(targets) },
    statements: [
      ...cleanupStatements(
        args,
        targets.map(({ roleArn }) => roleArn),
        topicArn,
        environments,
      ),
      ...(endsStaleApprovals ? [endStaleApprovals(args)] : []),
    ],
  };
}
