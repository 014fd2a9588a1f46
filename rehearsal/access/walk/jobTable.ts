/** Every command of the jobs' scripts, and what it calls: by hand, since what a command calls is in the documentation alone. */
import type { Asked, Phase } from "./call";
import { on } from "./call";
import { createChangeSet, pushImage, SET, template, validate } from "./jobAsks";
import type { As, JobSite } from "./jobSite";
import { ecrArn } from "./names";
import { listing, read, write } from "./store";

/** One kind of command in one script. */
export interface Row {
  /** `change-set.sh` */
  readonly script: string;
  /** `cloudformation describe-stacks`, as the AWS CLI or Docker calls it. */
  readonly command: string;
  /** The jobs that run it, and with whose rights. */
  readonly by: readonly (readonly [job: string, as: As])[];
  /** Default: every release; of the clean-up job: failure. */
  readonly phase?: Phase;
  readonly source: string;
  readonly asks: (site: JobSite) => readonly Asked[];
}

const CLI = "https://docs.aws.amazon.com/cli/latest/reference/";
const STACKS =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html";
const PIPELINES = "https://docs.aws.amazon.com/codepipeline/latest/userguide/permissions-reference.html";
const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html";
const ECR =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html";
const PUSH = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html";

const stack =
  (action: string, context?: Asked["context"]) =>
  ({ stackArn }: JobSite): Asked[] =>
    on(stackArn(), [`cloudformation:${action}`], context);
const pipeline =
  (action: string) =>
  ({ scene }: JobSite): Asked[] =>
    on(scene.arn, [`codepipeline:${action}`]);
const images =
  (...actions: string[]) =>
  ({ variable, scene }: JobSite): Asked[] =>
    on(
      ecrArn(scene, variable("REPOSITORY_NAME")),
      actions.map((each) => `ecr:${each}`),
    );
const nothing = (): Asked[] => [];

const BUILD = [["build", "job"]] as const;
const PLAN = [["plan", "job"]] as const;
const DEPLOY = [["deploy", "deploy"]] as const;
const MARK = [["mark", "job"]] as const;
const CLEANUP = [["cleanup", "job"]] as const;
const CLEANING = [["cleanup", "cleanup"]] as const;
const BOTH = [
  ["plan", "plan"],
  ["deploy", "plan"],
] as const;
const EVERYWHERE = [
  ["plan", "plan"],
  ["deploy", "deploy"],
  ["cleanup", "cleanup"],
] as const;
const row = (
  script: string,
  command: string,
  by: Row["by"],
  source: string,
  asks: Row["asks"],
  phase?: Phase,
): Row => ({ script, command, by, source, asks, ...(phase && { phase }) });

