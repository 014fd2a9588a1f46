/** Every command of the jobs' scripts, and what it calls: by hand, since what a command calls is in the documentation alone. */
import { on, read } from "../../aws/requests";
import type { Asked } from "../../aws/types";
import { EXECUTION_ID } from "../estate/deployedParameters";
import { BRANCH_ROWS, registered } from "./branchTable";
import { CODE_ROWS } from "./codeTable";
import { createChangeSet, deployedTemplate, released, SET } from "./jobAsks";
import { CLI, nothing, PIPELINES, type Row, row, S3, STACKS } from "./jobRow";
import type { JobSite } from "./jobSite";
import { listing, write } from "./store";

const stack =
  (action: string, context?: Asked["context"]) =>
  ({ stackArn }: JobSite): Asked[] =>
    on(stackArn(), [`cloudformation:${action}`], context);
const pipeline =
  (action: string) =>
  ({ pipeline }: JobSite): Asked[] =>
    on(pipeline.arn, [`codepipeline:${action}`]);
/** Whether there is an object: one of a release that is kept, or of a branch. */
const listed = (site: JobSite): Asked[] => {
  return listing(site.pipeline, site.job.kind === "build" ? site.kept : registered(site));
};

/** What Deploy writes of itself, and others read. */
const deployed = (site: JobSite): Asked[] => {
  const { pipeline, job, variable } = site;
  const folder = [
    variable("PIPELINE"),
    variable("ENVIRONMENT_ACCOUNT"),
    variable("ENVIRONMENT"),
    variable("EXECUTION_ID"),
  ];
  const key = `releases/${folder.join("/")}/deployed.json`;
  return job.kind.endsWith("deploy") ? write(pipeline, key) : read(pipeline, key);
};

/** The logs of every job that a run may fail in. */
const reasons = ({ pipeline: { partition, region, account, jobs } }: JobSite): Asked[] =>
  [
    ...new Set(jobs.filter(({ action }) => action).map(({ project }) => String(project.outputs["name"]))),
  ].flatMap((name) =>
    on(
      `arn:${partition}:logs:${region}:${account}:log-group:/aws/codebuild/${name}:log-stream:${EXECUTION_ID}`,
      ["logs:GetLogEvents"],
    ),
  );

const PLAN = [["plan", "job"]] as const;
const DEPLOY = [
  ["deploy", "deploy"],
  ["branch-deploy", "deploy"],
] as const;
const ASKING = [
  ["plan", "job"],
  ["deploy", "job"],
  ["branch-register", "job"],
  ["branch-deploy", "job"],
] as const;
const READING = [["promote", "job"]] as const;
const CLEANUP = [["cleanup", "job"]] as const;
const CLEANING = [["cleanup", "cleanup"]] as const;
const BOTH = [
  ["plan", "plan"],
  ["deploy", "plan"],
  ["branch-deploy", "plan"],
] as const;
const EVERYWHERE = [
  ["plan", "plan"],
  ["deploy", "deploy"],
  ["cleanup", "cleanup"],
  ["branch-deploy", "deploy"],
  ["branch-cleanup", "deploy"],
] as const;

