import assert from "node:assert/strict";
import { PullRequests, PULUMI_VERSION } from "../../../components/pullRequests/pullRequests";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Resource } from "../../../rehearsal/record/record";
import {
  documentOf,
  inputsOf,
  JOB_DEFAULTS,
  names,
  only,
  registered,
  roleStatements,
  SCOPE,
} from "../../programs";
import { map } from "../../../packages/iam/src/json";

const ROLES = [
  "arn:aws:iam::444444444444:role/team/acme-preview",
  "arn:aws:iam::222222222222:role/team/acme-test-preview",
];
const made = (): Promise<Resource[]> =>
  registered(
    (opts) =>
      new PullRequests(
        "pr",
        { scope: SCOPE, repository: "platform", previewRoleArns: ROLES, jobDefaults: JOB_DEFAULTS },
        opts,
      ),
  );
const REPOSITORY = "arn:aws:codecommit:eu-central-1:444444444444:platform";
const project = (kind: string): string =>
  `arn:aws:codebuild:eu-central-1:444444444444:project/acme-pull-requests-${kind}`;
const log = (kind: string): string =>
  `arn:aws:logs:eu-central-1:444444444444:log-group:/aws/codebuild/acme-pull-requests-${kind}:*`;
const allow = (Sid: string, Action: string[], ...Resource: string[]) => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
});
const writeLog = (kind: string) =>
  allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], log(kind));

describe("PullRequests", () => {
  let resources: Resource[];
  before(async () => (resources = await made()));

  it("are two jobs, what starts them, and nothing else", () => {
    const each = (child: string, ...types: string[]) => types.map((type) => `aws:${type} pr-${child}`);
    const ofJob = [
      ...["cloudwatch/eventRule:EventRule", "cloudwatch/eventTarget:EventTarget"],
      ...["cloudwatch/logGroup:LogGroup", "codebuild/project:Project"],
      ...["iam/role:Role", "iam/rolePolicy:RolePolicy"],
    ];
    assert.deepEqual(
      names(resources),
      [
        ...each("preview", ...ofJob),
        ...each("comment", ...ofJob),
        ...each("start", "iam/role:Role", "iam/rolePolicy:RolePolicy"),
        "delivery:index:PullRequests pr",
      ].sort(),
    );
  });

  it("let the job that runs the pull request's code fetch it and take the preview roles", () => {
    assert.deepEqual(roleStatements(resources, "pr-preview"), [
      writeLog("preview"),
      allow("PullSource", ["codecommit:GitPull"], REPOSITORY),
      allow("TakePreviewRoles", ["sts:AssumeRole"], ...ROLES),
    ]);
  });

  it("let the other job read the preview and comment on pull requests of this repository", () => {
    assert.deepEqual(roleStatements(resources, "pr-comment"), [
      writeLog("comment"),
      allow("ReadPreview", ["codebuild:BatchGetBuilds"], project("preview")),
      allow("ReadPreviewLog", ["logs:GetLogEvents"], log("preview")),
      allow(
        "ReadPullRequests",
        ["codecommit:GetCommentsForPullRequest", "codecommit:GetPullRequest"],
        REPOSITORY,
      ),
      allow(
        "CommentPullRequests",
        ["codecommit:PostCommentForPullRequest", "codecommit:UpdateComment"],
        REPOSITORY,
      ),
    ]);
  });

  it("let rules of the account start these two jobs", () => {
    assert.deepEqual(roleStatements(resources, "pr-start"), [
      allow("StartJobs", ["codebuild:StartBuild"], project("preview"), project("comment")),
    ]);
    const { Statement } = documentOf(only(resources, "iam/role:Role", "pr-start"), "assumeRolePolicy");
    assert.deepEqual(Statement, [
      {
        Sid: "AssumedByService",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:444444444444:rule/*" },
        },
      },
    ]);
  });

  it("preview the commit of each pull request that is opened, or whose branch gets commits", () => {
    const rules = inputsOf(resources, "cloudwatch/eventRule:EventRule");
    assert.deepEqual(JSON.parse(String(rules["pr-preview"]?.["eventPattern"])), {
      source: ["aws.codecommit"],
      "detail-type": ["CodeCommit Pull Request State Change"],
      resources: [REPOSITORY],
      detail: {
        event: ["pullRequestCreated", "pullRequestSourceBranchUpdated"],
        pullRequestStatus: ["Open"],
      },
    });
    const target = inputsOf(resources, "cloudwatch/eventTarget:EventTarget")["pr-preview"] ?? {};
    assert.equal(target["arn"], project("preview"));
    const { inputPaths, inputTemplate } = map(target["inputTransformer"]);
    assert.deepEqual(inputPaths, {
      pullRequest: "$.detail.pullRequestId",
      source: "$.detail.sourceCommit",
      destination: "$.detail.destinationCommit",
    });
    // EventBridge puts quotes around what it fills in.
    assert.deepEqual(JSON.parse(String(inputTemplate).replace(/<(\w+)>/g, '"$1"')), {
      sourceVersion: "source",
      environmentVariablesOverride: [
        { name: "PULL_REQUEST", type: "PLAINTEXT", value: "pullRequest" },
        { name: "SOURCE_COMMIT", type: "PLAINTEXT", value: "source" },
        { name: "DESTINATION_COMMIT", type: "PLAINTEXT", value: "destination" },
      ],
    });
  });

  it("comment when the preview's job has ended, however it did", () => {
    const rules = inputsOf(resources, "cloudwatch/eventRule:EventRule");
    assert.deepEqual(JSON.parse(String(rules["pr-comment"]?.["eventPattern"])), {
      source: ["aws.codebuild"],
      "detail-type": ["CodeBuild Build State Change"],
      detail: {
        "project-name": ["acme-pull-requests-preview"],
        "build-status": ["SUCCEEDED", "FAILED", "STOPPED", "FAULT", "TIMED_OUT"],
      },
    });
    const target = inputsOf(resources, "cloudwatch/eventTarget:EventTarget")["pr-comment"] ?? {};
    assert.equal(target["arn"], project("comment"));
    assert.deepEqual(target["inputTransformer"], {
      inputPaths: { build: "$.detail.build-id" },
      inputTemplate:
        '{"environmentVariablesOverride":[{"name":"BUILD_ARN","type":"PLAINTEXT","value":<build>}]}',
    });
  });

  it("fetch the source by CodeBuild for the one job, and nothing for the other, and hand on no artifact", () => {
    const projects = inputsOf(resources, "codebuild/project:Project");
    const shape = (name: string) => {
      const { source, artifacts, environment } = projects[name] ?? {};
      const { type, location } = map(source);
      const { environmentVariables } = map(environment);
      return { type, location, artifacts, environmentVariables };
    };
    assert.deepEqual(shape("pr-preview"), {
      type: "CODECOMMIT",
      location: "https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/platform",
      artifacts: { type: "NO_ARTIFACTS" },
      environmentVariables: [{ name: "PULUMI_VERSION", value: PULUMI_VERSION }],
    });
    assert.deepEqual(shape("pr-comment"), {
      type: "NO_SOURCE",
      location: undefined,
      artifacts: { type: "NO_ARTIFACTS" },
      environmentVariables: [
        { name: "REPOSITORY", value: "platform" },
        { name: "PREVIEW_PROJECT", value: "acme-pull-requests-preview" },
      ],
    });
  });

  it("preview with the Pulumi of GitHub's workflow", () => {
    const workflow = readFileSync(join(__dirname, "../../../.github/workflows/preview.yml"), "utf8");
    assert.ok(workflow.includes(`pulumi-version: ${PULUMI_VERSION}\n`));
  });
});
