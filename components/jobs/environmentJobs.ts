import * as pulumi from "@pulumi/pulumi";
import { type JobsArgs, lambdaImageOf, makeJobs, type OwnJobArgs } from "./job";
import { buildspec } from "./buildspec";
import { judgeOf } from "./judge";
import {
  codeJobStatements,
  environmentJobStatements,
  type JobScope,
  nearOf,
  type PipelineImages,
  runInsideStatements,
  scanStatements,
} from "./jobStatements";
import {
  environmentName,
  type EnvironmentRole,
  inRegion,
  ownersRoleArn,
  roleArn,
  workloadName,
} from "../names";
import { type Workload, type WorkloadSite, workloadSiteOf } from "../workloads/workload";
import {
  asksForApproval,
  deployStage,
  hasStack,
  type OwnersFunction,
  type OwnersService,
  type PipelineEnvironment,
  type ShortJob,
} from "../stage";

export interface EnvironmentJobsArgs extends JobsArgs {
  readonly environment: PipelineEnvironment;
  readonly workload: Workload;
  /** Lowest severity of a finding that stops a release; `NONE`: no gate. */
  readonly scanThreshold: string;
  /** CloudFormation transforms that the service's template may use. */
  readonly transforms: readonly string[];
  /** Platform of the code. */
  readonly platform: "linux/amd64" | "linux/arm64";
  /** Those that are short, which Lambda's compute starts sooner. Default: none. */
  readonly shortJobs?: readonly ShortJob[] | undefined;
}

/** A role that the pipeline has in an environment's own account; it need not exist yet. */
export const environmentRoleArn = (
  { scope, pipeline }: Pick<JobScope, "scope" | "pipeline">,
  { name, account }: PipelineEnvironment,
  kind: EnvironmentRole,
): string => roleArn(scope, account, environmentName(scope, pipeline, name, kind));

/** Whether that job runs on Lambda's compute. */
export const isShort = (
  { shortJobs, jobDefaults }: Pick<EnvironmentJobsArgs, "shortJobs" | "jobDefaults">,
  job: "plan" | "deploy",
): boolean => shortJobs?.includes(job) === true && lambdaImageOf(jobDefaults, true) !== undefined;

/** What the clean-up job is told of the environments. */
export const cleanupTargets = (
  of: Pick<JobScope, "scope" | "pipeline">,
  environments: readonly PipelineEnvironment[],
) =>
  environments.filter(hasStack).map((environment) => ({
    environment: environment.name,
    stackName: workloadName(of.pipeline, environment.name),
    ...(environment.region !== undefined && { region: environment.region }),
    roleArn: environmentRoleArn(of, environment, "cleanup"),
  }));

/**
 * What the jobs are told that look at an image's scan, and give the image to a template. The scan is that of tooling's Region: elsewhere
 * is the same image, by its digest.
 */
export const imageVariables = (images: PipelineImages, scanThreshold: string, pulled = images) => ({
  REPOSITORY_NAME: images.name,
  REPOSITORY_URI: pulled.url,
  SCAN_THRESHOLD: scanThreshold,
});

/** What a job is told that releases a workload, and whose template it judges. */
export const releaseVariables = (
  { workload, transforms, jobDefaults }: Pick<EnvironmentJobsArgs, "workload" | "transforms" | "jobDefaults">,
  site: WorkloadSite,
  judge = judgeOf(workload.template),
) => ({
  PARAMETERS: JSON.stringify(workload.parameters(site)),
  ROLLBACK_PARAMETERS: JSON.stringify(workload.rollbackParameters),
  JUDGE: jobDefaults.judge(Object.keys(judge.values)),
  JUDGE_SHA256: judge.sha256,
  ...(transforms.length > 0 && { TRANSFORMS: transforms.join(" ") }),
});

/** Minutes: Plan waits up to two hours for the release before it, and for the scan. */
const PLAN_TIMEOUT = 150;
/** Minutes: Deploy waits up to four hours for a canary, and for its roll-back. */
export const RELEASE_TIMEOUT = 300;

/** Minutes: it waits up to two hours for a runner that is busy, and for what it runs. */
const RUNNER_TIMEOUT = 240;

/** The jobs that plan and deploy: two roles, since what runs before an approval may not execute anything. */
export class EnvironmentJobs extends pulumi.ComponentResource {
  constructor(name: string, args: EnvironmentJobsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:EnvironmentJobs", name, {}, opts);
    const { pipeline, environment } = args;
    const roleOf = (kind: EnvironmentRole) => environmentRoleArn(args, environment, kind);
    const [plan, deploy] = [roleOf("plan"), roleOf("deploy")];
    const { ownersFunction, ownersService } = environment;
    const variables = ownersFunction
      ? { ...codeVariables(args, roleOf), ...functionVariables(args, ownersFunction) }
      : ownersService
        ? { ...codeVariables(args, roleOf), ...serviceVariables(args, ownersService) }
        : environmentVariables(args, roleOf);
    const of = { environment: environment.name, variables };
    const stack = hasStack(environment);
    const target = ownersService ? "service" : "function";
    const [planIsShort, deployIsShort] = [isShort(args, "plan"), isShort(args, "deploy")];
    const jobStatements = stack ? environmentJobStatements : codeJobStatements;
    const planJob = (): OwnJobArgs => ({
      ...of,
      kind: "plan-job",
      description: `Plans releases of ${pipeline.name} to ${environment.name}`,
      buildspec: buildspec(stack ? { job: "plan" } : { job: "code-plan", target }, { short: planIsShort }),
      statements: [...jobStatements(args, "plan", environment, [plan]), ...scanStatements(args)],
      buildTimeout: PLAN_TIMEOUT,
      short: planIsShort,
    });
    const planned = asksForApproval(environment);
    const releaseJob: OwnJobArgs = {
      ...of,
      kind: "release-job",
      description: `Deploys releases of ${pipeline.name} to ${environment.name}`,
      buildspec: buildspec(stack ? { job: "deploy" } : { job: "code-deploy", target }, {
        short: deployIsShort,
      }),
      statements: [
        ...jobStatements(args, "deploy", environment, [plan, deploy]),
        ...(planned ? [] : scanStatements(args)),
      ],
      buildTimeout: RELEASE_TIMEOUT,
      short: deployIsShort,
    };
    const runnerJob = (): OwnJobArgs => ({
      ...{ environment: environment.name, kind: "runner-job" },
      description: `Has steps of ${pipeline.name} run inside ${environment.name}`,
      buildspec: buildspec({ job: "run-inside" }),
      variables: {
        ...placeVariables(args),
        ...bucketVariable(args, args.environment),
        STARTER_ROLE_ARN: roleOf("starter"),
        RUNNER: environmentName(args.scope, pipeline, environment.name, "runner"),
      },
      statements: runInsideStatements(args, environment, roleOf("starter")),
      buildTimeout: RUNNER_TIMEOUT,
    });
    // Without an approval nothing is planned beforehand: Deploy makes its own change set.
    const jobs = [...(planned ? [planJob()] : []), releaseJob, ...(environment.runner ? [runnerJob()] : [])];
    makeJobs(name, args, jobs, this);
    this.registerOutputs({});
  }
}

