/** Places beside pipelines and their environments: previews and readers of stacks, branches of which two stand for all. */
import { BRANCHES } from "../estate/branches";
import type { BranchPlaces, Place, Values } from "./bindings";
import type { Find } from "./partFacts";
import type { MatrixEnvironment, MatrixPipeline, MatrixState } from "./settings";

/** An environment that somebody may look at; none otherwise. */
export function lookedPlace({ name, values, shown }: Place, of: MatrixEnvironment): Place[] {
  const { name: environment, account, readers } = of;
  const roles = `arn:${String(values["partition"])}:iam::${account}:role${String(values["path"])}`;
  const own = { environment, account, roles, readers };
  return readers.length === 0
    ? []
    : [{ name, values: { ...values, ...own }, shown: { ...shown, ...own }, has: new Set() }];
}

/** What the previews of a stack read. */
export function statePlace({ name, values, shown }: Place, state: MatrixState): Place {
  const { role: previewRole, bucket: stateBucket, root: stateRoot, projects: stateProjects } = state;
  const own = { previewRole, stateBucket, stateRoot, stateProjects };
  return { name, values: { ...values, ...own }, shown: { ...shown, ...own }, has: new Set() };
}

/** Not what is the main pipeline's alone. */
const shared = ({ has }: Place): string[] =>
  [...has].filter((each) => !["approvals", "runners", "layer cache", "stale approvals"].includes(each));

/** Roles and policies of the environment are named after all branches, what is in a stack after one. */
export function branchPlaces(
  { name, values, shown, has }: Place,
  pipeline: MatrixPipeline,
  { account, functionSubnets, functionGroups }: MatrixEnvironment,
  resources: (base: string, repository: string, find: Find) => Values,
  find: Find,
): BranchPlaces {
  const all = `${pipeline.prefix}--br`;
  const iam = `arn:${String(values["partition"])}:iam::${account}:`;
  const path = String(values["path"]);
  const own = {
    ...{ pipeline: all, prefix: all, artifacts: all, own: `${String(values["project"])}-${all}` },
    ...{ account, functionSubnets, functionGroups },
    ...{ environment: "*", roles: `${iam}role${path}`, policies: `${iam}policy${path}` },
  };
  const made = resources(`${pipeline.name}--br`, `${pipeline.name}.br`, find);
  const readable = Object.fromEntries(
    Object.keys(made).map((key) => [key, `of branches of ${pipeline.name}`]),
  );
  const more = account === values["tooling"] ? [] : ["abroad"];
  const place: Place = {
    name: own.own,
    values: { ...values, ...made, ...own },
    shown: { ...shown, ...readable, ...own },
    has: new Set([...shared({ name, values, shown, has }), ...more]),
  };
  const role = `${own.own}-deploy`;
  return {
    pipeline,
    place,
    branches: BRANCHES.map(({ hash }) => {
      const one = { hash, environment: hash, workload: `${all}-${hash}` };
      return {
        name: `${own.own}-${hash}`,
        values: { ...place.values, ...one, executor: branchSession(`${own.roles}${role}`, hash) },
        shown: { ...place.shown, ...one, executor: `role ${role} in ${account}, for branch ${hash},` },
        has: place.has,
      };
    }),
  };
}

/** Whom rows are about that are for one branch's sessions. */
export const branchSession = (roleArn: string, hash: string): string => `session of ${hash} ${roleArn}`;
