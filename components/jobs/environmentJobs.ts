import * as pulumi from "@pulumi/pulumi";
import { Job, type JobSite } from "./job";
import { buildspec } from "./buildspec";
import {
  environmentJobStatements,
  type JobScope,
  type PipelineImages,
  scanStatements,
} from "./jobStatements";
import { environmentName, type EnvironmentRole, jobArn, roleArn, workloadName } from "../names";
import { type Workload, workloadSiteOf } from "../workloads/workload";
import { asksForApproval, deployStage, type PipelineEnvironment } from "../stage";

export interface EnvironmentJobsArgs extends JobScope {
  readonly site: JobSite;
  readonly environment: PipelineEnvironment;
  readonly workload: Workload;
  /** Lowest severity of a finding that stops a release; `NONE`: no gate. */
  readonly scanThreshold: string;
  /** CloudFormation transforms that the service's template may use. */
  readonly transforms: readonly string[];
}

/** A role that the pipeline has in an environment's own account; it need not exist yet. */
export const environmentRoleArn = (
  { scope, pipeline }: Pick<JobScope, "scope" | "pipeline">,
  { name, account }: PipelineEnvironment,
  kind: EnvironmentRole,
): string => roleArn(scope, account, environmentName(scope, pipeline, name, kind));

/** What the clean-up job is told of the environments. */
export const cleanupTargets = (
  of: Pick<JobScope, "scope" | "pipeline">,
  environments: readonly PipelineEnvironment[],
) =>
  environments.map((environment) => ({
    environment: environment.name,
    stackName: workloadName(of.pipeline, environment.name),
    roleArn: environmentRoleArn(of, environment, "cleanup"),
  }));

/** What the jobs are told that look at an image's scan, and give the image to a template. */
export const imageVariables = (images: PipelineImages, scanThreshold: string) => ({
  REPOSITORY_NAME: images.name,
  REPOSITORY_URI: images.url,
  SCAN_THRESHOLD: scanThreshold,
});

/** Minutes: Plan waits up to two hours for the release before it, and for the scan. */
const PLAN_TIMEOUT = 150;
/** Minutes: Deploy waits up to four hours for a canary, and for its roll-back. */
const RELEASE_TIMEOUT = 300;

/** The jobs that plan and deploy: two roles, since what runs before an approval may not execute anything. */
export class EnvironmentJobs extends pulumi.ComponentResource {
  constructor(name: string, args: EnvironmentJobsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:EnvironmentJobs", name, {}, opts);
    const { scope, pipeline, environment, site, store, images } = args;
    const roleOf = (kind: EnvironmentRole) => environmentRoleArn(args, environment, kind);
    const workloadSite = workloadSiteOf({ ...environment, scope, pipeline, environment: environment.name });
    const variables = {
      PIPELINE: pipeline.name,
      ENVIRONMENT: environment.name,
      STACK_NAME: workloadName(pipeline, environment.name),
      PULUMI_STACK: environment.name,
      ENVIRONMENT_ACCOUNT: environment.account,
      ARTIFACT_BUCKET: store.bucketName,
      ...(images && imageVariables(images, args.scanThreshold)),
      PLAN_ROLE_ARN: roleOf("plan"),
      DEPLOY_ROLE_ARN: roleOf("deploy"),
      EXECUTION_ROLE_ARN: roleOf("execution"),
      PARAMETERS: JSON.stringify(args.workload.parameters(workloadSite)),
      ROLLBACK_PARAMETERS: JSON.stringify(args.workload.rollbackParameters),
      TEMPLATE_RULES: JSON.stringify(args.workload.template),
      ...(args.transforms.length > 0 && { TRANSFORMS: args.transforms.join(" ") }),
      DEPLOY_STAGE: deployStage(environment),
      APPROVAL: String(asksForApproval(environment)),
    };
    const planning = {
      kind: "plan-job",
      job: "plan",
      description: `Plans releases of ${pipeline.name} to ${environment.name}`,
      roles: [roleOf("plan")],
      buildTimeout: PLAN_TIMEOUT,
    } as const;
    const releasing = {
      kind: "release-job",
      job: "deploy",
      description: `Deploys releases of ${pipeline.name} to ${environment.name}`,
      roles: [roleOf("plan"), roleOf("deploy")],
      buildTimeout: RELEASE_TIMEOUT,
    } as const;
    // Without an approval nothing is planned beforehand: Deploy makes its own change set.
    const jobs = asksForApproval(environment) ? [planning, releasing] : [releasing];
    const [gate] = jobs;
    for (const { kind, job, description, roles, buildTimeout } of jobs) {
      const jobName = environmentName(scope, pipeline, environment.name, kind);
      new Job(
        `${name}-${kind}`,
        {
          jobName,
          jobArn: jobArn(scope, jobName),
          description,
          buildspec: buildspec({ job }),
          variables,
          statements: [
            ...environmentJobStatements(args, job, environment, roles),
            ...(job === gate?.job ? scanStatements(args) : []),
          ],
          site,
          buildTimeout,
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
