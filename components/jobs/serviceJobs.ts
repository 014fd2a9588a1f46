/** The jobs that every pipeline has, since they work with the service's own code: Build and Verify. */
import * as codebuild from "@pulumi/aws/codebuild";
import * as pulumi from "@pulumi/pulumi";
import { type JobsArgs, lambdaImageOf, type OwnJobArgs } from "./job";
import { buildspec } from "./buildspec";
import { buildStatements, repositoriesElsewhere, verifyStatements } from "./jobStatements";
import { artifactPrefix, buildSecrets, workloadName } from "../names";
import { codeAlone, type Workload, workloadSiteOf } from "../workloads/workload";
import { type PipelineEnvironment, type ShortJob, verifiesInTooling } from "../stage";

export interface ServiceJobsArgs extends JobsArgs {
  readonly workload: Workload;
  readonly environments: readonly [PipelineEnvironment, ...PipelineEnvironment[]];
  /** What names of stacks begin with, before that of the environment. Default: as everywhere. */
  readonly stackPrefix?: string;
  /** Folder of the service in its source. */
  readonly directory: string;
  /** The template below it; what belongs to the template is beside it. */
  readonly template: string;
  /** CodeBuild's compute type for Build and Verify. */
  readonly computeType: string;
  /** Lowest severity of a finding that stops a release; `NONE`: no gate. */
  readonly scanThreshold: string;
  /** Platform of the image; Build and Verify run on the same. */
  readonly platform: "linux/amd64" | "linux/arm64";
  /** CloudFormation transforms that the service's template may use. */
  readonly transforms: readonly string[];
  /** Those that are short, which Lambda's compute starts sooner. Default: none. */
  readonly shortJobs?: readonly ShortJob[] | undefined;
  /** Delete report groups with their reports. */
  readonly deletable: boolean;
}

/** What Build is told where there is none: no file in a folder is called so. */
const NO_TEMPLATE = "-";

/** CodeBuild's own image for ARM, whatever image settings give the other jobs. */
export const ARM_IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:3.0";
/** BuildKit from a registry that takes anonymous pulls without Docker Hub's limits. */
const BUILDKIT_IMAGE = "public.ecr.aws/vend/moby/buildkit:buildx-stable-1";

/** Build, and Verify where it runs here; with the report groups that they write to. */
export function serviceJobs(base: string, args: ServiceJobsArgs, parent: pulumi.Resource): OwnJobArgs[] {
  const build = buildJob(base, args, parent);
  // The group is there without the job, too: AWS deletes none that has reports, as it may have of earlier releases.
  const verify = verifyJob(base, args, parent);
  return verifiesInTooling(args.environments) ? [build, verify] : [build];
}

function buildJob(base: string, args: ServiceJobsArgs, parent: pulumi.Resource): OwnJobArgs {
  const { workload, images } = args;
  const tests = reportGroup(`${base}-tests`, "TEST", args, parent);
  const coverage = reportGroup(`${base}-coverage`, "CODE_COVERAGE", args, parent);
  return {
    kind: "build",
    description: "Tests and builds, once for every environment",
    buildspec: pulumi.all([tests, coverage]).apply(([testReports, coverageReports]) =>
      buildspec({
        job: "build",
        packaging: workload.packaging,
        directory: args.directory,
        testReports,
        coverageReports,
      }),
    ),
    variables: {
      DIRECTORY: args.directory,
      ENVIRONMENTS: args.environments.map(({ name }) => name).join(" "),
      ...runnerVariables(args),
      ...regionVariables(args),
      ARTIFACT_PREFIX: artifactPrefix(args.pipeline),
      PACKAGING: workload.packaging,
      TEMPLATE: codeAlone(workload) ? NO_TEMPLATE : args.template,
      STACK_PREFIX: args.stackPrefix ?? workloadName(args.pipeline, ""),
      SECRETS: buildSecrets(args.scope, args.pipeline),
      REQUIRED_PARAMETERS: requiredParameters(args).join(" ") || "-",
      ROLLBACK_PARAMETER_NAMES: Object.keys(workload.rollbackParameters).join(" ") || "-",
      ...(images && {
        REPOSITORY_NAME: images.name,
        REPOSITORY_URI: images.url,
        ...(images.cacheUrl && { CACHE_URI: images.cacheUrl }),
        ...repositoriesElsewhere(args),
        PLATFORM: args.platform,
        BUILDKIT_IMAGE,
      }),
      ...(args.transforms.length > 0 && { TRANSFORMS: args.transforms.join(" ") }),
      ...(verifiesOnLambda(args) && { VERIFY: "npm" }),
    },
    statements: buildStatements(args, tests, coverage, !codeAlone(workload)),
    ...nativeContainer(args),
    privilegedMode: workload.packaging === "image", // Docker
  };
}

/** Which steps of the service's own run inside which environment, where any do. */
function runnerVariables({ environments }: ServiceJobsArgs): { RUNNERS?: string } {
  const steps = environments.flatMap(({ name, runner }) => (runner ? [[name, runner.steps] as const] : []));
  return steps.length > 0 ? { RUNNERS: JSON.stringify(Object.fromEntries(steps)) } : {};
}

/** In which Region each environment is that isn't in tooling's, where templates are made for each. */
function regionVariables({ environments, workload }: ServiceJobsArgs): { ENVIRONMENT_REGIONS?: string } {
  const regions = environments.flatMap(({ name, region }) =>
    region === undefined ? [] : [[name, region] as const],
  );
  return regions.length > 0 && workload.packaging === "serverless"
    ? { ENVIRONMENT_REGIONS: JSON.stringify(Object.fromEntries(regions)) }
    : {};
}

function verifyJob(base: string, args: ServiceJobsArgs, parent: pulumi.Resource): OwnJobArgs {
  const tests = reportGroup(`${base}-verify`, "TEST", args, parent);
  const short = verifiesOnLambda(args);
  return {
    kind: "verify",
    description: "Runs the service's end-to-end tests",
    buildspec: tests.apply((testReports) => buildspec({ job: "verify", testReports }, { short })),
    variables: { PACKAGING: args.workload.packaging },
    statements: verifyStatements(args, tests),
    ...(short ? { short: "nodejs" } : nativeContainer(args)),
  };
}

/** The image there has Node.js, and nothing that reads delivery.yaml: Build refuses that file then. */
const verifiesOnLambda = ({ shortJobs, jobDefaults, environments }: ServiceJobsArgs): boolean =>
  verifiesInTooling(environments) &&
  shortJobs?.includes("verify") === true &&
  lambdaImageOf(jobDefaults, "nodejs") !== undefined;

/** The service is built and tested on the architecture that it will run on. */
const nativeContainer = ({
  computeType,
  platform,
}: ServiceJobsArgs): Pick<OwnJobArgs, "computeType" | "armImage"> => ({
  computeType,
  ...(platform === "linux/arm64" && { armImage: ARM_IMAGE }),
});

const reportGroup = (
  name: string,
  type: "TEST" | "CODE_COVERAGE",
  { deletable }: ServiceJobsArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> =>
  new codebuild.ReportGroup(
    name,
    { type, exportConfig: { type: "NO_EXPORT" }, deleteReports: deletable },
    { parent },
  ).arn;

/** What every release sets: the same in every environment. */
function requiredParameters({ scope, pipeline, workload, environments: [first] }: ServiceJobsArgs): string[] {
  const site = workloadSiteOf({ ...first, scope, pipeline, environment: first.name });
  return Object.keys(workload.parameters(site));
}
