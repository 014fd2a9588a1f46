export interface ChangeSet {
  readonly name: string;
  readonly id: string;
  readonly description?: string;
  readonly type: "CREATE" | "UPDATE";
  status: string;
  executionStatus: string;
  reason: string | null;
  readonly release: string | null;
  readonly changes: readonly unknown[];
  /** What it will execute. */
  readonly template: unknown;
  /** Statuses to come, one for each time the job sleeps. */
  next: string[];
}

export interface StackEvent {
  readonly EventId: string;
  readonly StackId: string;
  readonly StackName: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
  readonly Timestamp: string;
}

export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly account: string;
  status: string;
  /** Statuses to come, one for each time the job sleeps. */
  next: string[];
  /** The change set that was executed last. */
  changeSetId: string | null;
  /** Parameter `Release` as deployed, and before the update that is running. */
  release: string | null;
  before: string | null;
  endpoint: string | null;
  protected: boolean;
  sets: ChangeSet[];
  /** Newest first, as AWS gives them. */
  events: StackEvent[];
  /** Of the call that has started the last update: all events of that have it. */
  token?: string;
}

export const stackId = (account: string, name: string, unique = name): string =>
  `arn:aws:cloudformation:${REGION}:${account}:stack/${name}/${unique}`;

export const setId = (account: string, name: string): string =>
  `arn:aws:cloudformation:${REGION}:${account}:changeSet/${name}/2`;

/** A stack that was released before, by another run. */
export function liveStack(status = "UPDATE_COMPLETE", changes: Partial<Stack> = {}): Stack {
  const account = changes.account ?? "222222222222";
  const name = changes.name ?? "catalog--test";
  return {
    name,
    id: stackId(account, name),
    account,
    status,
    next: [],
    changeSetId: setId(account, "d-ffffffff-0000-4000-8000-000000000000"),
    release: "ffffffff-0000-4000-8000-000000000000",
    before: null,
    endpoint: "https://abc123.execute-api.eu-west-1.amazonaws.com",
    protected: true,
    sets: [],
    events: [],
    ...changes,
  };
}

export function changeSet(name: string, changes: Partial<ChangeSet> = {}): ChangeSet {
  return {
    name,
    id: setId("222222222222", name),
    type: "UPDATE",
    status: "CREATE_COMPLETE",
    executionStatus: "AVAILABLE",
    reason: null,
    release: name.slice(2),
    changes: [],
    template: { Resources: {} },
    next: [],
    ...changes,
  };
}

export const REGION = "eu-west-1";
