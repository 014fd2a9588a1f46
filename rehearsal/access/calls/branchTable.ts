/** What the jobs of branches do with the registry of branches, and ask about these. */
import { on, read } from "../../aws/requests";
import { BRANCHES } from "../estate/branches";
import { CLI, PIPELINES, type Row, row, S3, STACKS } from "./jobRow";
import type { JobSite } from "./jobSite";
import { listing, write } from "./store";

const REGISTER = [["branch-register", "job"]] as const;
const CLEANUP = [["branch-cleanup", "job"]] as const;
const BOTH = [...REGISTER, ...CLEANUP];

const registry = ({ variable }: JobSite): string => `kept/${variable("PIPELINE")}/`;
/** The note of a branch that has a stack. Register is told its branch by nobody: one stands for all. */
export const registered = (site: JobSite): string =>
  `${registry(site)}${site.branch?.hash ?? BRANCHES[0]?.hash ?? ""}`;

/** Which stack the clean-up is about to delete. */
const deleting = (site: JobSite): string => `${registered(site)}.stack`;

export const BRANCH_ROWS: readonly Row[] = [
  row("branch.sh", "s3api list-objects-v2", BOTH, S3, (site) => listing(site.pipeline, registry(site))),
  row("branch.sh", "s3 cp", BOTH, `${CLI}s3/cp.html`, (site) => read(site.pipeline, registered(site))),
  row("branch-register.sh", "s3 cp", REGISTER, `${CLI}s3/cp.html`, (site) =>
    write(site.pipeline, registered(site)),
  ),
  row("branch-register.sh", "codepipeline get-pipeline-execution", REGISTER, PIPELINES, (site) =>
    on(site.pipeline.arn, ["codepipeline:GetPipelineExecution"]),
  ),
  row(
    "branch-cleanup.sh",
    "codecommit get-branch",
    CLEANUP,
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodecommit.html",
    ({ pipeline: { partition, region, account }, job: { variables } }) =>
      variables["REPOSITORY"] === undefined
        ? []
        : on(`arn:${partition}:codecommit:${region}:${account}:${variables["REPOSITORY"]}`, [
            "codecommit:GetBranch",
          ]),
  ),
  row(
    "retained.sh",
    "cloudformation describe-stack-events",
    [
      ["deploy", "deploy"],
      ["branch-deploy", "deploy"],
      ["branch-cleanup", "deploy"],
    ],
    STACKS,
    ({ stackArn }) => on(stackArn(), ["cloudformation:DescribeStackEvents"]),
  ),
  row("branch-cleanup.sh", "s3 cp", CLEANUP, `${CLI}s3/cp.html`, (site) => [
    ...write(site.pipeline, deleting(site)),
    ...read(site.pipeline, deleting(site)),
  ]),
  row("branch-cleanup.sh", "s3 rm", CLEANUP, `${CLI}s3/rm.html`, (site) =>
    [registered(site), deleting(site)].flatMap((key) =>
      on(`${site.pipeline.bucketArn}/${key}`, ["s3:DeleteObject"]),
    ),
  ),
];
