import { judgeOf } from "../../../components/jobs/judge";
import { ofBranches } from "../../../components/workloads/workload";
import { WORKLOADS } from "../../../components/workloads/list";
import { type Stack, REGION } from "./stack";

/** What the doubles know: the part of AWS that the jobs touch, small enough to be written down by each test. */

export interface Image {
  readonly digest: string;
  tags: string[];
  /** Empty when it is no plain image: an index, say. */
  readonly manifest: string;
  /** As the CLI prints it. Default: just now. */
  readonly pushedAt?: string;
  /** Why ECR does not delete it. */
  readonly stays?: string;
}

export interface Role {
  readonly kind: "plan" | "deploy" | "cleanup" | "branch" | "starter";
  readonly account: string;
  up: boolean;
}

/** Lambda in an environment's account: the one function there that another stack owns. */
export interface OwnersFunction {
  readonly name: string;
  packageType: string;
  runtime: string;
  architecture: string;
  /** How it is, one for each time that it is looked at; the last one stays. */
  states: (readonly [state: string, lastUpdate: string])[];
  /** Of its code, in base64. */
  sha: string;
  /** How often it was changed. */
  revision: number;
  /** Whether the newest version has its code and its configuration. */
  published: boolean;
  versions: { readonly number: number; readonly sha: string; states: string[] }[];
  alias: { readonly name: string; version: string; revision: number; weights: Record<string, number> };
}

/** ECS in an environment's account: the one service there that another stack owns. */
export interface OwnersService {
  readonly cluster: string;
  readonly name: string;
  status: string;
  /** What describe-services says besides. */
  readonly says: Readonly<Record<string, unknown>>;
  /** Newest first. Each state is there for one look; the last one stays. */
  deployments: {
    readonly id: string;
    status: "PRIMARY" | "ACTIVE";
    /** `family:revision` */
    readonly definition: string;
    states: (readonly [state: string, reason?: string])[];
  }[];
  /** What becomes of the next deployment; where it fails, whether ECS goes back to the one before. */
  rollout: (readonly [state: string, reason?: string])[];
  goesBack: boolean;
  /** By `family:revision`: what describe-task-definition says. */
  readonly definitions: Map<string, Readonly<Record<string, unknown>>>;
}

/** A build of a runner, as it was started. */
export interface RunnerBuild {
  readonly id: string;
  readonly token: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
}

/** A comment on a pull request in CodeCommit. */
export interface Comment {
  readonly commentId: string;
  readonly authorArn: string;
  content: string;
  readonly deleted: boolean;
}

export interface PullRequests {
  readonly pullRequests: Record<
    string,
    { status: string; repository: string; source: string; destination: string; comments: Comment[] }
  >;
  /** Builds by their ids. */
  readonly builds: Record<string, object>;
  /** Whether AWS takes the sessions of two builds for one author. */
  readonly oneAuthor: boolean;
}

