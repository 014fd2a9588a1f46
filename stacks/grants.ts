/** Whom tooling's own policies name: the more environments and pipelines, the longer they get. */
import {
  accountRoot,
  ANY_BRANCH,
  arn,
  branchName,
  BRANCH_PRINCIPALS,
  branchPipeline,
  BRANCHES,
  ENVIRONMENT_JOBS,
  environmentName,
  type EnvironmentRole,
  inRegion,
  jobName,
  ownersRoleArn,
  principalName,
  replicationRoleName,
  roleArn,
  type Scope,
  selfPipeline,
  workloadName,
} from "../components/names";
import { pipelineJobs } from "../components/stage";
import type { ImagePuller } from "../components/store/imageRepository";
import { WORKLOADS } from "../components/workloads/list";
import { codeAlone } from "../components/workloads/workload";
import { environmentOfBranches } from "./places";
import type { Pipeline, ToolingSettings } from "./settings/model";
import type { ReleaseReaders } from "../components/store/artifactStorePolicies";

/**
 * The only roles that may touch artifacts, where settings say so, each by its exact name: whoever may create roles could make
 * one that a pattern covers. Who takes the store down must be able to empty it.
 */
export const onlyRoles = ({
  scope,
  artifactRoles,
  deletable,
  environments,
  pipelines,
  replication,
  selfUpdate,
}: ToolingSettings): string[] | undefined =>
  artifactRoles && !deletable
    ? [
        ...(replication ? [replicationRoleArn(scope)] : []),
        ...pipelines
          .flatMap((pipeline) => handlers(scope, pipeline, { environments }))
          .concat(
            (selfUpdate ? (["pipeline", "preview", "up"] as const) : []).map((kind) =>
              principalName(scope, selfPipeline(scope), kind),
            ),
          )
          .map((name) => roleArn(scope, scope.toolingAccount, name)),
        ...artifactRoles,
      ]
    : undefined;

const replicationRoleArn = (scope: Scope): string =>
  roleArn(scope, scope.toolingAccount, replicationRoleName(scope));

/** The same of the replica, which no job touches before it takes over. */
export const onlyRolesOfReplica = ({
  scope,
  artifactRoles,
  deletable,
}: ToolingSettings): string[] | undefined =>
  artifactRoles && !deletable ? [replicationRoleArn(scope), ...artifactRoles] : undefined;

/** Names of the roles in tooling that carry artifacts of a pipeline and of its branches. */
function handlers(
  scope: Scope,
  pipeline: Pipeline,
  settings: Pick<ToolingSettings, "environments">,
): string[] {
  const { id, environments, branches } = pipeline;
  const verifiesBranches = environmentOfBranches(settings, pipeline)?.verify !== false;
  const own = (["pipeline", ...pipelineJobs(environments)] as const).map((kind) =>
    principalName(scope, id, kind),
  );
  const ofEnvironments = environments.flatMap(({ name, approval, runner }) => {
    const made = { "plan-job": approval, "release-job": true, "runner-job": runner };
    return ENVIRONMENT_JOBS.filter((kind) => made[kind]).map((kind) => jobName(scope, id, kind, name));
  });
  return [
    ...own,
    ...ofEnvironments,
    ...(branches
      ? [
          jobName(scope, branchPipeline(id), "release-job"),
          ...BRANCH_PRINCIPALS.filter(
            (kind) => kind !== "trigger" && (kind !== "verify" || verifiesBranches),
          ).map((kind) => principalName(scope, branchPipeline(id), kind)),
        ]
      : []),
  ];
}

/** Who reads release files, for all pipelines and their branches, in one Region. Default: in tooling's. */
export const allReaders = (settings: ToolingSettings, region?: string): ReleaseReaders[] =>
  settings.pipelines.flatMap((pipeline) => [
    // Where code alone is released, the release job sends it along, and nobody reads it.
    ...[readers(settings, pipeline, region)].filter(({ roleArns }) => roleArns.length > 0),
    ...branchRoles(settings, pipeline, region).map(({ accountRoot, roleArn }) => ({
      pipeline: branchPipeline(pipeline.id).name,
      accountRoots: [accountRoot],
      roleArns: [roleArn],
    })),
  ]);

/** The environment of a pipeline's branches, if it is in that Region. Default: in tooling's. */
export const placesOfBranches = (
  { environments }: ToolingSettings,
  { branches }: Pipeline,
  region?: string,
): ToolingSettings["environments"][number][] =>
  environments.filter((each) => each.name === branches?.environment && each.region === region);

