/** What follows from the kinds of workload that settings ask for, and from what their environments have for them. */
import type { Kinds, KindTraits } from "../estate/kindTraits";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { MatrixPipeline, MatrixSettings, MatrixTarget } from "./settings";
import type { Values } from "./bindings";

/** Looks a resource up by its type and the program's name for it: its ARN. */
export type Find = (type: string, name: string) => string;

/** What rows may need of a kind: what it is made of, and never what it is called. */
export const traits = ({ code, codeAlone, fetchedBy, platform, bounded, roles }: KindTraits): string[] => [
  code,
  ...(codeAlone === undefined ? ["stack"] : ["code alone", `code alone for a ${codeAlone}`]),
  `${code} by ${fetchedBy}`,
  ...(platform ? ["platform"] : []),
  ...(bounded ? ["bounded"] : []),
  ...Object.keys(roles).map((role) => `role ${role}`),
];

/** What a pipeline's workload is made of. Throws NotKnown for a kind that there is not. */
export const kindOf = (kinds: Kinds, { workload }: MatrixPipeline): KindTraits =>
  kinds.get(workload) ?? notKnown(`what workload ${workload} is made of is not known`);

/** What Build and Verify of a pipeline work with, by the program's names for it and for its repository. */
export const builtWith =
  ({ code }: KindTraits, layerCache = false) =>
  (base: string, repository: string, find: Find): Values => {
    const group = "aws:codebuild/reportGroup:ReportGroup";
    return {
      ...(code === "image" && {
        images: find("awsx:ecr:Repository", repository),
        nearImages: find("awsx:ecr:Repository", repository),
        ...(layerCache && { cache: find("awsx:ecr:Repository", `${repository}.cache`) }),
      }),
      tests: find(group, `${base}-tests`),
      coverage: find(group, `${base}-coverage`),
      verify: find(group, `${base}-verify`),
    };
  };

/** Whether tooling's own job verifies what a pipeline has released. */
export const verifiesInTooling = (environments: readonly MatrixTarget[]): boolean =>
  environments.some(({ verify, verifiesInside }) => verify && !verifiesInside);

/** The role that S3 copies with. */
const replicationRole = ({
  project,
  partition,
  path,
  tooling,
}: Pick<MatrixSettings, "project" | "partition" | "path" | "tooling">): string =>
  `arn:${partition}:iam::${tooling}:role${path}${project}-replication`;

/** What waits in the other Region; nothing where settings have none. */
export function replicaWords(settings: MatrixSettings, find: Find) {
  const { replication, artifactRoles } = settings;
  if (replication === undefined) return {};
  return {
    replicaRegion: replication,
    replica: find("aws:s3/bucket:Bucket", "artifacts--replica"),
    replicaLogs: find("aws:s3/bucket:Bucket", "artifacts--replica-access-logs"),
    replicaKey: find("aws:kms/key:Key", "artifacts--replica"),
    onlyRolesOfReplica: artifactRoles === undefined ? [] : [replicationRole(settings), ...artifactRoles],
  };
}

/** Who may touch artifacts where settings say so: the jobs' and pipelines' roles, those named, and who fetches for environments. */
export function onlyRoles(
  { artifactRoles, pipelines, project, partition, path, tooling, replication, selfUpdate }: MatrixSettings,
  kinds: Kinds,
) {
  if (artifactRoles === undefined) return [];
  const copying = replication === undefined ? [] : [replicationRole({ project, partition, path, tooling })];
  const role = (account: string, name: string) =>
    `arn:${partition}:iam::${account}:role${path}${project}-${name}`;
  const ofBranches = pipelines.flatMap(({ prefix, branches }) =>
    branches ? [role(branches.account, `${prefix}--br-deploy`)] : [],
  );
  const fetching = pipelines.flatMap(({ prefix, environments, workload }) => {
    const { code, codeAlone, fetchedBy } = kinds.get(workload) ?? {};
    const fetched = code === "files" && fetchedBy !== undefined ? [fetchedBy] : [];
    const parts = codeAlone !== undefined ? [] : ["plan", ...fetched];
    return environments.flatMap(({ name, account, runner }) =>
      [...parts, ...(runner ? ["runner"] : [])].map((part) => role(account, `${prefix}--${name}-${part}`)),
    );
  });
  const bringingUp = selfUpdate === undefined ? [] : ["self-pipeline", "self-preview", "self-up"];
  const carrying = pipelines.flatMap(({ prefix, environments, branches }) => [
    ...["pipeline", "build", ...(verifiesInTooling(environments) ? ["verify"] : []), "promote"].map(
      (part) => `${prefix}-${part}`,
    ),
    ...environments.flatMap(({ name, approval, runner }) =>
      [...(approval ? ["plan-job"] : []), "release-job", ...(runner ? ["runner-job"] : [])].map(
        (part) => `${prefix}--${name}-${part}`,
      ),
    ),
    ...(branches
      ? ["pipeline", "register", "build", "release-job", ...(branches.verify ? ["verify"] : []), "cleanup"]
      : []
    ).map((part) => `${prefix}--br-${part}`),
  ]);
  return [
    ...copying,
    ...[...carrying, ...bringingUp].map((name) => role(tooling, name)),
    ...artifactRoles,
    ...fetching,
    ...ofBranches,
  ];
}

/** The cluster, the listener with its rules, the subnets: AWS names those that the environment's stack builds. */
export function platformWords(
  platform: NonNullable<MatrixTarget["platform"]>,
  name: string,
  find: Find,
  builtSubnets: readonly string[],
) {
  const built = "port" in platform;
  const listener = built ? find("aws:lb/listener:Listener", `${name}-${platform.port}`) : platform.listener;
  const cluster = built ? find("aws:ecs/cluster:Cluster", name).split("/").at(-1) : platform.cluster;
  return {
    cluster: cluster ?? "",
    listener,
    rules: listener.replace(":listener/", ":listener-rule/"),
    taskSubnets: built ? builtSubnets : platform.subnets,
  };
}
