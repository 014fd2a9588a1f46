/** What Build and Promote do with the code, an image or files, and with what is kept of it. */
import { type Asked, on } from "./call";
import { mark, pushImage, released, template, validate } from "./jobAsks";
import { CLI, ECR, nothing, PUSH, type Row, row, rowOf, S3, STACKS } from "./jobRow";
import type { JobSite } from "./jobSite";
import { ecrArn } from "./names";
import { listing, read, write } from "./store";

const images =
  (...actions: string[]) =>
  ({ variable, scene }: JobSite): Asked[] =>
    on(
      ecrArn(scene, variable("REPOSITORY_NAME")),
      actions.map((each) => `ecr:${each}`),
    );
const BUILD = [["build", "job"]] as const;
const PROMOTE = [["promote", "job"]] as const;

export const CODE_ROWS: readonly Row[] = [
  row("build.sh", "s3 cp", BUILD, `${CLI}s3/cp.html`, (site) => [
    ...listing(site.scene, site.kept),
    ...released(site, site.kept).flatMap((key) => read(site.scene, key)),
    ...template(site),
  ]),
  row("build.sh", "cloudformation validate-template", BUILD, STACKS, validate),
  rowOf("image", "image.sh", "ecr batch-get-image", BUILD, ECR, images("BatchGetImage")),
  rowOf("image", "image.sh", "ecr get-login-password", BUILD, `${CLI}ecr/get-login-password.html`, () =>
    on("*", ["ecr:GetAuthorizationToken"]),
  ),
  rowOf(
    "image",
    "image.sh",
    "ecr describe-image-scan-findings",
    BUILD,
    ECR,
    images("DescribeImageScanFindings"),
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
  row("promote.sh", "s3api list-objects-v2", PROMOTE, S3, ({ scene, releases, variable }) => [
    ...listing(scene, releases()),
    ...listing(scene, `kept/${variable("PIPELINE")}/`),
  ]),
  row("promote.sh", "s3api copy-object", PROMOTE, S3, (site) => [
    ...released(site, site.releases()).flatMap((key) => read(site.scene, key)),
    ...released(site, site.kept).flatMap((key) => write(site.scene, key)),
  ]),
  row("promote.sh", "s3 rm", PROMOTE, `${CLI}s3/rm.html`, (site) => [
    ...listing(site.scene, site.kept),
    ...released(site, site.kept).flatMap((key) => on(`${site.scene.bucketArn}/${key}`, ["s3:DeleteObject"])),
  ]),
  rowOf("image", "image-marks.sh", "ecr batch-get-image", PROMOTE, ECR, images("BatchGetImage")),
  rowOf("image", "image-marks.sh", "ecr put-image", PROMOTE, ECR, images("PutImage")),
  rowOf("image", "image-marks.sh", "ecr describe-images", PROMOTE, ECR, images("DescribeImages")),
  rowOf("files", "file-marks.sh", "s3 cp", PROMOTE, `${CLI}s3/cp.html`, (site) => [
    ...read(site.scene, mark(site)),
    ...[mark(site), `${mark(site)}-previous`].flatMap((key) => write(site.scene, key)),
  ]),
  rowOf("files", "file-marks.sh", "s3 rm", PROMOTE, `${CLI}s3/rm.html`, (site) =>
    released(site, site.releases()).flatMap((key) =>
      on(`${site.scene.bucketArn}/${key}`, ["s3:DeleteObject"]),
    ),
  ),
  rowOf("files", "file-marks.sh", "s3api list-objects-v2", PROMOTE, S3, ({ scene, variable, releases }) => [
    ...listing(scene, `kept/${variable("PIPELINE")}/live-`),
    ...listing(scene, releases().replace(/[^/]*\/$/, "")),
  ]),
  rowOf("files", "files.sh", "s3 cp", BUILD, `${CLI}s3/cp.html`, (site) =>
    read(site.scene, `${site.kept}release.json`),
  ),
];
