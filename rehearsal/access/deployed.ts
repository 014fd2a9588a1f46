import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ofType, type Rehearsed } from "../record";
import { parameterValues, readParameterFile } from "../release/parameters";
import type { Site } from "../release/physicalNames";
import { findServices } from "../release/service";
import { evaluate, type StackResource } from "../release/stack";
import { readTemplate, type Template } from "../release/template";
import type { Folder } from "../stackFiles";
import { arnOf } from "./collect";
import { deployedType } from "./deployedTypes";
import { required, type Target, targetsOf } from "./jobs";
import { notKnown } from "./notKnown";

/** What one resource of a workload's template is in its environment. */
export interface DeployedResource {
  readonly logicalId: string;
  /** `AWS::DynamoDB::Table`. */
  readonly type: string;
  /** What `Ref` gives: its name or id. */
  readonly id: string;
  /** Its ARN, or that of what the calls for it are asked on. */
  readonly arn: string;
  /** Resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** What CloudFormation does beside the properties: `DeletionPolicy`, `UpdatePolicy`, resolved. */
  readonly policies: Readonly<Record<string, unknown>>;
}

/** A pipeline's service in one environment, as its template makes it. */
export interface Deployment {
  readonly pipeline: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** `catalog--test` */
  readonly stackName: string;
  /** ARN of the repository that the image is pulled from. */
  readonly repositoryArn: string;
  readonly resources: readonly DeployedResource[];
}

export interface DeploymentOptions {
  /** Folders that a pipeline's `directory` is looked for in. */
  readonly places: readonly string[];
  /** Folder of the service, in place of what settings say. */
  readonly app: string | undefined;
}

export interface Deployments {
  readonly deployments: readonly Deployment[];
  /** Pipelines whose service is not here, and why. */
  readonly withoutTemplate: readonly { readonly pipeline: string; readonly why: string }[];
}

/** The rehearsal's image and run: any of the right form are as good. */
export const IMAGE_DIGEST = `sha256:${"0".repeat(64)}`;
export const EXECUTION_ID = "00000000-0000-4000-8000-000000000000";

/** Repository that is pulled from by this address. */
function repositoryArn(record: Rehearsed, uri: string): string {
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/.exec(uri) ??
    notKnown(`${uri} is not the address of a repository`);
  const found = ofType(record, "awsx:ecr:Repository", "aws:ecr/repository:Repository").find((each) => {
    const [, , , of, by] = arnOf(each).split(":");
    return of === region && by === account && arnOf(each).endsWith(`:repository/${name}`);
  });
  return arnOf(found ?? notKnown(`no stack makes the repository ${uri}`));
}

/** The pipeline's parameters, as Deploy passes them. */
const given = ({ variables, project }: Target): Record<string, string> => ({
  ImageUri: `${required(variables, "REPOSITORY_URI", project.name)}@${IMAGE_DIGEST}`,
  Release: EXECUTION_ID,
  CodeDeployRoleArn: required(variables, "CODEDEPLOY_ROLE_ARN", project.name),
  PermissionsBoundaryArn: required(variables, "BOUNDARY_ARN", project.name),
  RolePath: required(variables, "ROLE_PATH", project.name),
});

function deployed(site: Site, resource: StackResource): DeployedResource {
  const where = `the template of ${site.stack}`;
  const { logicalId, type, id, properties, policies } = resource;
  return {
    logicalId,
    type,
    id,
    arn: deployedType(where, resource).arn(site, resource),
    properties,
    policies,
  };
}

function deploymentOf(record: Rehearsed, target: Target, template: Template, service: string): Deployment {
  const { pipeline, environment, project, variables } = target;
  const site: Site = {
    environment,
    stack: required(variables, "STACK_NAME", project.name),
    account: required(variables, "ENVIRONMENT_ACCOUNT", project.name),
    region: project.region ?? notKnown(`${project.name} is in no Region`),
  };
  const own = readParameterFile(join(service, "parameters"), environment);
  const values = parameterValues(template, environment, own, given(target));
  const { resources } = evaluate(template, site, values, new Map());
  return {
    pipeline,
    environment,
    account: site.account,
    region: site.region,
    stackName: site.stack,
    repositoryArn: repositoryArn(record, variables["REPOSITORY_URI"] ?? ""),
    resources: [...resources.values()].map((each) => deployed(site, each)),
  };
}

/**
 * What the templates of the services that are here make in every environment of their pipelines. Throws Stopped
 * for a template that cannot be read, NotKnown for a resource that may carry access unseen.
 */
export function deploymentsOf(folder: Folder, record: Rehearsed, options: DeploymentOptions): Deployments {
  const { found, missing } = findServices(folder, options.places, options.app);
  const withoutTemplate = [...missing];
  const targets = targetsOf(record);
  const deployments = found.flatMap(({ pipeline, folder: service }) => {
    const { name } = pipeline.id;
    const without = (why: string): [] => {
      withoutTemplate.push({ pipeline: name, why });
      return [];
    };
    const file = join(service, "template.yaml");
    if (!existsSync(file)) return without(`its folder ${pipeline.directory} has no template.yaml`);
    const template = readTemplate(readFileSync(file, "utf8"));
    if (template.Transform !== undefined)
      return without(
        `its template uses the transform ${JSON.stringify(template.Transform)}, which is not expanded here`,
      );
    return targets
      .filter((target) => target.pipeline === name)
      .map((target) => deploymentOf(record, target, template, service));
  });
  return { deployments, withoutTemplate };
}
