import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Job, type JobArgs, type JobSite } from "./job";
import { buildspec } from "./jobs/buildspec";
import {
  buildStatements,
  cleanupStatements,
  type JobScope,
  markStatements,
  verifyStatements,
} from "./jobStatements";
import { cleanupTargets, EnvironmentJobs, environmentRoleArn } from "./environmentJobs";
import { artifactPrefix, jobArn, principalName } from "./names";
import type { PipelineEnvironment } from "./stages";
import type { Workload } from "./workloads/workload";

export interface PipelineJobsArgs extends JobScope {
  readonly workload: Workload;
  readonly site: JobSite;
  readonly environments: readonly PipelineEnvironment[];
  /** Folder of the service in its source. */
  readonly directory: string;
  /** CodeBuild's compute type for Build and Verify. */
  readonly computeType: string;
  /** Lowest severity of a finding that stops a release; `NONE`: no gate. */
  readonly scanThreshold: string;
  /** Platform of the image; Build and Verify run on the same. */
  readonly platform: "linux/amd64" | "linux/arm64";
  /** CloudFormation transforms that the service's template may use. */
  readonly transforms: readonly string[];
  /** Where failed runs are told. */
  readonly topicArn: pulumi.Input<string>;
  /** Delete report groups with their reports. */
  readonly deletable: boolean;
}

/** CodeBuild's own image for ARM, whatever image settings give the other jobs. */
const ARM_IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:3.0";
/** BuildKit from a registry that takes anonymous pulls without Docker Hub's limits. */
const BUILDKIT_IMAGE = "public.ecr.aws/vend/moby/buildkit:buildx-stable-1";

/** All CodeBuild projects of a pipeline, each with a role of its own. */
export class PipelineJobs extends pulumi.ComponentResource {
  constructor(
    private readonly base: string,
    private readonly args: PipelineJobsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("delivery:index:PipelineJobs", base, {}, opts);
    this.build();
    this.verify();
    this.job("mark", "Marks what an environment runs", {
      buildspec: buildspec({ job: "mark" }),
      variables: { REPOSITORY_NAME: args.images.name },
      statements: markStatements(args),
    });
    this.cleanup();
    for (const environment of args.environments) {
      new EnvironmentJobs(`${base}--${environment.name}`, { ...args, environment }, { parent: this });
    }
    this.registerOutputs({});
  }

  private build(): void {
    const { args, base } = this;
    const tests = this.reportGroup(`${base}-tests`, "TEST");
    const coverage = this.reportGroup(`${base}-coverage`, "CODE_COVERAGE");
    this.job("build", "Tests and builds, once for every environment", {
      buildspec: pulumi
        .all([tests, coverage])
        .apply(([testReports, coverageReports]) =>
          buildspec({ job: "build", directory: args.directory, testReports, coverageReports }),
        ),
      variables: {
        DIRECTORY: args.directory,
        ENVIRONMENTS: args.environments.map(({ name }) => name).join(" "),
        ARTIFACT_PREFIX: artifactPrefix(args.pipeline),
        REPOSITORY_NAME: args.images.name,
        REPOSITORY_URI: args.images.url,
        CACHE_URI: args.images.cacheUrl,
        PLATFORM: args.platform,
        SCAN_THRESHOLD: args.scanThreshold,
        ...(args.transforms.length > 0 && { TRANSFORMS: args.transforms.join(" ") }),
        BUILDKIT_IMAGE,
      },
      statements: buildStatements(args, tests, coverage),
      ...this.nativeContainer(),
      privilegedMode: args.workload.privilegedBuild,
    });
  }

  private verify(): void {
    const tests = this.reportGroup(`${this.base}-verify`, "TEST");
    this.job("verify", "Runs the service's end-to-end tests", {
      buildspec: tests.apply((testReports) => buildspec({ job: "verify", testReports })),
      variables: {},
      statements: verifyStatements(this.args, tests),
      ...this.nativeContainer(),
    });
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
      ),
    });
  }

  /** The service is built and tested on the architecture that it will run on. */
  private nativeContainer(): Pick<JobArgs, "computeType" | "armImage"> {
    const { computeType, platform } = this.args;
    return { computeType, ...(platform === "linux/arm64" && { armImage: ARM_IMAGE }) };
  }

  private reportGroup(name: string, type: "TEST" | "CODE_COVERAGE"): pulumi.Output<string> {
    const exportConfig = { type: "NO_EXPORT" };
    return new aws.codebuild.ReportGroup(
      name,
      { type, exportConfig, deleteReports: this.args.deletable },
      { parent: this },
    ).arn;
  }

  private job(kind: "build" | "verify" | "mark" | "cleanup", description: string, own: OwnJobArgs): void {
    const { scope, pipeline, site, store } = this.args;
    const jobName = principalName(scope, pipeline, kind);
    const variables = { PIPELINE: pipeline.name, ARTIFACT_BUCKET: store.bucketName, ...own.variables };
    const args = { ...own, jobName, jobArn: jobArn(scope, jobName), description, site, variables };
    new Job(`${this.base}-${kind}`, args, { parent: this });
  }
}

type OwnJobArgs = Omit<JobArgs, "jobName" | "jobArn" | "description" | "site">;
