import * as codecommit from "@pulumi/aws/codecommit";
import * as pulumi from "@pulumi/pulumi";
import { ApprovalTopic } from "./approvalTopic";
import { codePipeline } from "./codePipeline";
import { given, PIPELINE_DEFAULTS } from "../defaults";
import type { JobDefaults } from "../jobs/job";
import { jobDefaultsOf, publishJudges } from "../jobs/jobDefaults";
import { jobName, judgePath, topicTitle, workloadName } from "../names";
import { PeoplePolicies } from "./peoplePolicies";
import { PipelineJobs, type PipelineJobsArgs } from "../jobs/pipelineJobs";
import { type Source, sourceEvent, sourceTriggers } from "./source";
import { stageProblems } from "./stageRules";
import { releaseStages, stagesBeforeApprovals } from "./stages";
import { Triggers } from "./triggers";
import { expirationInDays, type JobNames, pipelineJobs, type Stage } from "../stage";
import { lambdaContainer } from "../workloads/lambdaContainer";
import { codeAlone } from "../workloads/workload";

/** What follows from the rest, or is as in most pipelines, where it is not given. */
type Optional = Omit<
  PipelineJobsArgs,
  | "scope"
  | "environments"
  | "store"
  | "images"
  | "elsewhere"
  | "imagesElsewhere"
  | "topicArn"
  | "jobDefaults"
  | "endsStaleApprovals"
  | "deletable"
>;

export interface DeliveryPipelineArgs
  extends
    Pick<
      PipelineJobsArgs,
      "scope" | "environments" | "store" | "images" | "elsewhere" | "imagesElsewhere" | "endsStaleApprovals"
    >,
    Partial<Optional> {
  readonly source: Source;
  /** What all jobs have in common. Default: CodeBuild's image, no VPC, no boundary, logs for a year; the judge is published. */
  readonly jobDefaults?: Partial<JobDefaults>;
  /** Make the CodeCommit repository. Default: false, it exists. */
  readonly createRepository?: boolean;
  /** What happens to a run that is overtaken. CodePipeline's third mode, `PARALLEL`, forbids roll-back. Default: SUPERSEDED. */
  readonly executionMode?: "SUPERSEDED" | "QUEUED";
  /** Who gets approvals and failed runs by mail. Default: nobody. */
  readonly emails?: readonly string[];
  /** Let `pulumi destroy` delete the repository that it has made, and what reports there are. Default: false. */
  readonly deletable?: boolean;
}

/** A release from source to the last environment: one build, then per environment plan, approval, deployment, proof. */
export class DeliveryPipeline extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Where it asks for approval and its clean-up job tells of failed runs. */
  readonly topicArn: pulumi.Output<string>;
  readonly operatorPolicyArn: pulumi.Output<string>;
  /** By environment. */
  readonly approverPolicyArns: Record<string, pulumi.Output<string>>;

  /** Throws when CodePipeline would refuse the stages. */
  constructor(name: string, own: DeliveryPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:DeliveryPipeline", name, {}, opts);
    const args = {
      ...PIPELINE_DEFAULTS,
      ...{ pipeline: { name, prefix: name }, workload: lambdaContainer, transforms: [], emails: [] },
      expirationInDays: expirationInDays(own.environments),
      ...given(own),
    };
    const { scope, pipeline, environments, source, workload } = args;
    const nameOf: JobNames = (kind, environment) => jobName(scope, pipeline, kind, environment);
    const stages = checkedStages(pipeline.name, releaseStages(environments, nameOf));
    if (workload.packaging === "image" && args.images === undefined)
      throw new pulumi.RunError(
        `pipeline ${pipeline.name} has no images, which ${workload.kind} needs: give it an ImageRepository`,
      );
    const jobDefaults = jobDefaultsOf(
      scope,
      args.jobDefaults ?? {},
      args.jobDefaults?.judge ??
        publishJudges(
          `${name}-judge`,
          `${judgePath(scope)}/${pipeline.name}`, // another pipeline may have the same judge
          codeAlone(workload) ? [] : [workload.template],
          { parent: this },
        ),
    );
    const { permissionsBoundary } = jobDefaults;

    const deletable = args.deletable ?? false;
    // It holds the service's code, and AWS deletes it with all of that.
    const repository =
      args.createRepository && source.kind === "codecommit"
        ? [
            new codecommit.Repository(
              name,
              { repositoryName: source.repository },
              { parent: this, protect: !deletable },
            ),
          ]
        : [];
    const topic = new ApprovalTopic(
      name,
      { displayName: topicTitle(pipeline.name), emails: args.emails },
      { parent: this },
    );
    const jobs = new PipelineJobs(
      name,
      { ...args, jobDefaults, topicArn: topic.arn, deletable },
      { parent: this },
    );
    const resource = codePipeline(
      name,
      {
        ...args,
        permissionsBoundary,
        stages,
        jobNames: [
          ...pipelineJobs(environments).map((kind) => nameOf(kind)),
          // Of each environment by name: the jobs of its branches have the same prefix before the double hyphen.
          ...args.environments.map(({ name }) => `${scope.project}-${workloadName(pipeline, name)}-*`),
        ],
        triggers: sourceTriggers(source),
        topicArn: topic.arn,
      },
      // Its stages name the jobs only by text, and creation starts a first run.
      { parent: this, dependsOn: [jobs, ...repository] },
    );
    const event = sourceEvent(scope, source);
    new Triggers(
      name,
      {
        scope,
        pipeline,
        ...(event && { sourceEvent: event }),
        ...(args.endsStaleApprovals && { beforeApprovals: stagesBeforeApprovals(stages) }),
        ...(permissionsBoundary && { permissionsBoundary }),
      },
      { parent: this, dependsOn: [resource] },
    );
    const people = new PeoplePolicies(
      name,
      {
        scope,
        pipeline,
        source,
        environments,
      },
      { parent: this },
    );
    this.name = resource.name;
    this.arn = resource.arn;
    this.topicArn = topic.arn;
    this.operatorPolicyArn = people.operatorPolicyArn;
    this.approverPolicyArns = people.approverPolicyArns;
    this.registerOutputs({
      name: this.name,
      arn: this.arn,
      topicArn: this.topicArn,
      operatorPolicyArn: this.operatorPolicyArn,
      approverPolicyArns: this.approverPolicyArns,
    });
  }
}

/** The same stages. Throws where CodePipeline would refuse them. */
function checkedStages(pipeline: string, stages: Stage[]): Stage[] {
  const problems = stageProblems(stages);
  if (problems.length === 0) return stages;
  throw new pulumi.RunError([`pipeline ${pipeline} cannot be created:`, ...problems].join("\n  "));
}
