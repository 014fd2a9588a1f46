/** What single commands of the jobs call beyond the one action of their name. */
import { on, read, taggedWith } from "../../aws/requests";
import type { Asked } from "../../aws/types";
import { stackTags } from "../estate/branches";
import { COMMIT_ID, EXECUTION_ID } from "../estate/deployedParameters";
import type { JobSite } from "./jobSite";
import { ecrArn, WORKLOAD_TAG } from "./names";
import { write } from "./store";

/** The template that change-set.sh has read, beside the folder of the release's own files. */
export const deployedTemplate = ({ releases }: JobSite): string =>
  releases().replace(/\/$/, ".template.json");
/** The change set of a run. */
export const SET = { "cloudformation:ChangeSetName": `d-${EXECUTION_ID}` };

/**
 * A change set takes the execution role along, tags the stack, and reads the template, all as the caller. For a branch it
 * takes no role: CloudFormation goes on with the caller's own session.
 */
export function createChangeSet(site: JobSite): Asked[] {
  const { pipeline, stackArn, variable, branch } = site;
  const template = deployedTemplate(site);
  const stackName = variable("STACK_NAME");
  const tags = taggedWith(branch ? stackTags(branch, stackName) : { [WORKLOAD_TAG]: stackName });
  const role = branch ? undefined : variable("EXECUTION_ROLE_ARN");
  const build = pipeline.jobs.find(({ kind }) => kind === "build");
  const transforms = (build?.variables["TRANSFORMS"] ?? "").split(" ").filter((each) => each !== "");
  return [
    ...on(stackArn(), ["cloudformation:CreateChangeSet"], {
      ...SET,
      ...tags,
      ...(role !== undefined && { "cloudformation:RoleArn": role }),
      "cloudformation:TemplateUrl": `https://${pipeline.bucketArn.split(":::")[1]}.${pipeline.viaS3}/${template}`,
    }),
    ...transforms.flatMap((each) =>
      on(
        `arn:${pipeline.partition}:cloudformation:${pipeline.region}:aws:transform/${each.replace(/^AWS::/, "")}`,
        ["cloudformation:CreateChangeSet"],
      ),
    ),
    ...on(stackArn(), ["cloudformation:TagResource"], {
      ...tags,
      "cloudformation:CreateAction": "CreateChangeSet",
    }),
    ...(role === undefined
      ? []
      : on(role, ["iam:PassRole"], { "iam:PassedToService": "cloudformation.amazonaws.com" })),
    ...read(pipeline, template),
  ];
}

/** BuildKit pushes the image, and takes layers from a cache as well as puts them there. */
export function pushImage({ pipeline, variable, job }: JobSite): Asked[] {
  const push = [
    "BatchCheckLayerAvailability",
    "BatchGetImage",
    "CompleteLayerUpload",
    "InitiateLayerUpload",
    "PutImage",
    "UploadLayerPart",
  ];
  const actions = [...push, "GetDownloadUrlForLayer"].map((each) => `ecr:${each}`);
  const cache = job.variables["CACHE_URI"];
  return [variable("REPOSITORY_URI"), ...(cache === undefined ? [] : [cache])].flatMap((uri) =>
    on(ecrArn(pipeline, uri.slice(uri.indexOf("/") + 1)), actions),
  );
}

/** Where Build puts the templates that CloudFormation looks at. */
const checked = ({ templates, variable }: JobSite): string[] =>
  templates.map((each) => `${variable("ARTIFACT_PREFIX")}/Release/${COMMIT_ID}/${each}`);

/** CloudFormation reads the template that it is asked about, as the caller. */
export const validate = (site: JobSite): Asked[] => [
  ...on("*", ["cloudformation:ValidateTemplate"]),
  ...checked(site).flatMap((key) => read(site.pipeline, key)),
];

export const template = (site: JobSite): Asked[] => checked(site).flatMap((key) => write(site.pipeline, key));

/** What CloudFormation and Lambda read of a release, below a folder of the bucket; all its other files go with it. */
export const released = ({ templates, files }: JobSite, folder: string): string[] =>
  [...templates, ...files].map((each) => folder + each);

/** The record of what an environment runs. */
export const recorded = ({ variable }: JobSite): string =>
  `kept/${variable("PIPELINE")}/environments/${variable("ENVIRONMENT")}.json`;
