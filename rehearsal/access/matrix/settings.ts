/** The access matrix's own reading of the settings: it shares none with the program that it judges. */
import type { Folder, StackFile } from "../../record/stackFiles";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { list, map, text, type Values } from "../../../packages/iam/src/json";

/** An environment, as tooling lists it and its own stack says. */
export interface MatrixEnvironment {
  readonly name: string;
  readonly account: string;
  /** Its Region, where that is not tooling's. */
  readonly region?: string;
  /** Whether people are asked before a release to it. */
  readonly approval: boolean;
  /** What its containers run on: the listener and cluster that settings name, or those that its stack builds. Default: nothing. */
  readonly platform?:
    | { readonly listener: string; readonly cluster: string; readonly subnets: readonly string[] }
    | { readonly port: number };
  /** Where its functions may be: empty where settings name no network. */
  readonly functionSubnets: readonly string[];
  readonly functionGroups: readonly string[];
  /** Where its runner may be; undefined where it has none. */
  readonly runner?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] };
  /** Whether a release is verified there, and whether its runner does that: tooling's job of it has nothing to do then. */
  readonly verify: boolean;
  readonly verifiesInside: boolean;
  /** ARNs of the roles that may look at it. */
  readonly readers: readonly string[];
}

/** An environment as one pipeline releases to it. */
export interface MatrixTarget extends MatrixEnvironment {
  /** Stage and action of its approval: `Approve-prod/Approval`, whether or not there is one. */
  readonly approvalAction: string;
  /** Function that another stack owns, which settings name; empty where they name none. */
  readonly functionName: string;
  /** Service of ECS that another stack owns; undefined where settings name none. */
  readonly service?: {
    readonly cluster: string;
    readonly name: string;
    readonly family: string;
    readonly executionRole: string;
    readonly taskRole: string | undefined;
    readonly instanceRole: string | undefined;
  };
}

/** A pipeline, as tooling lists it. */
export interface MatrixPipeline {
  readonly name: string;
  /** Kind of its workload. */
  readonly workload: string;
  /** First part of the names of its workloads. */
  readonly prefix: string;
  readonly environments: readonly MatrixTarget[];
  /** CodeCommit repository that it reads, or ARN of its connection; undefined for one that the stack makes. */
  readonly source: { readonly repository: string } | { readonly connection: string | undefined };
  /** CloudFormation transforms that its templates may use. */
  readonly transforms: readonly string[];
  /** AWS services that its templates may use beside those of the kind. */
  readonly uses: readonly string[];
  /** Statements of the team's own: what CloudFormation may do by them, and functions or tasks. */
  readonly permissions: { readonly execution: readonly Values[]; readonly workload: readonly Values[] };
  /** Whether builds share layers. */
  readonly layerCache: boolean;
  /** Whether an approval is ended once a newer run waits behind it. */
  readonly endsStaleApprovals: boolean;
  /** Where the stacks of its branches are, as the pipeline releases to it if it does; undefined where they have none. */
  readonly branches: MatrixEnvironment | undefined;
}

/** State that a stack's previews read. */
export interface MatrixState {
  /** ARN of the role of its previews, and the account that it is in. */
  readonly role: string;
  readonly account: string;
  /** Whether a job of tooling's takes it, for pull requests in CodeCommit. */
  readonly codecommit: boolean;
  readonly bucket: string;
  /** Where Pulumi's files are in the bucket, with a slash at its end. */
  readonly root: string;
  readonly projects: readonly string[];
  /** ARNs of the keys that it is encrypted with. */
  readonly keys: readonly string[];
}

/** What brings the stacks up by itself. */
export interface MatrixSelfUpdate {
  readonly source: MatrixPipeline["source"];
  readonly state: Pick<MatrixState, "bucket" | "root" | "keys">;
  /** Name of the role that it takes in each account, with its path. */
  readonly role: string;
}

/** What the settings of all stacks say, as far as it matters for access. */
export interface MatrixSettings {
  readonly project: string;
  readonly region: string;
  readonly partition: string;
  /** Domain of the Region's services. */
  readonly suffix: string;
  /** IAM path of every role. */
  readonly path: string;
  /** Account that builds. */
  readonly tooling: string;
  readonly environments: readonly MatrixEnvironment[];
  readonly pipelines: readonly MatrixPipeline[];
  /** Subnets of the jobs; empty where they are in no VPC. */
  readonly subnets: readonly string[];
  /** And the security groups that they are in. */
  readonly securityGroups: readonly string[];
  /** Name of the organization's boundary of every role, by account. */
  readonly boundaries: ReadonlyMap<string, string>;
  /** ARNs of the only roles, beside the project's own, that may touch artifacts; undefined: whom IAM lets. */
  readonly artifactRoles: readonly string[] | undefined;
  /** Whether channels are told of releases. */
  readonly chats: boolean;
  /** Region that kept releases and images are copied to; undefined where nothing is. */
  readonly replication: string | undefined;
  /** Of the stacks whose previews read state. */
  readonly states: readonly MatrixState[];
  /** CodeCommit repository whose pull requests a job of tooling's previews; undefined where none does. */
  readonly previewed: string | undefined;
  /** Undefined where people bring the stacks up. */
  readonly selfUpdate: MatrixSelfUpdate | undefined;
}