export const ROWS: readonly Row[] = [
  row("common.sh", "cloudformation describe-stacks", EVERYWHERE, STACKS, stack("DescribeStacks")),
  row(
    "common.sh",
    "s3api list-objects-v2",
    [
      ["build", "job"],
      ["branch-cleanup", "job"],
    ],
    S3,
    listed,
  ),
  row(
    "change-set.sh",
    "s3 cp",
    [
      ["plan", "job"],
      ["deploy", "job"],
      ["branch-deploy", "job"],
    ],
    `${CLI}s3/cp.html`,
    (site) =>
      [...released(site, site.releases()), deployedTemplate(site)].flatMap((key) =>
        write(site.pipeline, key),
      ),
  ),
  row("change-set.sh", "cloudformation list-change-sets", BOTH, STACKS, stack("ListChangeSets"), "update"),
  // The list is asked for only when AWS refuses the deletion.
  row(
    "common.sh",
    "cloudformation delete-change-set",
    [...BOTH, ...CLEANING],
    STACKS,
    stack("DeleteChangeSet", SET),
  ),
  row(
    "common.sh",
    "cloudformation list-change-sets",
    [...BOTH, ...CLEANING],
    STACKS,
    stack("ListChangeSets"),
  ),
  row("change-set.sh", "cloudformation create-change-set", BOTH, STACKS, createChangeSet),
  row("change-set.sh", "cloudformation describe-change-set", BOTH, STACKS, stack("DescribeChangeSet", SET)),
  row("change-set.sh", "cloudformation get-template", BOTH, STACKS, stack("GetTemplate")),
  row(
    "change-set.sh",
    "ssm get-parameters",
    [
      ["plan", "job"],
      ["deploy", "job"],
      ["branch-deploy", "job"],
    ],
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html",
    ({ variable, pipeline: { partition, region, account } }) =>
      variable("JUDGE")
        .split(" ")
        .flatMap((name) =>
          on(`arn:${partition}:ssm:${region}:${account}:parameter${name}`, ["ssm:GetParameters"]),
        ),
  ),
  row(
    "change-set.sh",
    "dynamodb list-tables",
    BOTH,
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
    () => on("*", ["dynamodb:ListTables"]),
    "first deployment",
  ),
  // Reads a file of the release, without rights; it would ask AWS only to upload.
  row(
    "change-set.sh",
    "cloudformation package",
    [
      ["plan", "job"],
      ["deploy", "job"],
      ["branch-deploy", "job"],
    ],
    `${CLI}cloudformation/package.html`,
    nothing,
  ),
  row("plan.sh", "codepipeline get-pipeline-state", PLAN, PIPELINES, pipeline("GetPipelineState")),
  row(
    "run.sh",
    "codepipeline get-pipeline-state",
    [...ASKING, ...READING],
    PIPELINES,
    pipeline("GetPipelineState"),
  ),
  row(
    "run.sh",
    "codepipeline get-pipeline-execution",
    [
      ["deploy", "job"],
      ["promote", "job"],
      ["branch-deploy", "job"],
    ],
    PIPELINES,
    pipeline("GetPipelineExecution"),
    "roll-back",
  ),
  row("run.sh", "codepipeline list-action-executions", ASKING, PIPELINES, pipeline("ListActionExecutions")),
  row(
    "deployed.sh",
    "s3 cp",
    [["deploy", "job"], ["branch-deploy", "job"], ["verify", "job"], ...READING],
    `${CLI}s3/cp.html`,
    deployed,
  ),
  row("execute.sh", "cloudformation describe-change-set", DEPLOY, STACKS, stack("DescribeChangeSet", SET)),
  row("execute.sh", "cloudformation describe-stack-events", DEPLOY, STACKS, stack("DescribeStackEvents")),
  row("execute.sh", "cloudformation execute-change-set", DEPLOY, STACKS, stack("ExecuteChangeSet", SET)),
  row(
    "execute.sh",
    "cloudformation continue-update-rollback",
    DEPLOY,
    STACKS,
    stack("ContinueUpdateRollback"),
    "roll-back",
  ),
  row(
    "deploy.sh",
    "cloudformation update-termination-protection",
    [["deploy", "deploy"]],
    STACKS,
    stack("UpdateTerminationProtection"),
  ),
  row(
    "cleanup.sh",
    "codepipeline list-action-executions",
    CLEANUP,
    PIPELINES,
    pipeline("ListActionExecutions"),
  ),
  row(
    "cleanup.sh",
    "codepipeline get-pipeline-execution",
    CLEANUP,
    PIPELINES,
    pipeline("GetPipelineExecution"),
  ),
  row(
    "reasons.sh",
    "logs get-log-events",
    CLEANUP,
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html",
    reasons,
  ),
  row(
    "cleanup.sh",
    "sns publish",
    CLEANUP,
    "https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html",
    ({ variable }) => on(variable("TOPIC_ARN"), ["sns:Publish"]),
  ),
  row("cleanup.sh", "cloudformation list-change-sets", CLEANING, STACKS, stack("ListChangeSets")),
  row(
    "removal.sh",
    "cloudformation delete-stack",
    [...CLEANING, ["branch-cleanup", "deploy"]],
    STACKS,
    stack("DeleteStack"),
    "deletion",
  ),
  ...BRANCH_ROWS,
  ...CODE_ROWS,
];
