/** What follows from the kinds of workload that settings ask for, and from what their environments have for them. */
import type { Kinds, KindTraits } from "../kindTraits";
import type { CharterSettings, CharterTarget } from "./settings";

/** Looks a resource up by its type and the program's name for it: its ARN. */
export type Find = (type: string, name: string) => string;

/** What rows may need of a kind: what it is made of, and never what it is called. */
export const traits = ({ code, fetchedBy, platform, bounded, roles }: KindTraits): string[] => [
  code,
  `${code} by ${fetchedBy}`,
  ...(platform ? ["platform"] : []),
  ...(bounded ? ["bounded"] : []),
  ...Object.keys(roles).map((role) => `role ${role}`),
];

/** Who may touch artifacts where settings say so: the project's roles, those named, and who fetches for environments. */
export function onlyRoles(
  { artifactRoles, pipelines, project, partition, path, tooling }: CharterSettings,
  kinds: Kinds,
) {
  if (artifactRoles === undefined) return [];
  const role = (account: string, name: string) =>
    `arn:${partition}:iam::${account}:role${path}${project}-${name}`;
  const ofBranches = pipelines.flatMap(({ prefix, branches }) =>
    branches ? [role(branches.account, `${prefix}--br-deploy`)] : [],
  );
  const fetching = pipelines.flatMap(({ prefix, environments, workload }) => {
    const { code, fetchedBy } = kinds.get(workload) ?? {};
    const parts = ["plan", ...(code === "files" && fetchedBy !== undefined ? [fetchedBy] : [])];
    return environments.flatMap(({ name, account }) =>
      parts.map((part) => role(account, `${prefix}--${name}-${part}`)),
    );
  });
  return [role(tooling, "*"), ...artifactRoles, ...fetching, ...ofBranches];
}

/** The cluster, the listener and its rules: AWS completes the names of those that the environment's stack builds. */
export function platformWords(platform: NonNullable<CharterTarget["platform"]>, name: string, find: Find) {
  const built = "port" in platform;
  const listener = built ? find("aws:lb/listener:Listener", `${name}-${platform.port}`) : platform.listener;
  const cluster = built ? find("aws:ecs/cluster:Cluster", name).split("/").at(-1) : platform.cluster;
  return { cluster: cluster ?? "", listener, rules: listener.replace(":listener/", ":listener-rule/") };
}
