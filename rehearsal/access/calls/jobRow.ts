/** What the tables of the jobs' commands are made of. */
import type { Asked } from "../../aws/types";
import type { Phase } from "./call";
import type { As, JobSite } from "./jobSite";

/** One kind of command in one script. */
export interface Row {
  /** `change-set.sh` */
  readonly script: string;
  /** `cloudformation describe-stacks`, as the AWS CLI or Docker calls it. */
  readonly command: string;
  /** The jobs that run it, and with whose rights. */
  readonly by: readonly (readonly [job: string, as: As])[];
  /** What the code must be for it to be run. Default: whichever it is. */
  readonly code?: JobSite["code"];
  /** Default: every release; of the clean-up job: failure. */
  readonly phase?: Phase;
  readonly source: string;
  readonly asks: (site: JobSite) => readonly Asked[];
}

export const CLI = "https://docs.aws.amazon.com/cli/latest/reference/";
export const STACKS =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html";
export const PIPELINES =
  "https://docs.aws.amazon.com/codepipeline/latest/userguide/permissions-reference.html";
export const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html";
export const ECR =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html";
export const PUSH = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html";

export const nothing = (): Asked[] => [];
export const row = (
  script: string,
  command: string,
  by: Row["by"],
  source: string,
  asks: Row["asks"],
  phase?: Phase,
): Row => ({ script, command, by, source, asks, ...(phase && { phase }) });
/** A row of a script that is run for code of one form. */
export const rowOf = (code: JobSite["code"], ...args: Parameters<typeof row>): Row => ({
  ...row(...args),
  code,
});