export interface World {
  readonly account: string;
  readonly region: string;
  /** Of the environment. Default: the same. */
  readonly environmentRegion?: string;
  readonly pipeline: string;
  readonly roles: Record<string, Role>;
  stacks: Stack[];
  /** What the next change set that is created will turn out to be. */
  outcome: { status: string; reason: string | null; changes: readonly unknown[] };
  /** What the stack goes through when a change set is executed or a roll-back continued. */
  executing: string[];
  rollingBack: string[];
  endpoint: string | null;
  /** The function that another stack owns. Default: there is none. */
  ownersFunction?: OwnersFunction;
  /** The service of ECS that another stack owns. Default: there is none. */
  ownersService?: OwnersService;
  /** Tables of the environment's account. Default: none. */
  tables?: readonly string[];
  deploying: readonly (readonly [status: string, name: string, reason: string])[];
  stages: Record<string, { latest: string[]; inbound?: string }>;
  executions: Record<
    string,
    {
      type: string;
      status: string;
      variables?: Record<string, string>;
      /** Run that a roll-back goes back to. */
      target?: string;
      trigger?: { triggerType?: string; triggerDetail?: string };
    }
  >;
  /** All stages, where a job looks at more than its own. Default: `stages`, and its own. */
  shown?: ShownStage[];
  /** What the job's own stage shows, one for each time that it looks; the last one stays. Default: that all is well. */
  seen?: Seen[];
  /** What earlier jobs have handed on. */
  handed?: Readonly<Record<string, unknown>>;
  /** The actions of single runs. Default: `actions`, or what hands on `handed`. */
  runs?: Readonly<Record<string, readonly ActionRun[]>>;
  /** How many more calls CodePipeline refuses because there are too many. */
  throttled?: number;
  /** Branches of the repository in CodeCommit, where there is one. */
  branches?: readonly string[];
  /** Sessions that a job has taken with a tag, by access key. */
  sessions?: Map<string, Identity>;
  /** Environment of the job that runs. */
  env?: Readonly<Record<string, string>>;
  actions: readonly ActionRun[];
  images: Image[];
  /** What is in a repository of another Region, by its address. */
  imagesElsewhere?: Record<string, Image[]>;
  /** Answers of the scan, one for each time the job asks; the last one stays. Null: there is no scan yet; gone: no image. */
  scans: (object | null | "gone")[];
  /** `bucket/key` to contents. */
  objects: Map<string, Buffer>;
  /** Keys of objects that S3 doesn't remove. Default: it removes all. */
  stay?: (key: string) => boolean;
  /** When objects were written, as the CLI prints it; those without a date were written today. */
  written: Map<string, string>;
  template: { parameters: { ParameterKey: string; DefaultValue?: string }[]; transforms: string[] };
  /** SSM parameters of tooling, by their names. */
  parameters: Map<string, string>;
  /** Values of secrets of tooling, by their names. Default: there are none. */
  secrets?: ReadonlyMap<string, string>;
  /** Lines of a build's log, by its id. */
  logs: Map<string, readonly string[]>;
  /** Pull requests in CodeCommit, and the builds that preview them. Default: there are none. */
  pullRequests?: PullRequests;
  messages: { topic: string; subject: string; message: string; chat: unknown }[];
  /** Of the runner inside an environment: what it says when it is started, one for each time (then it starts), and how its build goes. */
  runner?: { refusals?: Error[]; statuses: string[]; log?: readonly string[]; builds: RunnerBuild[] };
  npm: {
    fails?: string;
    silent?: string;
    /** Further work of a script, with npm's arguments and in the folder of the service. */
    does?: (args: readonly string[], cwd: string) => void;
    ran: string[];
  };
  docker: { digest: string; fails?: boolean; failsToCopy?: boolean; copies?: string; ran: string[] };
  /** The k-th process from now, of whichever command, only prints a long log and ends with this exit code. */
  breaks?: { k: number; readonly code: number };
  slept: number;
  /** Everything the doubles were asked to do, in order: `aws plan cloudformation describe-stacks`. */
  calls: string[];
  /** The same with every argument. */
  commands: string[][];
  /** In which Regions the job itself made each call: `us-east-1 s3api list-objects-v2`. */
  regions: Set<string>;
  /** Calls that no real command would take, or that the caller's role may not make. */
  refused: string[];
  awsCalls: number;
  /** The k-th aws call from now fails, before or after it took effect. */
  failAt: { call: number; after: boolean } | null;
  /** What somebody else does just before a call: `cloudformation execute-change-set`. */
  meanwhile?: (operation: string) => void;
  /** The answer of the k-th aws call from now gets lost after it took effect: the CLI makes the call once more. */
  loseAnswerOf: number | null;
  /** Set while a call is made once more. */
  repeating: boolean;
  /** Tokens that AWS was given with a call, and of which operation. */
  tokens: Map<string, string>;
  /** Whether AWS refuses a token that it was given before; otherwise it judges a repeated call by what is there. */
  knowsTokens: boolean;
}

export const TOOLING = "111111111111";
export const EXECUTION_ID = "0a1b2c3d-1111-4222-8333-444455556666";
/** The run that a roll-back goes back to. */
export const TARGET_ID = "7e6d5c4b-2222-4333-8444-555566667777";
export const COMMIT_ID = "c0ffee".padEnd(40, "1");
export const DIGEST = `sha256:${"d1".repeat(32)}`;
export const OLD_DIGEST = `sha256:${"0a".repeat(32)}`;
export const BUCKET = "artifacts-bucket";
/** What docker is given to log in with; it must never be seen in a log. */
export const SECRET = "eyJTRUNSRVQ6dG9rZW4tdGhhdC1tdXN0LW5vdC1hcHBlYXI";