const partitionOf = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

/** A setting of one stack, without the project's name; undefined where it is unset. */
function setting(project: string, { config }: StackFile, key: string): unknown {
  const written = config[`${project}:${key}`];
  if (written === undefined || written === "" || written === "[]" || written === "{}") return undefined;
  return /^[[{]/.test(written) ? (JSON.parse(written) as unknown) : written;
}

const texts = (value: unknown): string[] => list(value).map(String);

const ownStatements = (document: unknown): Values[] => list(map(document)["Statement"]).map(map);

const must = (values: Values, key: string, what: string): string =>
  text(values, key) ??
  notKnown(`${what} has no ${key} that is text: the access matrix cannot tell what is its`);

const isApproved = (approval: unknown): boolean => approval !== undefined && approval !== false;

function platformOf(written: unknown): MatrixEnvironment["platform"] {
  if (written === undefined || written === false) return undefined;
  const values = map(written);
  const listener = text(values, "listener");
  if (listener !== undefined)
    return {
      listener,
      cluster: must(values, "cluster", "a platform"),
      subnets: list(values["subnets"]).map(String),
    };
  return { port: "certificateArn" in values ? 443 : 80 };
}

function environmentOf(written: unknown, home: string): MatrixEnvironment {
  const values = map(written);
  const region = text(values, "region") ?? home;
  const platform = platformOf(values["platform"]);
  return {
    name: must(values, "name", "an environment"),
    account: must(values, "account", "an environment"),
    ...(region !== home && { region }),
    approval: isApproved(values["approval"]),
    ...(platform && { platform }),
    functionSubnets: texts(map(values["functionNetwork"])["subnets"]),
    functionGroups: texts(map(values["functionNetwork"])["securityGroups"]),
    ...("runner" in values && {
      runner: {
        subnets: texts(map(map(values["runner"])["vpc"])["subnets"]),
        securityGroups: texts(map(map(values["runner"])["vpc"])["securityGroupIds"]),
      },
    }),
    verify: values["verify"] !== false,
    verifiesInside:
      "runner" in values && texts(map(values["runner"])["steps"] ?? ["verify"]).includes("verify"),
    readers: texts(values["readers"]),
  };
}

/** What an entry says of a service of others comes before what the pipeline says. */
function serviceIn(
  environment: string,
  ofPipeline: unknown,
  ofEntry: unknown,
): Pick<MatrixTarget, "service"> {
  if (ofPipeline === undefined && ofEntry === undefined) return {};
  const written = { ...map(ofPipeline), ...map(ofEntry) };
  const said = (key: string) => text(written, key)?.replaceAll("${environment}", environment);
  return {
    service: {
      ...{ cluster: said("cluster") ?? "", name: said("name") ?? "", family: said("family") ?? "" },
      ...{ executionRole: said("executionRole") ?? "", taskRole: said("taskRole") },
      instanceRole: said("instanceRole"),
    },
  };
}

/** A pipeline's own list holds names, maps of a name and what differs, and lists of those: waves. */
function targetsOf(
  written: unknown,
  all: readonly MatrixEnvironment[],
  named: unknown,
  service: unknown,
): MatrixTarget[] {
  const waves = written === undefined ? all.map(({ name }) => name) : list(written);
  let number = 0;
  return waves.flatMap((wave) => {
    const entries = list(wave).map((each) => (typeof each === "string" ? { name: each } : map(each)));
    const together = entries.length > 1;
    if (together) number += 1;
    const stage = together ? `wave.${number}` : String(entries[0]?.["name"]);
    return entries.flatMap((entry) =>
      all
        .filter(({ name }) => name === entry["name"])
        .map((environment) => ({
          ...environment,
          verify: "verify" in entry ? entry["verify"] !== false : environment.verify,
          approval: "approval" in entry ? isApproved(entry["approval"]) : environment.approval,
          functionName: (text(map(entry["function"]), "name") ?? text(map(named), "name") ?? "").replaceAll(
            "${environment}",
            environment.name,
          ),
          ...serviceIn(environment.name, service, entry["service"]),
          approvalAction: `Approve-${stage}/Approval${together ? `-${environment.name}` : ""}`,
        })),
    );
  });
}

function sourceOf(written: unknown, of: string): MatrixPipeline["source"] {
  const source = map(written);
  return "connection" in source || "github" in source
    ? { connection: text(source, "connection") }
    : { repository: must(source, "codecommit", `the source of ${of}`) };
}

function pipelineOf(written: unknown, all: readonly MatrixEnvironment[]): MatrixPipeline {
  const values = map(written);
  const name = must(values, "name", "a pipeline");
  const environments = targetsOf(values["environments"], all, values["function"], values["service"]);
  return {
    name,
    workload: text(values, "workload") ?? "lambda-container",
    prefix: text(values, "prefix") ?? name,
    environments,
    source: sourceOf(values["source"], name),
    transforms: texts(values["transforms"]),
    uses: texts(values["uses"]),
    permissions: {
      execution: ownStatements(map(values["permissions"])["execution"]),
      workload: ownStatements(map(values["permissions"])["workload"]),
    },
    layerCache: values["layerCache"] === true,
    endsStaleApprovals: values["staleApprovals"] === "stop",
    branches: [...environments, ...all].find((each) => each.name === map(values["branches"])["environment"]),
  };
}

/** Where Pulumi keeps stacks; undefined where settings name no S3 backend. */
function stateOf(written: unknown): Pick<MatrixState, "bucket" | "root" | "keys"> | undefined {
  const state = map(written);
  const url = /^s3:\/\/([^/?]+)([^?]*)/.exec(text(state, "url") ?? "");
  if (url === null) return undefined;
  const [, bucket = "", folder = ""] = url;
  const folders = folder.split("/").filter((each) => !["", "."].includes(each));
  return { bucket, root: [...folders, ".pulumi", ""].join("/"), keys: texts(state["keys"]) };
}

function selfUpdateOf(written: unknown): MatrixSelfUpdate | undefined {
  const values = map(written);
  const state = stateOf(values["state"]);
  return (
    state && {
      source: sourceOf(values["source"], "selfUpdate"),
      state,
      role: must(values, "role", "selfUpdate"),
    }
  );
}

/** What a stack's previews read; nothing without previews, or where their settings name no state. */
function statesOf(project: string, stack: StackFile, partition: string, path: string): MatrixState[] {
  const previews = map(setting(project, stack, "previews"));
  const state = stateOf(previews["state"]);
  if (state === undefined) return [];
  const own = (key: string) => text({ value: setting(project, stack, key) }, "value");
  const environment = own("kind") === "tooling" ? "" : `${own("environment") ?? stack.stack}-`;
  return [
    {
      role: `arn:${partition}:iam::${own("account")}:role${path}${project}-${environment}preview`,
      account: String(own("account")),
      codecommit: "codecommit" in previews,
      ...state,
      projects: [...new Set([project, own("tooling")?.split("/")[1] ?? project])],
    },
  ];
}

/** Reads a folder's settings. Throws NotKnown where there is no stack of kind tooling. */
export function matrixSettings({ project, stacks }: Folder): MatrixSettings {
  const file =
    stacks.find((each) => setting(project, each, "kind") === "tooling") ??
    notKnown("no stack is of kind tooling: the access matrix has nothing to begin with");
  const read = (key: string) => setting(project, file, key);
  const tooling = String(read("account"));
  const region = file.config["aws:region"] ?? notKnown(`stack ${file.stack} has no aws:region`);
  const environments = list(read("environments")).map((each) => environmentOf(each, region));
  const iam = map(read("iam"));
  const [partition, path] = [partitionOf(region), text(iam, "path") ?? "/"];
  const own = text(iam, "permissionsBoundary");
  const boundaries = new Map<string, string>();
  for (const { account } of environments) if (own !== undefined) boundaries.set(account, own);
  for (const stack of stacks) {
    const boundary = text(map(setting(project, stack, "iam")), "permissionsBoundary");
    if (boundary !== undefined) boundaries.set(String(setting(project, stack, "account")), boundary);
  }
  return {
    project,
    region,
    partition,
    suffix: partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
    path,
    tooling,
    environments,
    pipelines: list(read("pipelines")).map((each) => pipelineOf(each, environments)),
    subnets: texts(map(read("vpc"))["subnets"]),
    securityGroups: texts(map(read("vpc"))["securityGroupIds"]),
    boundaries,
    // Who takes the store down must be able to empty it.
    artifactRoles:
      read("artifactRoles") === undefined || String(read("deletable")) === "true"
        ? undefined
        : texts(read("artifactRoles")),
    chats: list(read("chats")).length > 0,
    replication: text(map(read("replication")), "region"),
    states: stacks.flatMap((stack) => statesOf(project, stack, partition, path)),
    previewed: text(map(read("previews")), "codecommit"),
    selfUpdate: selfUpdateOf(read("selfUpdate")),
  };
}
