import * as codecommit from "@pulumi/aws/codecommit";
import * as pulumi from "@pulumi/pulumi";
import { ApprovalTopic } from "./approvalTopic";
import { codePipeline } from "./codePipeline";
import { jobName, topicTitle, workloadName } from "../names";
import { PeoplePolicies } from "./peoplePolicies";
import { PipelineJobs, type PipelineJobsArgs } from "../jobs/pipelineJobs";
import { type Source, sourceEvent, sourceTriggers } from "./source";
import { stageProblems } from "./stageRules";
import { releaseStages, stagesBeforeApprovals } from "./stages";
import { Triggers } from "./triggers";
import { asksForApproval, type JobNames, type Stage } from "../stage";

export interface DeliveryPipelineArgs extends Omit<PipelineJobsArgs, "topicArn" | "deletable"> {
  readonly source: Source;
  /** Make the CodeCommit repository. Default: false, it exists. */
  readonly createRepository?: boolean;
  /** What happens to a run that is overtaken. CodePipeline's third mode, `PARALLEL`, forbids roll-back. */
  readonly executionMode: "SUPERSEDED" | "QUEUED";
  /** Who gets approvals and failed runs by mail. */
  readonly emails: readonly string[];
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
  constructor(name: string, args: DeliveryPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:DeliveryPipeline", name, {}, opts);
    const { scope, pipeline, environments, source } = args;
    const { permissionsBoundary } = args.jobDefaults;
    const nameOf: JobNames = (kind, environment) => jobName(scope, pipeline, kind, environment);
    const stages = checkedStages(pipeline.name, releaseStages(environments, nameOf));

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
    const jobs = new PipelineJobs(name, { ...args, topicArn: topic.arn, deletable }, { parent: this });
    const resource = codePipeline(
      name,
      {
        ...args,
        permissionsBoundary,
        stages,
        jobNames: [
          ...(["build", "verify", "promote"] as const).map((kind) => nameOf(kind)),
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
      { scope, pipeline, source, approvals: environments.filter(asksForApproval) },
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
