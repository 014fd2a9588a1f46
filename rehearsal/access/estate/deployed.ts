import { map } from "../../../packages/iam/src/json";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ofType, type Rehearsed } from "../../record/record";
import { readParameterFile } from "../../release/cloudformation/parameters";
import type { Site } from "../../aws/physicalNames";
import { findServices, type Service } from "../../release/emulator/service";
import { evaluate, type StackResource } from "../../release/cloudformation/stack";
import { readTemplate, type Template } from "../../release/cloudformation/template";
import type { Folder } from "../../record/stackFiles";
import { textOf } from "../../record/yamlFile";
import { arnOf } from "./collect";
import { added, given, requireDeclared, resolved } from "./deployedParameters";
import { knownCloudFormationType } from "../../aws/registry";
import type { DeployedResource, DeployedStack } from "../../aws/types";
import { inventoryOf, told } from "../../record/inventory";
import { stackTags, type Target, targetsOf } from "./branches";
import type { Kinds, KindTraits } from "./kindTraits";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";

/** A pipeline's service in one environment, as its template makes it. */
export interface Deployment extends DeployedStack {
  readonly pipeline: string;
  readonly environment: string;
  readonly traits: KindTraits;
  /** Names of the parameters in SSM that CloudFormation reads for the template. */
  readonly parameters: readonly string[];
}

export interface DeploymentOptions {
  /** Folders that a pipeline's `directory` is looked for in. */
  readonly places: readonly string[];
  /** Folder of the service, in place of what settings say. */
  readonly app: string | undefined;
  /** The pipeline whose service that is. Default: the first that is here. */
  readonly pipeline?: string | undefined;
}

export interface Deployments {
  readonly deployments: readonly Deployment[];
  /** What Deploy adds to the templates of branches, of pipelines whose own template is not here. */
  readonly added: readonly Deployment[];
  /** Pipelines whose service is not here, and why. */
  readonly withoutTemplate: readonly { readonly pipeline: string; readonly why: string }[];
  /** Pipelines whose template Build makes: another one, which stands for it, is here. */
  readonly stoodIn: readonly string[];
}

/** What stands for a template that Build packages. */
const STAND_IN = join(__dirname, "sampleTemplate.yaml");

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

/** Throws NotKnown for a type or property that may carry access unseen. */
function deployed(site: Site, resource: StackResource): DeployedResource {
  const { logicalId, type, id, properties, policies } = resource;
  const where = `the template of ${site.stack}: ${logicalId}`;
  const known = knownCloudFormationType(where, type);
  for (const refused of known.refused ?? []) {
    const value = refused.split(".").reduce<unknown>((inner, key) => map(inner)[key], properties);
    if (value !== undefined) notKnown(`${where} (${type}) has ${refused}, which is not collected`);
  }
  return { logicalId, type, id, arn: known.arn(site, resource), properties, policies };
}

const NO_TEMPLATE = readTemplate("Resources: {}");

/** A template, and where the parameters of its environments are. */
interface Found {
  readonly template: Template;
  /** As settings name it. */
  readonly file: string;
  readonly parameters: string;
  readonly traits: KindTraits;
}

function deploymentOf(
  record: Rehearsed,
  target: Target,
  { template, file, parameters, traits }: Found,
): Deployment {
  const { pipeline, name, project, variables, branch } = target;
  const site: Site = {
    environment: told(target, "ENVIRONMENT"),
    stack: told(target, "STACK_NAME"),
    account: told(target, "ENVIRONMENT_ACCOUNT"),
    region: variables["ENVIRONMENT_REGION"] ?? project.region ?? notKnown(`${project.name} is in no Region`),
  };
  const own = readParameterFile(parameters, site.environment);
  const whole = { ...template, Resources: { ...template.Resources, ...added(target) } };
  // Those of a platform are given more than environments are.
  if (template !== NO_TEMPLATE && branch && traits.platform) requireDeclared(pipeline, whole, given(target));
  const made = resolved(record, { ...site, file }, whole, own, given(target));
  const { resources } = evaluate(made.template, site, made.values, new Map());
  const uri = variables["REPOSITORY_URI"];
  return {
    pipeline,
    environment: name,
    account: site.account,
    region: site.region,
    stackName: site.stack,
    tags: branch ? stackTags(branch, site.stack) : { "delivery:workload": site.stack },
    traits,
    repositoryArn: uri === undefined ? undefined : repositoryArn(record, uri),
    parameters: made.read,
    resources: [...resources.values()].map((each) => deployed(site, each)),
  };
}

/** What stands for a template that Build packages; it has no parameters of its own. */
const standIn = (traits: KindTraits): Found => ({
  template: readTemplate(readFileSync(STAND_IN, "utf8")),
  file: STAND_IN,
  parameters: "",
  traits,
});

/** The template of a service, or why there is none. */
function templateOf({ pipeline, folder }: Service, traits: KindTraits): Found | string {
  const { directory, template: written } = pipeline;
  const file = join(folder, written);
  if (!existsSync(file)) return `its folder ${directory} has no ${written}`;
  const named = join(directory, written);
  const template = readTemplate(textOf(file, named), written);
  if (template.Transform !== undefined)
    return `its template uses the transform ${JSON.stringify(template.Transform)}, which is not expanded here`;
  return { template, file: named, parameters: join(folder, dirname(written), "parameters"), traits };
}

/**
 * What the templates of the services that are here make in every environment of their pipelines. Throws Stopped
 * for a template that cannot be read, NotKnown for a resource that may carry access unseen.
 */
export function deploymentsOf(
  folder: Folder,
  record: Rehearsed,
  kinds: Kinds,
  options: DeploymentOptions,
): Deployments {
  const { found, missing } = findServices(folder, options.places, options.app, options.pipeline);
  const pipelines = inventoryOf(record);
  const withoutTemplate: { pipeline: string; why: string }[] = [];
  const stoodIn: string[] = [];
  const alone: Deployment[] = [];
  const services = [
    ...found.map((service) => ({ name: service.pipeline.id.name, service })),
    ...missing.map(({ pipeline, why }) => ({ name: pipeline, service: why })),
  ];
  const deployments = services.flatMap(({ name, service }) => {
    const kind =
      pipelines.find((each) => each.name === name)?.workload ?? notKnown(`no stack makes pipeline ${name}`);
    const traits = kinds.get(kind) ?? notKnown(`what workload ${kind} is made of is not known`);
    if (traits.codeAlone !== undefined) return []; // its owner's template is not here
    if (traits.packaged) stoodIn.push(name);
    const template = traits.packaged
      ? standIn(traits)
      : typeof service === "string"
        ? service
        : templateOf(service, traits);
    const targets = pipelines
      .filter((each) => [each.name, each.branchesOf].includes(name))
      .flatMap(targetsOf);
    if (typeof template !== "string") return targets.map((target) => deploymentOf(record, target, template));
    withoutTemplate.push({ pipeline: name, why: template });
    const nothing = { template: NO_TEMPLATE, file: "", parameters: "", traits };
    const adding = targets.filter((target) => Object.keys(added(target)).length > 0);
    alone.push(...adding.map((target) => deploymentOf(record, target, nothing)));
    return [];
  });
  return { deployments, added: alone, withoutTemplate, stoodIn };
}
