/** Names that AWS completes, looked up in the record: all others the access matrix spells itself. */
import { ofType, type Rehearsed } from "../../record/record";
import type { Kinds, KindTraits } from "../estate/kindTraits";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { World } from "../estate/world";
import {
  builtWith,
  type Find,
  kindOf,
  onlyRoles,
  platformWords,
  replicaWords,
  traits,
  verifiesInTooling,
} from "./partFacts";
import { namedOwn } from "./bySettings";
import { branchPlaces, lookedPlace, pullRequestPlace, statePlace } from "./places";
import { selfPlaces } from "./selfPlaces";
import {
  type MatrixEnvironment,
  type MatrixTarget,
  type MatrixPipeline,
  type MatrixSettings,
  matrixSettings,
} from "./settings";
import { list, map, text } from "../../../packages/iam/src/json";
import type { Place, Facts } from "./bindings";

/** CodePipeline keeps a pipeline's artifacts under its name cut to this length. */
const ARTIFACTS_LENGTH = 20;

/** There is one at most, for all repositories on GitHub. */
const CONNECTION = "aws:codeconnections/connection:Connection";

/** ARN of the one resource of a type that the program calls so; no name: of the only one. */
const finder =
  (record: Rehearsed): Find =>
  (type, name) => {
    const [found, ...more] = ofType(record, type).filter((each) => name === "" || each.name === name);
    const outputs = found?.outputs ?? {};
    const arn = text(outputs, "arn") ?? text(map(outputs["repository"]), "arn");
    return arn !== undefined && more.length === 0
      ? arn
      : notKnown(`the stacks do not make one ${type} called ${name}, which the access matrix is about`);
  };

function projectPlace(settings: MatrixSettings, kinds: Kinds, find: Find): Place {
  const replica = replicaWords(settings, find);
  const { project, region, partition, suffix, path, tooling } = settings;
  const values = {
    ...{ project, region, partition, suffix, path, tooling },
    ...{ ...storeWords("", find), inRegion: "" },
    ...nearWords(storeWords("", find), ""),
    toolingRegion: region,
    subnets: settings.subnets,
    securityGroups: settings.securityGroups,
    onlyRoles: onlyRoles(settings, kinds),
    ...replica,
  };
  return {
    name: project,
    values,
    shown: {
      ...values,
      bucket: "the artifact bucket",
      accessLogs: "the access log bucket",
      key: "the artifact key",
      nearKey: "the artifact key",
      ...("replica" in replica && {
        replica: "the replica's bucket",
        replicaLogs: "the replica's access log bucket",
        replicaKey: "the replica's key",
      }),
    },
    has: new Set([
      ...(settings.subnets.length > 0 ? ["vpc"] : []),
      ...(settings.chats ? ["chats"] : []),
      ...(settings.replication === undefined ? [] : ["replication"]),
      ...(settings.artifactRoles === undefined ? [] : ["only roles"]),
    ]),
  };
}

/** What AWS calls a store; without a Region that in tooling's. */
const storeWords = (region: string, find: Find) => {
  const name = region === "" ? "artifacts" : `artifacts-${region}`;
  return {
    bucket: find("aws:s3/bucket:Bucket", name),
    accessLogs: find("aws:s3/bucket:Bucket", `${name}-access-logs`),
    key: find("aws:kms/key:Key", name),
  };
};

/** The store that an environment reads. */
const nearWords = ({ bucket, key }: { readonly bucket: string; readonly key: string }, region: string) => ({
  nearBucket: bucket,
  nearKey: key,
  nearRegion: region === "" ? "" : ` in ${region}`,
});

/** The same in another Region than tooling's: as ARNs and for people. */
const nearStore = (region: string, find: Find) => ({
  values: nearWords(storeWords(region, find), region),
  shown: {
    nearBucket: `the artifact bucket in ${region}`,
    nearKey: `the artifact key in ${region}`,
    nearRegion: ` in ${region}`,
  },
});

/** Whether an environment, its functions or its runner read release files. */
const reads = (kind: KindTraits, { runner }: MatrixTarget): boolean =>
  kind.codeAlone === undefined || runner !== undefined;

/** Regions, other than tooling's, whose environments read release files of one of these pipelines. */
const regionsOf = (pipelines: readonly MatrixPipeline[], kinds: Kinds): string[] => [
  ...new Set(
    pipelines.flatMap((pipeline) =>
      pipeline.environments.flatMap((each) =>
        each.region !== undefined && reads(kindOf(kinds, pipeline), each) ? [each.region] : [],
      ),
    ),
  ),
];

/** Regions, other than tooling's, whose environments pull images of a pipeline. */
const imageRegionsOf = ({ environments }: MatrixPipeline, { code }: KindTraits): string[] =>
  code === "image" ? [...new Set(environments.flatMap(({ region }) => region ?? []))] : [];

/** What a pipeline's images are pushed to in one of them. */
const imagesIn = (pipeline: string, region: string, find: Find): string =>
  find("awsx:ecr:Repository", `${pipeline}.${region}`);

