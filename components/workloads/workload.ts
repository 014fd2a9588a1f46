import type * as pulumi from "@pulumi/pulumi";
import {
  environmentName,
  type EnvironmentRole,
  type PipelineId,
  policyArn,
  roleArn,
  type Scope,
  workloadName,
  type WorkloadRole,
} from "../names";
import type { Statement } from "../policies";
import type { FunctionNetwork } from "../stage";
import type { Told } from "../told";
import type { TemplateRules } from "./templateRules";

/** What another stack may own, and code alone be released to. */
export type OwnedKind = "function" | "service";

/** What Build makes of the service, by the script of this name in `jobs/`: an image, or files in the release. */
export type Packaging = "image" | "serverless" | "zip";

/** One workload in one environment: what its permissions are limited to. */
export interface WorkloadSite {
  readonly scope: Scope;
  /** Account of the environment. */
  readonly account: string;
  readonly environment: string;
  /** Environment whose stack has what it runs on: for branches that whose account they are in. */
  readonly host: string;
  /** `catalog--test`: the stack, and with a hyphen behind it the prefix of every physical name in it. */
  readonly name: string;
  /** Boundary that every role of the workload must have. */
  readonly boundaryArn: string;
  /** The roles that the environment has for it. */
  readonly roleArn: (kind: EnvironmentRole) => string;
  /** Where its functions may be; not given where settings have none for the environment. */
  readonly functionNetwork?: FunctionNetwork | undefined;
}

/** A pipeline's workload in one environment. */
export const workloadSiteOf = ({
  scope,
  account,
  pipeline,
  environment,
  host = environment,
  functionNetwork,
}: {
  readonly scope: Scope;
  readonly account: string;
  readonly pipeline: PipelineId;
  readonly environment: string;
  /** Default: the environment itself. */
  readonly host?: string | undefined;
  readonly functionNetwork?: FunctionNetwork | undefined;
}): WorkloadSite => {
  const nameOf = (kind: EnvironmentRole | "boundary") => environmentName(scope, pipeline, environment, kind);
  return {
    scope,
    account,
    environment,
    host,
    name: workloadName(pipeline, environment),
    boundaryArn: policyArn(scope, account, nameOf("boundary")),
    roleArn: (kind) => roleArn(scope, account, nameOf(kind)),
    functionNetwork,
  };
};

/** The same, with where its images are. */
export interface CodeSite extends WorkloadSite {
  /** Repository of its images, in tooling; not given where code is files. */
  readonly repositoryArn?: string | undefined;
}

/** The same, with all that it is deployed from and to. */
export interface DeployedSite extends CodeSite {
  /** Its release files in tooling's bucket, and the key that they are encrypted with. */
  readonly releaseFilesArn: string;
  readonly keyArn: string;
  /** What it runs on and is reached through; not given where its kind needs none. */
  readonly platform?: Pick<Platform, "cluster" | "listenerArn" | "subnetIds"> | undefined;
}

/** The repository of a workload that has images. */
export function imagesOf({ name, repositoryArn }: Pick<CodeSite, "name" | "repositoryArn">): string {
  if (repositoryArn === undefined) throw new Error(`${name} has images, but no repository of them is given`);
  return repositoryArn;
}

/** The platform of a workload that runs on one. */
export function platformOf({ name, platform }: DeployedSite): NonNullable<DeployedSite["platform"]> {
  if (platform === undefined) throw new Error(`${name} runs on a container platform, but none is given`);
  return platform;
}

/** What a release puts into the values of template parameters; `change-set.sh` knows no others. */
export const RELEASED = {
  /** Id of the run. */
  run: "<run>",
  /** Image by digest: `<repository>@sha256:…`. */
  image: "<image>",
  /** Bucket of the release's files, and their folder in it, with a slash at its end. */
  bucket: "<bucket>",
  files: "<files>",
  /** SHA-256 of the code, in hexadecimal and in base64. */
  sha256: "<sha256>",
  base64: "<base64>",
  /** The stack, and of a branch the place that Register gives it among the rules of the listener. */
  stack: "<stack>",
  priority: "<priority>",
} as const;

/** A role that the environment has for an AWS service. */
export interface ServiceRole {
  /** Who takes it: `codedeploy.amazonaws.com`. */
  readonly service: string;
  /** What it does, to be completed by the workload's name. */
  readonly description: string;
  /** On whose behalf it may be taken, where AWS documents that the service says so. Default: not limited. */
  readonly sourceArn?: (site: WorkloadSite) => string;
  readonly statements: (site: CodeSite) => Statement[];
}

/** A resource as templates have it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A kind of workload: how it is built, what its template is given, and the permissions that this takes in an environment. */
export interface Workload {
  /** What settings call it. */
  readonly kind: string;
  readonly packaging: Packaging;
  /**
   * Role in the environment that fetches the code from tooling; `nobody` where the release job sends it along, `owner` where a role
   * of another stack's does, which settings name.
   */
  readonly fetchedBy: "execution" | "task-execution" | "deploy" | "owner" | "nobody";
  /** Code alone is released, to what another stack owns: there is no template, and CloudFormation does nothing. Default: to a stack. */
  readonly codeAlone?: OwnedKind;
  /** Whether an environment must have a container platform for it. */
  readonly platform: boolean;
  /** Makes of it, with all that settings add, what its branches have. Default: the same. */
  readonly forBranches?: (workload: Workload) => Workload;
  /** Resources that Deploy adds to the template, by name; only for branches. Default: none. */
  readonly added?: (site: CodeSite) => Readonly<Record<string, TemplateResource>>;
  /** Template parameters that every release sets, the template must declare, and the service may not set itself. */
  readonly parameters: (site: WorkloadSite) => Readonly<Record<string, string>>;
  /** Those that a roll-back sets besides; the template must declare them too. */
  readonly rollbackParameters: Readonly<Record<string, string>>;
  /** What its templates may hold; Plan refuses all else. */
  readonly template: TemplateRules;
  /** What CloudFormation may do to deploy it. Nothing is allowed that no template of this kind needs. */
  readonly execution: (site: DeployedSite) => Statement[];
  /** What it may do besides, for the services that settings add: in managed policies. Default: nothing. */
  readonly further?: (site: WorkloadSite) => Statement[];
  /** The most that any role of it can ever do, whatever its template says. Not given: its templates may have no roles. */
  readonly boundary?: (site: CodeSite) => Statement[];
  /** Further roles that it has in an environment. */
  readonly roles: Readonly<Partial<Record<WorkloadRole, ServiceRole>>>;
}

/** Whether another stack owns what it is released to. */
export const codeAlone = ({ codeAlone: alone }: Workload): boolean => alone !== undefined;

/** The further roles of a kind, by name. */
export const workloadRoles = ({ roles }: Workload): [WorkloadRole, ServiceRole][] =>
  Object.entries(roles) as [WorkloadRole, ServiceRole][];

/** What the branches of a workload have. */
export const ofBranches = (workload: Workload): Workload => workload.forBranches?.(workload) ?? workload;

/** What the services of an environment run on and are reached through: built here, or there already. */
export interface Platform {
  /** Name of the ECS cluster. */
  readonly cluster: Told;
  readonly vpcId: pulumi.Input<string>;
  /** Subnets of the tasks. They get no public address, so these need a way out, to pull images. */
  readonly subnetIds: pulumi.Input<readonly string[]>;
  readonly taskSecurityGroupId: pulumi.Input<string>;
  /** The listener that services add rules to. */
  readonly listenerArn: Told;
  /** Where the listener is reached, without a slash at its end: `https://shop.example.com`. */
  readonly endpointUrl: pulumi.Input<string>;
}
