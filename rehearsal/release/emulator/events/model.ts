/** What messages and events reach, as a value. */
import type { Site } from "../../../aws/physicalNames";
import type { Values } from "../../../../packages/iam/src/json";

/** The version that is called where none is named. */
export const LATEST = "$LATEST";

/** Has a function answer; undefined where it crashed or took too long. */
export type Call = (logicalId: string, event: object) => Promise<{ readonly result: unknown } | undefined>;

/** Where messages and events go. */
export type Sink =
  | {
      readonly kind: "function";
      readonly logicalId: string;
      readonly arn: string;
      /** An alias or a version. */
      readonly qualifier: string;
    }
  | { readonly kind: "queue" | "topic"; readonly arn: string; readonly group?: string | undefined }
  | { readonly kind: "bus"; readonly name: string };

export interface QueueSettings {
  readonly logicalId: string;
  readonly arn: string;
  readonly url: string;
  readonly name: string;
  /** A message that is there already, by its deduplication id, is not taken again. */
  readonly fifo: boolean;
  readonly byContent: boolean;
  /** Seconds */
  readonly visibility: number;
  readonly deadLetters?: { readonly queue: string; readonly after: number };
}

export interface Topic {
  readonly logicalId: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly byContent: boolean;
}

/** A function that Lambda calls with what is in a queue. */
export interface Mapping {
  readonly logicalId: string;
  readonly queue: string;
  readonly target: string;
  readonly batch: number;
  /** The function says which messages have failed. */
  readonly partial: boolean;
  /** A message must fit one of them; none: all do. */
  readonly filters: readonly Values[];
}

/** What a table's writes are told by. */
export interface Stream {
  /** Of the table. */
  readonly logicalId: string;
  readonly arn: string;
  readonly table: string;
  /** Attributes of the table's key. */
  readonly keys: readonly string[];
  /** `NEW_IMAGE` */
  readonly view: string;
}

/** A function that Lambda calls with what is in a stream. */
export interface StreamMapping extends Omit<Mapping, "queue"> {
  /** ARN. */
  readonly stream: string;
  /** ARN of the function. */
  readonly targetArn: string;
  /** How often a batch is tried; undefined: until it is too old. */
  readonly attempts: number | undefined;
  /** A batch that fails is tried in halves. */
  readonly bisect: boolean;
  /** Where it is told what was given up. */
  readonly failed?: Sink | undefined;
}

/** What a bucket tells somebody of its objects. */
export interface Notification {
  readonly sink: Sink;
  /** `s3:ObjectCreated:*` */
  readonly event: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface Bucket {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly notifications: readonly Notification[];
  /** All of it is put on the default bus too. */
  readonly eventBridge: boolean;
}

export interface Subscription {
  readonly logicalId: string;
  readonly topic: string;
  readonly sink: Sink;
  readonly filter?: { readonly pattern: Values; readonly body: boolean };
  readonly raw: boolean;
}

export interface Target {
  readonly sink: Sink;
  /** Queue of what can't be delivered. What a function fails on was delivered. */
  readonly deadLetters?: string | undefined;
  /** Text in place of the event. */
  readonly input?: string;
  /** The part of the event that is sent, as `$.detail`. */
  readonly path?: string;
}

export interface Rule {
  readonly logicalId: string;
  readonly arn: string;
  readonly bus: string;
  /** Undefined where it has a schedule alone. */
  readonly pattern: Values | undefined;
  readonly scheduled: boolean;
  readonly targets: readonly Target[];
}

/** A schedule of EventBridge Scheduler. */
export interface Schedule {
  readonly logicalId: string;
  readonly arn: string;
  readonly target: Target;
}

/** What becomes of events that a function is called with and nobody waits for. */
export interface InvokeConfig {
  readonly logicalId: string;
  /** Logical id of the function, and which of its versions: an alias, or `$LATEST`. */
  readonly target: string;
  readonly qualifier: string;
  /** How often it is called until it does not fail. */
  readonly attempts: number;
  /** Where the record of a success, or of a failure, goes. */
  readonly succeeded?: Sink | undefined;
  readonly failed?: Sink | undefined;
}

/** An event for a bus. */
export interface Put {
  readonly source: string;
  readonly type: string;
  readonly detail: unknown;
  readonly bus: string;
  readonly resources: readonly unknown[];
  readonly time?: string | undefined;
  /** A rule of another bus sent it on, which happens once: no rule sends it to a third. */
  readonly forwarded?: true;
}

/** All of it. */
export interface Wiring {
  readonly site: Pick<Site, "account" | "region">;
  readonly queues: readonly QueueSettings[];
  readonly topics: readonly Topic[];
  readonly buses: readonly string[];
  readonly buckets: readonly Bucket[];
  readonly streams: readonly Stream[];
  readonly mappings: readonly Mapping[];
  readonly streamMappings: readonly StreamMapping[];
  readonly subscriptions: readonly Subscription[];
  readonly rules: readonly Rule[];
  readonly schedules: readonly Schedule[];
  readonly invokeConfigs: readonly InvokeConfig[];
  /** Dead letters of functions, by logical id: what one failed on that was called without waiting. */
  readonly failed: ReadonlyMap<string, Sink>;
  /** What of it does not run here. */
  readonly notRehearsed: readonly string[];
}
