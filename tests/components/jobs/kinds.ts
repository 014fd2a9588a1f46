import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { type Workload, workloadSiteOf } from "../../../components/workloads/workload";
import { filesIn } from "./storage";
import { BUCKET, COMMIT_ID, DIGEST, TOOLING, emptyWorld, type World } from "./world";
import { REGION } from "./stack";

/** What the jobs of one kind of workload are given. */

/** The site of environment test. */
export const SITE = workloadSiteOf({
  scope: { project: "delivery", region: REGION, toolingAccount: TOOLING, path: "/" },
  account: "222222222222",
  pipeline: { name: "catalog", prefix: "catalog" },
  environment: "test",
  functionNetwork: { subnets: ["subnet-1a", "subnet-1b"], securityGroups: ["sg-1"] },
});
/** What the template of a kind must declare. */
export const required = (workload: Workload): string[] =>
  Object.keys({ ...workload.parameters(SITE), ...workload.rollbackParameters });

/** A world in which the template declares just what the kind's must. */
export const worldOf = (workload: Workload): World => {
  const parameters = required(workload).map((ParameterKey) => ({
    ParameterKey,
    ...(ParameterKey in workload.rollbackParameters && { DefaultValue: "x" }),
  }));
  return { ...emptyWorld(), template: { parameters, transforms: [] } };
};

/** Puts what Build handed over where Promote keeps it. */
export function keep(world: World, folder: string, commit = COMMIT_ID): void {
  for (const file of filesIn(folder))
    world.objects.set(`${BUCKET}/kept/catalog/${commit}/${relative(folder, file)}`, readFileSync(file));
}

/** Of CodeBuild. */
export const BUILD_ID = "5b1d0000-0000-4000-8000-00000000b111";
export const REPOSITORY_URI = `${TOOLING}.dkr.ecr.${REGION}.amazonaws.com/catalog`;
/** What CloudFormation shows of a function that runs the release's image. */
export const RELEASED_FUNCTION = JSON.stringify({
  Properties: { Code: { ImageUri: `${REPOSITORY_URI}@${DIGEST}` } },
});
/** What Pulumi gives to Build. */
export const buildVariables = (workload: Workload): Record<string, string> => ({
  PIPELINE: "catalog",
  DIRECTORY: "app",
  ENVIRONMENTS: "test prod",
  ARTIFACT_BUCKET: BUCKET,
  ARTIFACT_PREFIX: "catalog",
  PACKAGING: workload.packaging,
  TEMPLATE: "template.yaml",
  STACK_PREFIX: "catalog--",
  SECRETS: "/delivery/catalog/build/",
  REQUIRED_PARAMETERS: Object.keys(workload.parameters(SITE)).join(" "),
  ROLLBACK_PARAMETER_NAMES: Object.keys(workload.rollbackParameters).join(" ") || "-",
  ...(workload.packaging === "image" && {
    REPOSITORY_NAME: "catalog",
    REPOSITORY_URI,
    PLATFORM: "linux/amd64",
    BUILDKIT_IMAGE: "public.ecr.aws/vend/moby/buildkit:v0.20.0",
  }),
  COMMIT_ID,
  CODEBUILD_BUILD_ID: `delivery-catalog-build:${BUILD_ID}`,
});
