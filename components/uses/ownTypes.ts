/** CloudFormation's types that a team's own documents may not let in, by their namespaces: `SQS` of `AWS::SQS::Queue`. Pure. */
import { WORKLOADS } from "../workloads/list";
import type { Workload } from "../workloads/workload";
import { USE_NAMES, type UseName, USES } from "./list";

export const SYSTEM = "it releases services, and this system has its own of it";
export const PEOPLE = "it says who people and accounts are";
export const KEYS =
  "keys have no names, so that one can't be told from another, such as from the artifact key";
export const IMAGES = "images of the release are in tooling's repositories, and the program lets take them";
export const STACKS = "it makes stacks with other roles";
export const SHARES = "it shares resources with other accounts";
export const TAKEN = "it lets others take roles";

/** Those that no setting lets in, and why. */
export const NEVER_TYPES: Readonly<Record<string, string>> = {
  CloudFormation: "it makes what Plan does not see",
  Organizations: PEOPLE,
  SSO: PEOPLE,
  IdentityStore: PEOPLE,
  ServiceCatalog: STACKS,
  ServiceCatalogAppRegistry: STACKS,
  Proton: STACKS,
  RAM: SHARES,
  RolesAnywhere: TAKEN,
  KMS: KEYS,
  CodePipeline: SYSTEM,
  CodeBuild: SYSTEM,
  CodeCommit: SYSTEM,
  CodeConnections: SYSTEM,
  CodeStarConnections: SYSTEM,
  CodeStarNotifications: SYSTEM,
  Chatbot: SYSTEM,
  ECR: IMAGES,
};

export const namespaceOf = (type: string): string => type.split("::")[1] ?? "";

/**
 * Those that the program judges itself, with the names in `uses` that bring them; none where the kinds have them. Read off the
 * program's own list, so that a service that comes into it is refused here too.
 */
export const JUDGED: ReadonlyMap<string, readonly UseName[]> = (() => {
  const kinds = Object.values(WORKLOADS as Readonly<Record<string, Workload>>);
  const found = new Map<string, UseName[]>();
  for (const type of kinds.flatMap(({ template }) => template.types)) found.set(namespaceOf(type), []);
  for (const name of USE_NAMES)
    for (const type of Object.values(USES[name].parts).flatMap(({ template }) => template.types)) {
      const names = found.get(namespaceOf(type)) ?? [];
      found.set(namespaceOf(type), [...names.filter((each) => each !== name), name]);
    }
  return found;
})();

/** All of both. */
export const CLOSED: readonly string[] = [...Object.keys(NEVER_TYPES), ...JUDGED.keys()].sort();
