/** Worlds to ask about: stacks with the sample service in every environment. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Deployment } from "../../../rehearsal/access/estate/deployed";
import type { DeployedResource } from "../../../rehearsal/aws/types";
import { makeWorld, type World, type WorldOptions } from "../../../rehearsal/access/estate/world";
import type { Rehearsed } from "../../../rehearsal/record/record";
import type { Folder } from "../../../rehearsal/record/stackFiles";
import { deliver } from "../../stacks/settingsSample";
import { CASES, upOf } from "../../stacks/together.cases";
import { ROOT, SAMPLE, unbroken } from "../sample";
import { list, map, type Values } from "../../../packages/iam/src/json";

export const APP = join(ROOT, "app");

/** The world of the sample's own settings, with a record that a test may have changed. */
export async function sampleWorld(record?: Rehearsed, options: Partial<WorldOptions> = {}): Promise<World> {
  return makeWorld(SAMPLE, record ?? (await unbroken()).runs, { places: [ROOT], app: undefined, ...options });
}

let world: Promise<World> | undefined;
/** The unbroken sample's, made once for all tests. */
export const unbrokenWorld = (): Promise<World> => (world ??= sampleWorld());

/** The sample's templates of the kinds that have one of their own. */
const TEMPLATES: Readonly<Record<string, string>> = {
  "lambda-zip": "lambda-zip/template.yaml",
  "ecs-service": "ecs-service/template.yaml",
};
const withTemplate = (pipeline: Values): Values => {
  const template = TEMPLATES[String(pipeline["workload"])];
  return template === undefined ? pipeline : { template, ...pipeline };
};

/** The settings of a case, as the rehearsal reads them. */
export function folderOf(title: string): Folder {
  const { files, project = "delivery" } = CASES[title] ?? assert.fail(`there is no case ${title}`);
  const stacks = Object.entries(files).map(([stack, values]) => ({
    stack,
    path: `Pulumi.${stack}.yaml`,
    config: deliver(
      "pipelines" in values
        ? { ...values, pipelines: list(values["pipelines"]).map(map).map(withTemplate) }
        : values,
      stack,
      project,
    ).config,
  }));
  return { project, stacks };
}

/** Services of the tests' own, which use what the sample has no use for: a folder each. */
export const SERVICES = join(ROOT, "tests/fixtures/services");

/** The world of a case; a pipeline releases the sample service, unless its folder is one of the tests' own services. */
export async function worldOf(title: string): Promise<World> {
  const places = title === "the sample" ? [ROOT] : [APP, SERVICES];
  return makeWorld(folderOf(title), await upOf(title), { places, app: undefined });
}

/** One deployment; fails with what there is. */
export function deploymentIn({ deployments }: World, environment: string): Deployment {
  const found = deployments.find((each) => each.environment === environment);
  return found ?? assert.fail(`no ${environment} in ${deployments.map((each) => each.stackName).join(", ")}`);
}

/** One resource of a deployment, by its logical id. */
export function resourceOf(deployment: Deployment, logicalId: string): DeployedResource {
  const found = deployment.resources.find((each) => each.logicalId === logicalId);
  return found ?? assert.fail(`no ${logicalId} in ${deployment.stackName}`);
}
