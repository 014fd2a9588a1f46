/** Places beside pipelines and their environments: previews and readers of stacks, branches of which two stand for all. */
import { BRANCHES } from "../estate/branches";
import type { BranchPlaces, Place, Values } from "./bindings";
import type { Find } from "./partFacts";
import type { MatrixEnvironment, MatrixPipeline, MatrixState } from "./settings";

/** An environment that somebody may look at; none otherwise. */
export function lookedPlace({ name, values, shown }: Place, of: MatrixEnvironment): Place[] {
  const { name: environment, account, readers, region } = of;
  const roles = `arn:${String(values["partition"])}:iam::${account}:role${String(values["path"])}`;
  const own = { environment, account, roles, readers, ...(region !== undefined && { region }) };
  return readers.length === 0
    ? []
    : [{ name, values: { ...values, ...own }, shown: { ...shown, ...own }, has: new Set() }];
}

/** What the previews of a stack read. */
export function statePlace({ name, values, shown }: Place, state: MatrixState): Place {
  const { role: previewRole, account: previewAccount, bucket: stateBucket } = state;
  const { root: stateRoot, projects: stateProjects, codecommit } = state;
  const own = { previewRole, previewAccount, stateBucket, stateRoot, stateProjects };
  const has = new Set(codecommit ? ["previewed by a job"] : []);
  return { name, values: { ...values, ...own }, shown: { ...shown, ...own }, has };
}

/** Where pull requests of a repository in CodeCommit are previewed. */
export const pullRequestPlace = ({ name, values, shown, has }: Place, repository: string): Place => ({
  name,
  values: { ...values, repository },
  shown: { ...shown, repository },
  has,
});

/** Of the environments of a platform; of branches, Deploy adds them to each stack. */
const TASK_ROLES = ["role task", "role task-execution"];

/** What is the main pipeline's alone. */
const OWN = [
  "approvals",
  "runners",
  "verified",
  "layer cache",
  "stale approvals",
  "stores elsewhere",
  "images elsewhere",
];

const shared = ({ has }: Place): string[] => [
  ...[...has].filter((each) => !OWN.includes(each)),
  ...(TASK_ROLES.some((each) => has.has(each)) ? ["task roles"] : []),
];

const REPOSITORY = "awsx:ecr:Repository";

/** Roles and policies of the environment are named after all branches, what is in a stack after one. */
export function branchPlaces(
  { name, values, shown, has }: Place,
  pipeline: MatrixPipeline,
  { name: host, account, region, functionSubnets, functionGroups, verify }: MatrixEnvironment,
  platform: Values | undefined,
  resources: (base: string, repository: string, find: Find) => Values,
  /** What the environment reads, where it is in another Region: as ARNs and for people. */
  near: { readonly values: Values; readonly shown: Values } | undefined,
  find: Find,
): BranchPlaces {
  const all = `${pipeline.prefix}--br`;
  const iam = `arn:${String(values["partition"])}:iam::${account}:`;
  const path = String(values["path"]);
  const own = {
    ...{ pipeline: all, prefix: all, artifacts: all, own: `${String(values["project"])}-${all}` },
    ...{
      host,
      account,
      functionSubnets,
      functionGroups,
      ...platform,
      ...(region !== undefined && { region }),
    },
    ...{ environment: "*", roles: `${iam}role${path}`, policies: `${iam}policy${path}` },
  };
  const made = resources(`${pipeline.name}--br`, `${pipeline.name}.br`, find);
  const readable = Object.fromEntries(
    Object.keys(made).map((key) => [key, `of branches of ${pipeline.name}`]),
  );
  const images =
    region === undefined || !("images" in made)
      ? undefined
      : find(REPOSITORY, `${pipeline.name}.br.${region}`);
  const copies = images === undefined ? {} : { nearImages: images, imagesElsewhere: [images] };
  const more = [
    ...(verify ? ["verified"] : []),
    ...(account === values["tooling"] ? [] : ["abroad"]),
    ...(near ? ["elsewhere"] : []),
    ...(images === undefined ? [] : ["images elsewhere"]),
  ];
  const place: Place = {
    name: own.own,
    values: { ...values, ...made, ...near?.values, ...copies, ...own },
    shown: {
      ...{ ...shown, ...readable, ...near?.shown },
      ...Object.fromEntries(
        Object.keys(copies).map((key) => [key, `of branches of ${pipeline.name} in ${String(region)}`]),
      ),
      ...own,
      ...(platform && { listener: `of ${host}`, rules: `of ${host}` }),
    },
    has: new Set([...shared({ name, values, shown, has }), ...more]),
  };
  const role = `${own.own}-deploy`;
  return {
    pipeline,
    place,
    branches: BRANCHES.map(({ hash }) => {
      const workload = `${all}-${hash}`;
      const one = { hash, environment: hash, workload, tasks: workload };
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