/** Which environment it is, and where. */
const placeVariables = ({ environment }: EnvironmentJobsArgs) => ({
  ENVIRONMENT: environment.name,
  PULUMI_STACK: environment.name,
  ENVIRONMENT_ACCOUNT: environment.account,
  ...regionVariable(environment),
});

/** Region of the environment, where that is not tooling's. */
export const regionVariable = ({ region }: Pick<PipelineEnvironment, "region">) =>
  region === undefined ? {} : { ENVIRONMENT_REGION: region };

/** Bucket of release files that the environment reads, where that is not tooling's. */
export const bucketVariable = (job: JobScope, environment: Pick<PipelineEnvironment, "region">) => {
  const near = nearOf(job, environment);
  return near ? { ENVIRONMENT_BUCKET: near.bucketName } : {};
};

/** The same of an environment, which pulls in its own Region. */
const ownImageVariables = ({ images, imagesElsewhere, environment, scanThreshold }: EnvironmentJobsArgs) =>
  images && imageVariables(images, scanThreshold, imagesElsewhere?.[environment.region ?? ""]);

/** Which steps of the service's own run inside it. */
const runnerVariables = ({ environment }: EnvironmentJobsArgs) =>
  environment.runner ? { RUNNER_STEPS: environment.runner.steps.join(" ") } : {};

/** What is the same for every release. */
const releaseJobVariables = (
  { environment }: EnvironmentJobsArgs,
  roleOf: (kind: EnvironmentRole) => string,
) => ({
  PLAN_ROLE_ARN: roleOf("plan"),
  DEPLOY_ROLE_ARN: roleOf("deploy"),
  DEPLOY_STAGE: deployStage(environment),
  APPROVAL: String(asksForApproval(environment)),
});

/** Lambda's words for the platforms of settings; ECS has them in capitals. */
const ARCHITECTURES = { "linux/amd64": "x86_64", "linux/arm64": "arm64" } as const;

/** What the jobs are told that release code alone. */
const codeVariables = (args: EnvironmentJobsArgs, roleOf: (kind: EnvironmentRole) => string) => ({
  ...placeVariables(args),
  ...runnerVariables(args),
  ...ownImageVariables(args),
  ...releaseJobVariables(args, roleOf),
});

/** And to which function. */
const functionVariables = (
  { platform }: EnvironmentJobsArgs,
  { name, alias, runtime, endpoint }: OwnersFunction,
) => ({
  FUNCTION_NAME: name,
  ALIAS: alias,
  ...(runtime !== undefined && { RUNTIME: runtime }),
  ARCHITECTURE: ARCHITECTURES[platform],
  FUNCTION_ENDPOINT: endpoint,
});

/** Or to which service. */
const serviceVariables = (
  { scope, platform, environment: { account } }: EnvironmentJobsArgs,
  { cluster, name, family, container, executionRole, taskRole, instanceRole, endpoint }: OwnersService,
) => ({
  CLUSTER: cluster,
  SERVICE_NAME: name,
  FAMILY: family,
  CONTAINER: container,
  TASK_EXECUTION_ROLE_ARN: ownersRoleArn(scope, account, executionRole),
  ...(taskRole !== undefined && { TASK_ROLE_ARN: ownersRoleArn(scope, account, taskRole) }),
  ...(instanceRole !== undefined && { INSTANCE_ROLE_ARN: ownersRoleArn(scope, account, instanceRole) }),
  ARCHITECTURE: ARCHITECTURES[platform],
  SERVICE_ENDPOINT: endpoint,
});

function environmentVariables(args: EnvironmentJobsArgs, roleOf: (kind: EnvironmentRole) => string) {
  const { scope, pipeline, environment } = args;
  return {
    ...placeVariables(args),
    ...bucketVariable(args, environment),
    STACK_NAME: workloadName(pipeline, environment.name),
    ...runnerVariables(args),
    ...ownImageVariables(args),
    ...releaseJobVariables(args, roleOf),
    EXECUTION_ROLE_ARN: roleOf("execution"),
    ...(isShort(args, "deploy") && { SHORT_DEPLOY: "true" }),
    ...releaseVariables(
      args,
      workloadSiteOf({
        ...environment,
        scope: inRegion(scope, environment.region),
        pipeline,
        environment: environment.name,
      }),
    ),
  };
}
