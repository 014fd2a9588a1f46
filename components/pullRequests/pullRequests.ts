import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { buildspec } from "../jobs/buildspec";
import { byDefaults, type JobDefaults, makeProject } from "../jobs/job";
import { arn, jobArn, pullRequestName, type Scope } from "../names";
import { cloneUrl, codecommitArn } from "../pipeline/source";
import { allow, document, trustService } from "../policies";

/** Of the CLI that previews run, as `.github/workflows/preview.yml` has it. */
export const PULUMI_VERSION = "3.248.0";

export interface PullRequestsArgs {
  readonly scope: Scope;
  /** CodeCommit repository in tooling's account whose pull requests are previewed. */
  readonly repository: string;
  /** ARNs of the roles that the stacks are previewed with. */
  readonly previewRoleArns: readonly string[];
  readonly jobDefaults: JobDefaults;
}

/** How a build ends, as its events have it; another one is still under way. */
const ENDED = ["SUCCEEDED", "FAILED", "STOPPED", "FAULT", "TIMED_OUT"];

/**
 * Previews of pull requests in CodeCommit. One job runs the pull request's own code, and may read state and nothing else; when
 * it has ended, another, which runs nothing of the repository, comments what the first one's log says.
 */
export class PullRequests extends pulumi.ComponentResource {
  constructor(name: string, args: PullRequestsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:PullRequests", name, {}, opts);
    const { scope, repository, jobDefaults } = args;
    const repositoryArn = codecommitArn(scope, repository);
    const of = { scope, account: scope.toolingAccount };
    const previewJob = pullRequestName(scope, "preview");
    const preview = makeProject(
      `${name}-preview`,
      {
        ...{ ...of, ...byDefaults(jobDefaults, {}) },
        projectName: previewJob,
        description: `Previews the stacks of pull requests of ${repository}, with their own code`,
        buildspec: buildspec({ job: "preview" }),
        variables: { PULUMI_VERSION },
        statements: [
          allow("PullSource", ["codecommit:GitPull"], [repositoryArn]),
          allow("TakePreviewRoles", ["sts:AssumeRole"], args.previewRoleArns),
        ],
        source: {
          type: "CODECOMMIT",
          location: cloneUrl(scope, { kind: "codecommit", repository, branch: "" }),
        },
        artifacts: "NO_ARTIFACTS",
      },
      this,
    );
    const comment = makeProject(
      `${name}-comment`,
      {
        ...{ ...of, ...byDefaults(jobDefaults, { short: true }) },
        projectName: pullRequestName(scope, "comment"),
        description: `Comments previews on pull requests of ${repository}`,
        buildspec: buildspec({ job: "comment" }),
        variables: { REPOSITORY: repository, PREVIEW_PROJECT: previewJob },
        statements: [
          allow("ReadPreview", ["codebuild:BatchGetBuilds"], [jobArn(scope, previewJob)]),
          allow("ReadPreviewLog", ["logs:GetLogEvents"], [preview.logArn]),
          allow(
            "ReadPullRequests",
            ["codecommit:GetCommentsForPullRequest", "codecommit:GetPullRequest"],
            [repositoryArn],
          ),
          // CodeCommit lets an author alone change a comment.
          allow(
            "CommentPullRequests",
            ["codecommit:PostCommentForPullRequest", "codecommit:UpdateComment"],
            [repositoryArn],
          ),
        ],
        source: { type: "NO_SOURCE" },
        artifacts: "NO_ARTIFACTS",
      },
      this,
    );
    this.startedBy(name, args, [preview.project.arn, comment.project.arn]);
    this.registerOutputs({});
  }

  /** A pull request starts its preview, and the end of that the comment. */
  private startedBy(
    name: string,
    { scope, repository, jobDefaults }: PullRequestsArgs,
    [previewArn, commentArn]: readonly [pulumi.Output<string>, pulumi.Output<string>],
  ): void {
    const { permissionsBoundary } = jobDefaults;
    const roleName = pullRequestName(scope, "start");
    const role = new iam.Role(
      `${name}-start`,
      {
        name: roleName,
        path: scope.path,
        description: `Starts previews of pull requests of ${repository}, and their comments`,
        assumeRolePolicy: trustService(
          "events.amazonaws.com",
          arn(scope, "events", scope.toolingAccount, "rule/*"),
        ),
        ...(permissionsBoundary && { permissionsBoundary }),
      },
      { parent: this },
    );
    const policy = new iam.RolePolicy(
      `${name}-start`,
      {
        role: role.name,
        policy: document(allow("StartJobs", ["codebuild:StartBuild"], [previewArn, commentArn])),
      },
      { parent: this },
    );
    const start = (
      child: string,
      description: string,
      pattern: object,
      to: pulumi.Input<string>,
      inputTransformer: cloudwatch.EventTargetArgs["inputTransformer"],
    ): void => {
      const rule = new cloudwatch.EventRule(
        child,
        { description, eventPattern: JSON.stringify(pattern) },
        { parent: this },
      );
      new cloudwatch.EventTarget(
        child,
        { rule: rule.name, arn: to, roleArn: role.arn, ...(inputTransformer && { inputTransformer }) },
        { parent: this, dependsOn: [policy] },
      );
    };
    // https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
    start(
      `${name}-preview`,
      `Previews pull requests of ${repository}`,
      {
        source: ["aws.codecommit"],
        "detail-type": ["CodeCommit Pull Request State Change"],
        resources: [codecommitArn(scope, repository)],
        detail: {
          event: ["pullRequestCreated", "pullRequestSourceBranchUpdated"],
          pullRequestStatus: ["Open"],
        },
      },
      previewArn,
      {
        // Numbers and commits are AWS's own; what people write, such as the title, is pasted nowhere.
        inputPaths: {
          pullRequest: "$.detail.pullRequestId",
          source: "$.detail.sourceCommit",
          destination: "$.detail.destinationCommit",
        },
        inputTemplate: `{"sourceVersion":<source>,"environmentVariablesOverride":[${variables({
          PULL_REQUEST: "pullRequest",
          SOURCE_COMMIT: "source",
          DESTINATION_COMMIT: "destination",
        })}]}`,
      },
    );
    // https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html#sample-build-notifications-ref
    start(
      `${name}-comment`,
      `Comments previews of pull requests of ${repository} once they have ended`,
      {
        source: ["aws.codebuild"],
        "detail-type": ["CodeBuild Build State Change"],
        detail: { "project-name": [pullRequestName(scope, "preview")], "build-status": ENDED },
      },
      commentArn,
      {
        inputPaths: { build: "$.detail.build-id" },
        inputTemplate: `{"environmentVariablesOverride":[${variables({ BUILD_ARN: "build" })}]}`,
      },
    );
  }
}

/** Variables of StartBuild, each with what EventBridge fills in and puts quotes around. */
const variables = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, path]) => `{"name":"${name}","type":"PLAINTEXT","value":<${path}>}`)
    .join(",");