/** Where a pipeline's branches have their stacks in a Region: the role that deploys these, with whose rights CloudFormation works. */
function branchRoles(settings: ToolingSettings, pipeline: Pipeline, region?: string) {
  const { scope } = settings;
  return placesOfBranches(settings, pipeline, region).map(({ account }) => ({
    account,
    accountRoot: accountRoot(scope, account),
    roleArn: roleArn(scope, account, environmentName(scope, pipeline.id, BRANCHES, "deploy")),
  }));
}

/** Who pulls images of branches: the role that deploys them and their functions, or the role that each has for its tasks. */
export function branchPullers(settings: ToolingSettings, pipeline: Pipeline, region?: string): ImagePuller[] {
  const scope = inRegion(settings.scope, region);
  const { fetchedBy } = WORKLOADS[pipeline.workload];
  return branchRoles(settings, pipeline, region).map(({ account, accountRoot, roleArn: deploys }) =>
    fetchedBy === "execution"
      ? {
          ...{ accountRoot, roleArn: deploys },
          functionArns: arn(scope, "lambda", account, `function:${workloadName(pipeline.id, BRANCHES)}-*`),
        }
      : {
          accountRoot,
          roleArn: roleArn(scope, account, `${branchName(pipeline.id, ANY_BRANCH)}-${fetchedBy}`),
        },
  );
}

/** Regions that aren't tooling's, and in which environments read release files or pull images. */
export const furtherRegions = (settings: ToolingSettings): string[] =>
  [...new Set(settings.environments.flatMap(({ region }) => region ?? []))].filter(
    (region) =>
      allReaders(settings, region).length > 0 ||
      settings.pipelines.some((pipeline) => imageRegions(pipeline).includes(region)),
  );

/** Regions that aren't tooling's, and in which environments pull a pipeline's images. */
export const imageRegions = ({ environments, workload }: Pipeline): string[] =>
  WORKLOADS[workload].packaging === "image"
    ? [...new Set(environments.flatMap(({ region }) => region ?? []))]
    : [];

/** Who reads a pipeline's release files, in each environment of a Region: the role that plans, who fetches code that is files, and the runner. */
export function readers(
  { scope }: ToolingSettings,
  { id, environments: all, workload }: Pipeline,
  region?: string,
): ReleaseReaders {
  const environments = all.filter((each) => each.region === region);
  const { packaging, fetchedBy } = WORKLOADS[workload];
  const kinds = (runner: unknown): EnvironmentRole[] => [
    ...(codeAlone(WORKLOADS[workload]) ? [] : (["plan"] as const)),
    ...(packaging === "image" || fetchedBy === "nobody" ? [] : [fetchedBy]),
    ...(runner === undefined ? [] : (["runner"] as const)),
  ];
  return {
    pipeline: id.name,
    accountRoots: [
      ...new Set(
        environments
          .filter(({ runner }) => kinds(runner).length > 0)
          .map(({ account }) => accountRoot(scope, account)),
      ),
    ],
    roleArns: environments.flatMap(({ name, account, runner }) =>
      kinds(runner).map((kind) => roleArn(scope, account, environmentName(scope, id, name, kind))),
    ),
  };
}

/** Who pulls its images, in each environment of a Region: the role that fetches them, and the functions that run them. */
export function pullers(
  { scope }: ToolingSettings,
  { id, environments: all, workload }: Pipeline,
  region?: string,
): ImagePuller[] {
  const { fetchedBy } = WORKLOADS[workload];
  if (fetchedBy === "nobody") return [];
  const environments = all.filter((each) => each.region === region);
  return environments.flatMap(({ name, account, ownersFunction, ownersService }) => {
    const named = (written: string) => arn(inRegion(scope, region), "lambda", account, `function:${written}`);
    if (fetchedBy === "owner")
      // On instances AWS's documentation has it both ways.
      return [ownersService?.executionRole, ownersService?.instanceRole].flatMap((role) =>
        role === undefined
          ? []
          : [
              {
                accountRoot: accountRoot(scope, account),
                roleArn: ownersRoleArn(scope, account, role),
              },
            ],
      );
    return {
      accountRoot: accountRoot(scope, account),
      roleArn: roleArn(scope, account, environmentName(scope, id, name, fetchedBy)),
      ...(fetchedBy === "execution" && { functionArns: named(`${workloadName(id, name)}-*`) }),
      // Its versions have ARNs of their own.
      ...(ownersFunction && { functionArns: [ownersFunction.name, `${ownersFunction.name}:*`].map(named) }),
    };
  });
}
