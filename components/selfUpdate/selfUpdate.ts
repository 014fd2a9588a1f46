import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { readState, type StateAccess, writeState } from "../environment/state";
import { buildspec } from "../jobs/buildspec";
import { Job, type JobDefaults } from "../jobs/job";
import { askPipeline, decrypt, logArn, type PipelineStore, readArtifacts } from "../jobs/jobStatements";
import { jobName, partition, pipelineArn, selfPipeline, topicTitle, type Scope } from "../names";
import { ApprovalTopic } from "../pipeline/approvalTopic";
import { codePipeline } from "../pipeline/codePipeline";
import { watchPipeline } from "../pipeline/peoplePolicies";
import { type Source, sourceEvent, sourceTriggers } from "../pipeline/source";
import { Triggers } from "../pipeline/triggers";
import { allow, document } from "../policies";
import { APPROVAL, selfStages } from "./selfStages";
import { previewRoles, previewVariables, type Told, upRole, upVariables } from "./selfVariables";

export interface SelfUpdateArgs extends Told {
  /** Where this program and the stacks' files are. */
  readonly source: Source;
  /** Where Pulumi keeps the stacks, as `pulumi login` takes it, and what that is in AWS. */
  readonly state: StateAccess & { readonly url: string };
  /** Who is asked by mail. */
  readonly emails: readonly string[];
  readonly timeoutDays: number;
  readonly store: PipelineStore;
  readonly jobDefaults: JobDefaults;
}

/** CodeBuild's longest: Up waits for runs that it would end. */
const UP_TIMEOUT = 480;

/** The console's page of a job's builds. What Preview itself could hand on, the commit's code could forge. */
function buildsPage({ region, toolingAccount }: Scope, job: string): string {
  const host = {
    aws: `${region}.console.aws.amazon.com`,
    "aws-cn": `${region}.console.amazonaws.cn`,
    "aws-us-gov": "console.amazonaws-us-gov.com",
  }[partition(region)];
  return `https://${host}/codesuite/codebuild/${toolingAccount}/projects/${job}/history?region=${region}`;
}

/**
 * The pipeline that brings these stacks up: one job previews what a commit would change, with the right to read state; somebody agrees;
 * another job carries out those steps, with roles that the organization has made for that.
 */
export class SelfUpdate extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  /** Whom the organization's roles let in. */
  readonly upRoleArn: pulumi.Output<string>;
  readonly approverPolicyArn: pulumi.Output<string>;

  constructor(name: string, args: SelfUpdateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:SelfUpdate", name, {}, opts);
    const { scope, source, state, store, environments, jobDefaults, timeoutDays } = args;
    const { permissionsBoundary } = jobDefaults;
    const parent = { parent: this };
    const pipeline = selfPipeline(scope);
    const of = { scope, pipeline, store, jobDefaults };
    const names = {
      preview: jobName(scope, pipeline, "preview"),
      up: jobName(scope, pipeline, "up"),
    };
    const shared = [...readArtifacts(of), decrypt(of), ...readState(scope, state)];
    const preview = new Job(
      `${name}-preview`,
      {
        ...of,
        kind: "preview",
        description: "Previews the stacks with the commit's own code",
        buildspec: buildspec({ job: "self-preview" }),
        variables: previewVariables(args),
        statements: [
          ...shared,
          allow(
            "TakePreviewRoles",
            ["sts:AssumeRole"],
            previewRoles(args).map(([, each]) => each),
          ),
        ],
      },
      parent,
    );
    const up = new Job(
      `${name}-up`,
      {
        ...of,
        kind: "up",
        description: "Brings the stacks up with the steps that somebody agreed to",
        buildspec: buildspec({ job: "self-up" }),
        variables: upVariables(args),
        statements: [
          ...shared,
          ...writeState(scope, state),
          // It runs the commit's code, but only what somebody has agreed to.
          askPipeline(of, "stage", "actions"),
          allow(
            "TakeUpRoles",
            ["sts:AssumeRole"],
            [...new Set([scope.toolingAccount, ...environments.map((each) => each.account)])].map((account) =>
              upRole(args, account),
            ),
          ),
        ],
        buildTimeout: UP_TIMEOUT,
      },
      parent,
    );
    const topic = new ApprovalTopic(
      name,
      { displayName: topicTitle(pipeline.name), emails: args.emails },
      parent,
    );
    const resource = codePipeline(
      name,
      {
        ...{ scope, pipeline, source, store, permissionsBoundary },
        stages: selfStages(names, { timeoutDays, link: buildsPage(scope, names.preview) }),
        environments: [{ name: pipeline.prefix, approvalTimeoutDays: timeoutDays }],
        executionMode: "SUPERSEDED",
        jobNames: [names.preview, names.up],
        triggers: sourceTriggers(source),
        topicArn: topic.arn,
      },
      // Creation starts a first run.
      { parent: this, dependsOn: [preview, up] },
    );
    const event = sourceEvent(scope, source);
    if (event)
      new Triggers(
        name,
        {
          ...{ scope, pipeline, sourceEvent: event, cleansUp: false },
          ...(permissionsBoundary && { permissionsBoundary }),
        },
        { parent: this, dependsOn: [resource] },
      );
    const target = pipelineArn(scope, pipeline);
    const approver = new iam.Policy(
      `${name}-approver`,
      {
        path: scope.path,
        description: `Answer the approval of ${pipeline.name}`,
        policy: document(
          watchPipeline(target),
          allow("Approve", ["codepipeline:PutApprovalResult"], [`${target}/${APPROVAL}`]),
          allow("ReadPreviewLog", ["logs:GetLogEvents"], [logArn(scope, names.preview)]),
        ),
      },
      parent,
    );
    this.name = resource.name;
    this.upRoleArn = up.roleArn;
    this.approverPolicyArn = approver.arn;
    this.registerOutputs({
      name: this.name,
      upRoleArn: this.upRoleArn,
      approverPolicyArn: this.approverPolicyArn,
    });
  }
}
