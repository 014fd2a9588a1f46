import type * as aws from "@pulumi/aws";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { arn, jobArn, jobName, pipelineArn, type PipelineId, principalName, type Scope } from "../names";
import { ENDED_BADLY } from "../jobs/buildspec";
import { allow, document, trustService } from "../policies";

export interface TriggersArgs {
  readonly scope: Scope;
  readonly pipeline: PipelineId;
  /** Event that starts the pipeline. Default: none, it has a trigger of its own. */
  readonly sourceEvent?: object;
  /** What the pipeline is started with. Default: as it stands. */
  readonly sourceInput?: InputTransformer;
  /** Whether the pipeline has a clean-up job, which this starts too. Default: true. */
  readonly cleansUp?: boolean;
  /** Event that starts the clean-up job too. Default: none. */
  readonly cleanupEvent?: object;
  /** When the clean-up job is started too, as EventBridge writes it. Default: never. */
  readonly cleanupSchedule?: string;
  /**
   * Stages that stand before one with an approval. When a run has passed one of them, or an approval begins to wait, the clean-up job
   * looks for stale approvals. Default: never.
   */
  readonly beforeApprovals?: readonly string[];
  /** ARN of the organization's permissions boundary. Default: none. */
  readonly permissionsBoundary?: string;
}

type InputTransformer = aws.types.input.cloudwatch.EventTargetInputTransformer;

/** What starts a pipeline when its source changes, and its clean-up job when a run ends badly. */
export class Triggers extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: TriggersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:Triggers", name, {}, opts);
    const { scope, pipeline, cleansUp = true } = args;
    const pipelineTarget = pipelineArn(scope, pipeline);
    const cleanupTarget = jobArn(scope, jobName(scope, pipeline, "cleanup"));
    const roleName = principalName(scope, pipeline, "trigger");
    const role = new iam.Role(
      name,
      {
        name: roleName,
        path: scope.path,
        description: cleansUp
          ? `Starts ${args.sourceEvent ? `pipeline ${pipeline.name} and its` : `pipeline ${pipeline.name}'s`} clean-up job`
          : `Starts pipeline ${pipeline.name}`,
        // For rules of this account: https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
        assumeRolePolicy: trustService(
          "events.amazonaws.com",
          arn(scope, "events", scope.toolingAccount, "rule/*"),
        ),
        ...(args.permissionsBoundary && { permissionsBoundary: args.permissionsBoundary }),
      },
      { parent: this },
    );
    const policy = new iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: document(
          ...(args.sourceEvent
            ? [allow("StartPipeline", ["codepipeline:StartPipelineExecution"], [pipelineTarget])]
            : []),
          ...(cleansUp ? [allow("StartCleanup", ["codebuild:StartBuild"], [cleanupTarget])] : []),
        ),
      },
      { parent: this },
    );
    const start = (child: string, description: string, when: object | string, target: TargetArgs) => {
      const at =
        typeof when === "string" ? { scheduleExpression: when } : { eventPattern: JSON.stringify(when) };
      const rule = new cloudwatch.EventRule(child, { description, ...at }, { parent: this });
      new cloudwatch.EventTarget(
        child,
        { rule: rule.name, roleArn: role.arn, ...target },
        { parent: this, dependsOn: [policy] },
      );
    };
    if (args.sourceEvent) {
      start(`${name}-source`, `Starts pipeline ${pipeline.name}`, args.sourceEvent, {
        arn: pipelineTarget,
        ...(args.sourceInput && { inputTransformer: args.sourceInput }),
      });
    }
    const cleanup = { arn: cleanupTarget };
    if (args.cleanupEvent) {
      start(`${name}-removal`, `Cleans up what ${pipeline.name} has no use for`, args.cleanupEvent, cleanup);
    }
    if (args.cleanupSchedule !== undefined) {
      start(`${name}-sweep`, `Cleans up behind ${pipeline.name}`, args.cleanupSchedule, cleanup);
    }
    // https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    const changeOf = (what: "Pipeline" | "Stage" | "Action", detail: object) => ({
      source: ["aws.codepipeline"],
      "detail-type": [`CodePipeline ${what} Execution State Change`],
      resources: [pipelineTarget],
      detail,
    });
    const cleanupOfRun = {
      arn: cleanupTarget,
      inputTransformer: {
        inputPaths: { execution: "$.detail.execution-id", state: "$.detail.state" },
        inputTemplate: RUN_VARIABLES,
      },
    };
    if (cleansUp) {
      start(
        `${name}-cleanup`,
        `Cleans up behind runs of ${pipeline.name} that end badly`,
        changeOf("Pipeline", { state: ENDED_BADLY }),
        cleanupOfRun,
      );
    }
    if (args.beforeApprovals) {
      start(
        `${name}-arrival`,
        `Looks for an approval that is stale once a newer run of ${pipeline.name} has arrived`,
        changeOf("Stage", { stage: args.beforeApprovals, state: ["SUCCEEDED"] }),
        cleanupOfRun,
      );
      // The newer run may have come while the older one was still planned.
      start(
        `${name}-approval`,
        `Looks whether an approval of ${pipeline.name} is stale when it begins to wait`,
        changeOf("Action", { type: { category: ["Approval"] }, state: ["STARTED"] }),
        cleanupOfRun,
      );
    }
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

type TargetArgs = Pick<cloudwatch.EventTargetArgs, "arn" | "inputTransformer">;

/** Input of StartBuild; EventBridge puts the quotes around what it fills in. */
const RUN_VARIABLES = `{"environmentVariablesOverride":[${["EXECUTION_ID", "STATE"]
  .map(
    (name) => `{"name":"${name}","type":"PLAINTEXT","value":<${name === "STATE" ? "state" : "execution"}>}`,
  )
  .join(",")}]}`;