export const role = (account: string, kind: Role["kind"]): string =>
  `arn:aws:iam::${account}:role/delivery-catalog--test-${kind}`;

/** A world in which a pipeline exists and nothing was ever released. */
export function emptyWorld(): World {
  const roles: Record<string, Role> = {};
  for (const account of ["222222222222", "333333333333"]) {
    for (const kind of ["plan", "deploy", "cleanup", "starter"] as const)
      roles[role(account, kind)] = { kind, account, up: true };
  }
  return {
    account: TOOLING,
    region: REGION,
    pipeline: "catalog",
    roles,
    stacks: [],
    outcome: { status: "CREATE_COMPLETE", reason: null, changes: [] },
    executing: ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"],
    rollingBack: ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"],
    endpoint: "https://abc123.execute-api.eu-west-1.amazonaws.com",
    deploying: [],
    stages: {},
    executions: { [EXECUTION_ID]: { type: "STANDARD", status: "InProgress" } },
    actions: [],
    images: [],
    scans: [
      { imageScanStatus: { status: "COMPLETE" }, imageScanFindings: { imageScanCompletedAt: "2026-01-01" } },
    ],
    objects: new Map(),
    written: new Map(),
    template: {
      parameters: [
        { ParameterKey: "ImageUri" },
        { ParameterKey: "Release" },
        { ParameterKey: "DeploymentConfig", DefaultValue: "CodeDeployDefault.LambdaCanary10Percent5Minutes" },
        { ParameterKey: "CodeDeployRoleArn" },
        { ParameterKey: "PermissionsBoundaryArn" },
        { ParameterKey: "RolePath", DefaultValue: "/" },
      ],
      transforms: [],
    },
    parameters: new Map(
      Object.values(WORKLOADS)
        .flatMap((workload) => [workload, ofBranches(workload)])
        .flatMap(({ template }) => Object.entries(judgeOf(template).values))
        .map(([name, value]) => [`/delivery/tooling/judge/${name}`, value]),
    ),
    logs: new Map(),
    messages: [],
    npm: { ran: [] },
    docker: { digest: DIGEST, ran: [] },
    slept: 0,
    calls: [],
    commands: [],
    regions: new Set(),
    refused: [],
    awsCalls: 0,
    failAt: null,
    loseAnswerOf: null,
    repeating: false,
    tokens: new Map(),
    knowsTokens: false,
  };
}

/** Images of a repository, by its name and the Region that is asked; undefined where there is none. */
export function repositoryOf(world: World, name: string, region: string): { images: Image[] } | undefined {
  if (name === "catalog" && region === world.region) return world;
  const uri = `${world.account}.dkr.ecr.${region}.amazonaws.com/${name}`;
  const { imagesElsewhere: all = {} } = world;
  return uri in all
    ? {
        get images() {
          return all[uri] ?? [];
        },
        set images(left) {
          all[uri] = left;
        },
      }
    : undefined;
}

/** An image as ECR has it; the manifest is as good as any text. */
export const image = (digest: string, ...tags: string[]): Image => ({
  digest,
  tags,
  manifest: `{\n  "schemaVersion": 2,\n  "config": "${digest}"\n}`,
});

export type Identity = {
  readonly kind: "job" | "plan" | "deploy" | "cleanup" | "branch" | "starter";
  readonly account: string;
  /** Tag of the session. */
  readonly branch?: string;
  /** That it calls, of the job itself. */
  readonly region?: string;
};

/** CodePipeline as the jobs ask it. */

/** One action that ran, as ListActionExecutions has it. */
export interface ActionRun {
  readonly stageName?: string;
  readonly actionName?: string;
  readonly status?: string;
  readonly startTime?: string;
  readonly output?: Readonly<Record<string, unknown>>;
}

/** A stage as GetPipelineState has it. */
export interface ShownStage {
  readonly stageName: string;
  latestExecution?: { pipelineExecutionId: string; status: string; type?: string } | undefined;
  inboundExecution?: { pipelineExecutionId: string } | undefined;
  actionStates: {
    actionName: string;
    latestExecution?: { status: string; token?: string; externalExecutionId?: string };
  }[];
}

/** What the state shows of a job's stage, each time the job looks. */
export interface Seen {
  /** Run that has the stage. */
  readonly id?: string;
  readonly type?: string | null;
  readonly actions?: readonly { readonly build: string; readonly status: string }[];
}