/** The store of each of these Regions. */
const storePlace = (project: Place, region: string, find: Find): Place => ({
  ...project,
  values: { ...project.values, ...storeWords(region, find) },
  shown: {
    ...project.shown,
    ...{ bucket: `the artifact bucket in ${region}`, key: `the artifact key in ${region}` },
    inRegion: ` in ${region}`,
  },
});

/** What a source is called. A connection answers to two names of its service. */
function sourceWords(source: MatrixPipeline["source"], find: Find) {
  const connected = "connection" in source ? (source.connection ?? find(CONNECTION, "")) : "";
  const connection = (service: string) => connected.replace(/:code[a-z-]+:/, `:${service}:`);
  return {
    repository: "repository" in source ? source.repository : "",
    connection: connection("codeconnections"),
    oldConnection: connection("codestar-connections"),
  };
}

function pipelinePlace(project: Place, pipeline: MatrixPipeline, kinds: Kinds, find: Find): Place {
  const { name, prefix, source, transforms, uses, environments } = pipeline;
  const own = { pipeline: name, prefix, artifacts: name.slice(0, ARTIFACTS_LENGTH) };
  const kind = kindOf(kinds, pipeline);
  const values = {
    ...builtWith(kind, pipeline.layerCache)(name, name, find),
    topic: find("aws:sns/topic:Topic", name),
    operator: find("aws:iam/policy:Policy", `${name}-operator`),
  };
  const from = {
    ...sourceWords(source, find),
    transforms: transforms.map((transform) => transform.replace(/^AWS::/, "")),
  };
  const shown = Object.fromEntries(Object.keys(values).map((key) => [key, `of ${name}`]));
  const regions = regionsOf([pipeline], kinds);
  const imageRegions = imageRegionsOf(pipeline, kind);
  const elsewhere = {
    bucketsElsewhere: regions.map((region) => storeWords(region, find).bucket),
    imagesElsewhere: imageRegions.map((region) => imagesIn(name, region, find)),
  };
  return {
    name: `${project.name}-${prefix}`,
    values: { ...project.values, ...own, ...values, ...from, ...elsewhere },
    shown: {
      ...{ ...project.shown, ...own, ...from, ...shown, operator: `${name}-operator` },
      bucketsElsewhere: regions.map((region) => `in ${region}`),
      imagesElsewhere: imageRegions.map((region) => `of ${name} in ${region}`),
    },
    has: new Set([
      ...project.has,
      ...traits(kind),
      "repository" in source ? "codecommit" : "connection",
      ...(transforms.length > 0 ? ["transforms"] : []),
      ...uses.map((use) => `uses ${use}`),
      ...(namedOwn(pipeline.permissions.execution) ? ["own execution"] : []),
      ...(namedOwn(pipeline.permissions.workload) ? ["own workload"] : []),
      ...(uses.some((use) => ["sqs", "streams"].includes(use)) ? ["event sources"] : []),
      ...(uses.some((use) => /^(functionUrl|publicFunctionUrl)$/.test(use)) ? ["function URLs"] : []),
      ...(uses.some((use) => ["scheduler", "stepfunctions"].includes(use)) ? ["calls by roles"] : []),
      ...(pipeline.layerCache ? ["layer cache"] : []),
      ...(pipeline.endsStaleApprovals ? ["stale approvals"] : []),
      ...(environments.some(({ approval }) => approval) ? ["approvals"] : []),
      ...(environments.some(({ runner }) => runner) ? ["runners"] : []),
      ...(verifiesInTooling(environments) ? ["verified"] : []),
      ...(regions.length > 0 ? ["stores elsewhere"] : []),
      ...(imageRegions.length > 0 ? ["images elsewhere"] : []),
    ]),
  };
}

/** Subnets of the networks that a stack builds for tasks. */
const builtSubnets = (record: Rehearsed, stack: string): string[] =>
  ofType(record, "awsx:ec2:Vpc")
    .filter((each) => each.stack === stack)
    .flatMap(({ outputs }) => list(outputs["privateSubnetIds"]).map(String));

