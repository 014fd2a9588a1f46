/** What the jobs' release test says between its two halves: an AWS that answers, and what runs jobs over it. */
import type { Agent } from "node:https";
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";

/** An account of the system: tooling's or an environment's. */
export interface Account {
  /** Twelve digits. */
  readonly id: string;
  readonly stack: string;
  readonly region: string;
}

/** A process's environment, with which it acts as one principal. Whoever starts the process adds its own variables. */
export interface Session {
  /** Of the role's ARN, the session's name and a number: `fault` and `calls` go by it. */
  readonly id: string;
  /** Keys, token, region; PATH begins with the folder that holds the real `aws`. */
  readonly env: Readonly<Record<string, string>>;
  /** The same keys as a function of Lambda is handed them. Default: none. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** Whose session is asked for. */
export interface SessionOf {
  readonly roleArn: string;
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The service that takes the role for a resource of its own: the role's trust decides. Default: nobody asks. */
  readonly by?: { readonly service: string; readonly sourceArn?: string };
}

/** One call of AWS's API, as the gate reads it. */
export interface Call {
  /** Position among all calls, from 1. */
  readonly number: number;
  /** Session that the process was started with; the roles that it takes itself count as its own. */
  readonly session: string;
  /** As in IAM's actions: `cloudformation`, `s3`. */
  readonly service: string;
  /** API's name: `CreateChangeSet`. */
  readonly operation: string;
  /** Parameters, as the API names them. Of S3: `Bucket`, `Key` and the query's. */
  readonly input: Readonly<Record<string, unknown>>;
  /** ARN of the role whose session asks. */
  readonly principal: string;
  readonly sessionName: string;
  readonly sessionTags: Readonly<Record<string, string>>;
  /** The caller's. */
  readonly account: string;
  readonly region: string;
}

/** A call that was decided, and what became of it. */
export interface DecidedCall extends Call {
  readonly verdict: "allowed" | "denied";
  /** What was asked for: action on resource, all of which must be allowed. */
  readonly asked: readonly { readonly action: string; readonly resource: string }[];
  /** Of a denied call: the policy that does not allow it, or the statement that denies it. */
  readonly missing: readonly string[];
  /** Status of the answer, and AWS's error code in it; 0 where no answer was sent. */
  readonly status: number;
  readonly code?: string;
}

/** An error as AWS tells it. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** Answers allowed calls of one service. Returns the answer's body as data, or undefined: the emulator answers. */
export type Handler = (call: Call) => unknown;

/** `kill-before`: the call has no effect; `kill-after`: it has, and no answer; `lose-answer`: the same, and the process lives. */
export type FaultKind = "kill-before" | "kill-after" | "lose-answer";

export interface Fault {
  readonly session: string;
  /** Which of the session's calls, from 1. Of `lose-answer`: only the first try of it; the CLI's own retries go on. */
  readonly call: number;
  /** `s3:PutObject`: counts the session's calls of this operation alone. Default: all. */
  readonly operation?: string;
  readonly kind: FaultKind;
  /** Ends the processes of the session (their group); needed for `kill-…`. It is waited for. */
  readonly kill?: () => void | Promise<void>;
}

/** A fault that was set: a test that never sees it fire has shown nothing. */
export interface SetFault {
  readonly fired: () => Call | undefined;
  readonly remove: () => void;
}

/** Asks as a principal without a process, for what a service does itself: CodePipeline puts an artifact. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Objects of all buckets, past every policy. */
export interface Objects {
  readonly get: (bucket: string, key: string) => Promise<Buffer | undefined>;
  readonly put: (bucket: string, key: string, body: Buffer | string) => Promise<void>;
  readonly list: (bucket: string, prefix?: string) => Promise<readonly string[]>;
}

/** A running emulated AWS with what the stacks register. */
export interface Aws {
  readonly accounts: readonly Account[];
  /** The real `aws`. */
  readonly cli: string;
  readonly session: (of: SessionOf) => Session;
  /**
   * Answers calls in the emulator's place: of a service (`codepipeline`) or of one action (`ecr:DescribeImageScanFindings`).
   * Returns who has answered until now.
   */
  readonly answer: (of: string, handler: Handler) => Handler;
  /** Throws AwsError AccessDenied where the session's role may not; the call stands in `calls` either way. */
  readonly ask: (session: Pick<Session, "id">, asked: Asked) => void;
  readonly fault: (fault: Fault) => SetFault;
  readonly calls: () => readonly DecidedCall[];
  /** An administrator's session, for judging state: its calls are neither decided nor logged. */
  readonly administrator: (account: string) => Session;
  readonly objects: Objects;
  /** One call of a JSON service as an administrator: `request(account, "ecr", "DescribeImages", {...})`. */
  readonly request: (
    account: string,
    service: string,
    operation: string,
    input: Readonly<Record<string, unknown>>,
  ) => Promise<unknown>;
  /** What a registry of images answers, past every policy. */
  readonly registry: (
    host: string,
    method: string,
    path: string,
    body: Buffer,
  ) => Promise<{ readonly status: number; readonly body: Buffer }>;
  /** An administrator's client, for judging stacks and change sets. */
  readonly cloudFormation: (account: string) => CloudFormationClient;
  /** Calls that the gate could not read or decide: a scenario that has one has shown less than it says. */
  readonly problems: () => readonly string[];
  /** What anybody is answered at an address of a workload's: of its HTTP API, or of a load balancer. */
  readonly get: (url: string) => Promise<{ readonly status: number; readonly body: string }>;
  /** Through which an SDK's clients reach it. */
  readonly agent: () => Agent;
  /** Every secret that was handed out: keys, tokens, registry passwords. No log may hold one. */
  readonly secrets: () => readonly string[];
  /** Keeps what AWS has now, while nothing runs; what is returned brings it back. */
  readonly keep: () => Promise<() => Promise<void>>;
  readonly stop: () => Promise<void>;
}