export const ROWS: readonly Row[] = [
  // AWS asks for no permission; taking the role for it is a call of its own.
  row(
    "common.sh",
    "sts get-caller-identity",
    EVERYWHERE,
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html",
    nothing,
  ),
  row("common.sh", "cloudformation describe-stacks", EVERYWHERE, STACKS, stack("DescribeStacks")),
  row("build.sh", "s3api list-objects-v2", BUILD, S3, ({ scene, kept }) => listing(scene, kept)),
  row("build.sh", "s3 cp", BUILD, `${CLI}s3/cp.html`, (site) => [
    ...listing(site.scene, site.kept),
    ...read(site.scene, `${site.kept}SHA256SUMS`),
    ...template(site),
  ]),
  row("build.sh", "cloudformation validate-template", BUILD, STACKS, validate),
  row("image.sh", "ecr batch-get-image", BUILD, ECR, images("BatchGetImage")),
  row("image.sh", "ecr get-login-password", BUILD, `${CLI}ecr/get-login-password.html`, () =>
    on("*", ["ecr:GetAuthorizationToken"]),
  ),
  row("image.sh", "ecr describe-image-scan-findings", BUILD, ECR, images("DescribeImageScanFindings")),
  row("image.sh", "docker login", BUILD, PUSH, nothing), // the token is all that it takes
  row("image.sh", "docker logout", BUILD, PUSH, nothing),
  row(
    "image.sh",
    "docker buildx create",
    BUILD,
    "https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html",
    nothing,
  ), // pulls without a name
  row("image.sh", "docker buildx build", BUILD, PUSH, pushImage),
  row(
    "change-set.sh",
    "s3 cp",
    [
      ["plan", "job"],
      ["deploy", "job"],
    ],
    `${CLI}s3/cp.html`,
    (site) => write(site.scene, `${site.releases()}template.yaml`),
  ),
  row("change-set.sh", "cloudformation list-change-sets", BOTH, STACKS, stack("ListChangeSets"), "update"),
  row(
    "change-set.sh",
    "cloudformation delete-change-set",
    BOTH,
    STACKS,
    stack("DeleteChangeSet", SET),
    "update",
  ),
  row("change-set.sh", "cloudformation create-change-set", BOTH, STACKS, createChangeSet),
  row("change-set.sh", "cloudformation describe-change-set", BOTH, STACKS, stack("DescribeChangeSet", SET)),
  row("plan.sh", "codepipeline get-pipeline-state", PLAN, PIPELINES, pipeline("GetPipelineState")),
  row(
    "deploy.sh",
    "codepipeline get-pipeline-execution",
    [["deploy", "job"]],
    PIPELINES,
    pipeline("GetPipelineExecution"),
  ),
  row("deploy.sh", "cloudformation describe-change-set", DEPLOY, STACKS, stack("DescribeChangeSet", SET)),
  row("deploy.sh", "cloudformation describe-stack-events", DEPLOY, STACKS, stack("DescribeStackEvents")),
  row("deploy.sh", "cloudformation execute-change-set", DEPLOY, STACKS, stack("ExecuteChangeSet", SET)),
  row("deploy.sh", "cloudformation describe-stacks", DEPLOY, STACKS, stack("DescribeStacks")),
  row(
    "deploy.sh",
    "cloudformation continue-update-rollback",
    DEPLOY,
    STACKS,
    stack("ContinueUpdateRollback"),
    "roll-back",
  ),
  row(
    "deploy.sh",
    "cloudformation update-termination-protection",
    DEPLOY,
    STACKS,
    stack("UpdateTerminationProtection"),
  ),
  row("mark.sh", "s3api list-objects-v2", MARK, S3, ({ scene, releases, variable }) => [
    ...listing(scene, releases()),
    ...listing(scene, `kept/${variable("PIPELINE")}/`),
  ]),
  row("mark.sh", "s3api copy-object", MARK, S3, ({ scene, releases, kept }) => [
    ...read(scene, `${releases()}template.yaml`),
    ...write(scene, `${kept}template.yaml`),
  ]),
  row("mark.sh", "s3 rm", MARK, `${CLI}s3/rm.html`, ({ scene, kept }) => [
    ...listing(scene, kept),
    ...on(`${scene.bucketArn}/${kept}template.yaml`, ["s3:DeleteObject"]),
  ]),
  row("mark.sh", "ecr batch-get-image", MARK, ECR, images("BatchGetImage")),
  row("mark.sh", "ecr put-image", MARK, ECR, images("PutImage")),
  row("mark.sh", "ecr describe-images", MARK, ECR, images("DescribeImages")),
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
    "cleanup.sh",
    "sns publish",
    CLEANUP,
    "https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html",
    ({ variable }) => on(variable("TOPIC_ARN"), ["sns:Publish"]),
  ),
  row("cleanup.sh", "cloudformation list-change-sets", CLEANING, STACKS, stack("ListChangeSets")),
  row("cleanup.sh", "cloudformation delete-change-set", CLEANING, STACKS, stack("DeleteChangeSet", SET)),
  row("cleanup.sh", "cloudformation delete-stack", CLEANING, STACKS, stack("DeleteStack"), "deletion"),
];