function environmentPlace(
  of: Place,
  pipeline: MatrixPipeline,
  each: MatrixTarget,
  kinds: Kinds,
  find: Find,
  subnets: readonly string[],
): Place {
  const {
    name: environment,
    account,
    region,
    approval,
    approvalAction,
    functionSubnets,
    functionGroups,
    functionName,
    service,
    runner,
  } = each;
  const iam = `arn:${String(of.values["partition"])}:iam::${account}:`;
  const path = String(of.values["path"]);
  const own = {
    ...{ environment, account, approvalAction, workload: `${pipeline.prefix}--${environment}` },
    ...{ functionSubnets, functionGroups, functionName },
    ...ownersWords(service, iam),
    ...{ runnerSubnets: runner?.subnets ?? [], runnerGroups: runner?.securityGroups ?? [] },
    ...{ roles: `${iam}role${path}`, policies: `${iam}policy${path}`, own: `${of.name}--${environment}` },
    tasks: `${of.name}--${environment}`,
  };
  const elsewhere = region !== undefined && reads(kindOf(kinds, pipeline), each);
  const pullsElsewhere = region !== undefined && kindOf(kinds, pipeline).code === "image";
  const near = {
    ...(region !== undefined && { region }),
    ...(elsewhere && nearStore(region, find).values),
    ...(pullsElsewhere && { nearImages: imagesIn(pipeline.name, region, find) }),
  };
  const execution = `${own.own}-execution`;
  const policy = `${pipeline.name}--${environment}-approver`;
  const platform =
    each.platform && kindOf(kinds, pipeline).platform
      ? platformWords(each.platform, environment, find, subnets)
      : undefined;
  const approver = approval && { approver: find("aws:iam/policy:Policy", policy) };
  const reports = runner && {
    runnerReports: find("aws:codebuild/reportGroup:ReportGroup", `${own.workload}-verify`),
  };
  return {
    name: `${of.name}--${environment}`,
    values: {
      ...of.values,
      ...own,
      ...near,
      ...platform,
      ...approver,
      ...reports,
      executor: `role ${own.roles}${execution}`,
    },
    shown: {
      ...of.shown,
      ...own,
      ...near,
      ...(elsewhere && nearStore(region, find).shown),
      ...(pullsElsewhere && { nearImages: `of ${pipeline.name} in ${region}` }),
      executor: `role ${execution} in ${account}`,
      ...(platform && {
        cluster: platform.cluster,
        listener: `of ${environment}`,
        rules: `of ${environment}`,
        taskSubnets: platform.taskSubnets,
      }),
      ...(approval && { approver: policy }),
      ...(runner && { runnerReports: `of ${environment}` }),
    },
    has: new Set([
      ...of.has,
      approval ? "approval" : "no approval",
      ...(runner ? ["runner"] : []),
      ...(service === undefined ? [] : [service.instanceRole === undefined ? "Fargate" : "instances"]),
      ...(elsewhere ? ["elsewhere"] : []),
      ...(account === of.values["tooling"] ? [] : ["abroad"]),
    ]),
  };
}

/** A service of others, and the roles of its tasks; nothing where settings name none. */
const ownersWords = (service: MatrixTarget["service"], iam: string): Record<string, string | string[]> => {
  if (service === undefined) return {};
  const { cluster, name, family, executionRole, taskRole, instanceRole } = service;
  const [execution, task] = [executionRole, taskRole].map((role) => `${iam}role/${role}`);
  return {
    ...{ cluster, serviceName: name, family, executionRole: execution ?? "" },
    taskRoles: [execution ?? "", ...(taskRole === undefined ? [] : [task ?? ""])],
    ...(instanceRole === undefined
      ? { compatibilities: ["FARGATE"] }
      : { compatibilities: ["EC2", "EXTERNAL", "FARGATE"], instanceRole: `${iam}role/${instanceRole}` }),
  };
};

/** What containers run on in an environment that has it. */
const platformOf = (record: Rehearsed, find: Find, { name, platform }: MatrixEnvironment) =>
  platform && platformWords(platform, name, find, builtSubnets(record, name));

/** Where a workload has stacks: the environments, and two of each pipeline's branches. */
export const stacksIn = ({ environments, branches }: Facts): Place[] => [
  ...environments.map(({ place }) => place),
  ...branches.flatMap((each) => each.branches),
];

/** Everything that rows are expanded over. Throws NotKnown for what the stacks do not make. */
export function matrixFacts({ folder, record, kinds }: Pick<World, "folder" | "record" | "kinds">): Facts {
  const settings = matrixSettings(folder);
  const find = finder(record);
  const project = projectPlace(settings, kinds, find);
  const pipelines = settings.pipelines.map((pipeline) => ({
    pipeline,
    place: pipelinePlace(project, pipeline, kinds, find),
  }));
  return {
    settings,
    kinds,
    accounts: [...new Set([settings.tooling, ...settings.environments.map(({ account }) => account)])],
    project,
    stores: [
      project,
      ...[
        ...new Set([
          ...regionsOf(settings.pipelines, kinds),
          ...settings.pipelines.flatMap(({ branches }) => branches?.region ?? []),
        ]),
      ].map((region) => storePlace(project, region, find)),
    ],
    stacks: settings.states.map((state) => statePlace(project, state)),
    pullRequests: settings.previewed === undefined ? [] : [pullRequestPlace(project, settings.previewed)],
    ...selfPlaces(project, settings, find, (source) => sourceWords(source, find)),
    looked: settings.environments.flatMap((each) => lookedPlace(project, each)),
    pipelines,
    branches: pipelines.flatMap(({ pipeline, place }) =>
      pipeline.branches
        ? branchPlaces(
            place,
            pipeline,
            pipeline.branches,
            kindOf(kinds, pipeline).platform ? platformOf(record, find, pipeline.branches) : undefined,
            builtWith(kindOf(kinds, pipeline)),
            pipeline.branches.region === undefined ? undefined : nearStore(pipeline.branches.region, find),
            find,
          )
        : [],
    ),
    environments: pipelines.flatMap(({ pipeline, place }) =>
      pipeline.environments.map((environment) => ({
        pipeline,
        environment,
        place: environmentPlace(
          place,
          pipeline,
          environment,
          kinds,
          find,
          builtSubnets(record, environment.name),
        ),
      })),
    ),
  };
}
