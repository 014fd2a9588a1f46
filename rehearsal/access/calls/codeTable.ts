/** What Build and Promote do with the code, an image or files, and with what is kept of it. */
import { on, read } from "../../aws/requests";
import type { Asked } from "../../aws/types";
import { pushImage, recorded, released, template, validate } from "./jobAsks";
import { CLI, ECR, nothing, PUSH, type Row, row, rowOf, S3, STACKS } from "./jobRow";
import type { JobSite } from "./jobSite";
import { ecrArn } from "./names";
import { listing, write } from "./store";

const images =
  (...actions: string[]) =>
  ({ variable, pipeline }: JobSite): Asked[] =>
    on(
      ecrArn(pipeline, variable("REPOSITORY_NAME")),
      actions.map((each) => `ecr:${each}`),
    );
const BUILD = [["build", "job"]] as const;
const PROMOTE = [["promote", "job"]] as const;
/** Who looks at a scan: Plan, or Deploy where there is no Plan. */
const GATES = [
  ["plan", "job"],
  ["deploy", "job"],
  ["branch-deploy", "job"],
] as const;
const scan = (site: JobSite): Asked[] =>
  site.job.kind === "deploy" && site.variable("APPROVAL") === "true"
    ? []
    : [
        ...images("DescribeImageScanFindings")(site),
        // ECR asks Inspector where that scans, as the caller.
        ...on("*", ["inspector2:ListCoverage", "inspector2:ListFindings"]),
      ];

export const CODE_ROWS: readonly Row[] = [
  row("build.sh", "s3 cp", BUILD, `${CLI}s3/cp.html`, (site) => [
    ...read(site.pipeline, `${site.kept}release.json`),
    ...listing(site.pipeline, site.kept),
    ...released(site, site.kept).flatMap((key) => read(site.pipeline, key)),
    ...template(site),
  ]),
  row("build.sh", "cloudformation validate-template", BUILD, STACKS, validate),
  rowOf("image", "image.sh", "ecr batch-get-image", BUILD, ECR, images("BatchGetImage")),
  rowOf("image", "image.sh", "ecr get-login-password", BUILD, `${CLI}ecr/get-login-password.html`, () =>
    on("*", ["ecr:GetAuthorizationToken"]),
  ),
  rowOf(
    "image",
    "scan.sh",
    "ecr describe-image-scan-findings",
    GATES,
    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-iam.html",
    scan,
  ),
  rowOf("image", "image.sh", "docker login", BUILD, PUSH, nothing), // the token is all that it takes
  rowOf("image", "image.sh", "docker logout", BUILD, PUSH, nothing),
  rowOf(
    "image",
    "image.sh",
    "docker buildx create",
    BUILD,
    "https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html",
    nothing,
  ), // pulls without a name
  rowOf("image", "image.sh", "docker buildx build", BUILD, PUSH, pushImage),
  row("promote.sh", "s3api list-objects-v2", PROMOTE, S3, ({ pipeline, releases, variable, code }) => [
    ...listing(pipeline, `kept/${variable("PIPELINE")}/`),
    ...(code === "files" ? listing(pipeline, releases().replace(/[^/]*\/$/, "")) : []),
  ]),
  // From folder to folder; without properties it asks for no tags, also of what is copied in parts.
  row("promote.sh", "s3 cp", PROMOTE, `${CLI}s3/cp.html`, (site) => [
    ...listing(site.pipeline, site.releases()),
    ...released(site, site.releases()).flatMap((key) => read(site.pipeline, key)),
    ...released(site, site.kept).flatMap((key) => write(site.pipeline, key)),
  ]),
  row("promote.sh", "s3api delete-objects", PROMOTE, S3, (site) =>
    [site.kept, ...(site.code === "files" ? [site.releases()] : [])]
      .flatMap((folder) => released(site, folder))
      .flatMap((key) => on(`${site.pipeline.bucketArn}/${key}`, ["s3:DeleteObject"])),
  ),
  row("records.sh", "s3 cp", PROMOTE, `${CLI}s3/cp.html`, (site) => [
    ...listing(site.pipeline, `kept/${site.variable("PIPELINE")}/environments/`),
    ...read(site.pipeline, recorded(site)),
    ...write(site.pipeline, recorded(site)),
  ]),
  rowOf("image", "promote.sh", "ecr describe-images", PROMOTE, ECR, images("DescribeImages")),
  rowOf("image", "promote.sh", "ecr batch-delete-image", PROMOTE, ECR, images("BatchDeleteImage")),
];
