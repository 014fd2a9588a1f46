/** A delivery with names of its own, and an engine that only remembers what it was asked. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { type Delivery, readDelivery } from "../../commands/delivery";
import { folderWith } from "../folders";
import type {
  Action,
  Engine,
  EngineEvent,
  Listed,
  OpType,
  Run,
  State,
  StateResource,
} from "../../commands/engine/engine";

export const ROOT = resolve(__dirname, "../..");
export type Values = Record<string, unknown>;

export const TOOLING: Values = {
  "aws:region": "eu-central-1",
  "aws:profile": "builder",
  kind: "tooling",
  account: "444444444444",
  environments: [
    { name: "qa", account: "555555555555" },
    { name: "live", account: "666666666666", approval: true },
  ],
  pipelines: [{ name: "shop", prefix: "sh", source: { codecommit: "shop" } }],
};
const environment = (account: string, changes: Values = {}): Values => ({
  "aws:region": "eu-central-1",
  kind: "environment",
  account,
  tooling: "acme-org/acme/build",
  ...changes,
});
/** Stacks whose names are none of the defaults. */
export const STACKS: Readonly<Record<string, Values>> = {
  build: TOOLING,
  "eu-live": environment("666666666666", { environment: "live" }),
  qa: environment("555555555555"),
};

/** The folder of a project `acme` with these stacks. */
export function projectFolder(stacks: Readonly<Record<string, Values>>, extra: Values = {}): string {
  const described = readFileSync(join(ROOT, "Pulumi.yaml"), "utf8").replace(/^name: .*/m, "name: acme");
  const files = Object.entries(stacks).map(([stack, config]) => [
    `Pulumi.${stack}.yaml`,
    stringify({ config, ...extra }),
  ]);
  return folderWith({ "Pulumi.yaml": described, ...(Object.fromEntries(files) as Record<string, string>) });
}

let usual: Delivery | undefined;
/** Of the usual stacks it is read once: commands only read it. */
export const delivery = (stacks = STACKS): Delivery =>
  stacks === STACKS ? (usual ??= readDelivery(projectFolder(stacks))) : readDelivery(projectFolder(stacks));

export const stackUrn = (stack: string): string =>
  `urn:pulumi:${stack}::acme::pulumi:pulumi:Stack::acme-${stack}`;
export const urn = (stack: string, type: string, name: string): string =>
  `urn:pulumi:${stack}::acme::${type}::${name}`;

export function resource(
  stack: string,
  type: string,
  name: string,
  others: Partial<StateResource> = {},
): StateResource {
  return { urn: urn(stack, type, name), type, custom: true, inputs: {}, outputs: {}, ...others };
}
export const state = (resources: readonly StateResource[] = [], others: Partial<State> = {}): State => ({
  resources,
  pending: [],
  outputs: {},
  ...others,
});

/** Events of one resource that is created, or not. */
export const created = (stack: string, type: string, name: string): EngineEvent[] =>
  [
    { resourcePreEvent: { metadata: { op: "create", urn: urn(stack, type, name), type, provider: "" } } },
    { resOutputsEvent: { metadata: { op: "create", urn: urn(stack, type, name), type, provider: "" } } },
  ].map((event, sequence) => ({ sequence, timestamp: 0, ...event }) as EngineEvent);
export const event = (content: Partial<EngineEvent>): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  ...content,
});

/** The engine's own sum at the end. */
export const counts = (resourceChanges: Partial<Record<OpType, number>>): EngineEvent =>
  event({ summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges, policyPacks: {} } });
export const error = (message: string, about: string): EngineEvent =>
  event({
    diagnosticEvent: { message, severity: "error", color: "never", urn: about },
  });

/** What a stack answers to an action: its events, and how it ends. */
export interface Answer {
  readonly events?: readonly EngineEvent[];
  readonly error?: Error;
}

export class FakeEngine implements Engine {
  /** `up build`, in the order of their begin. */
  readonly calls: string[] = [];
  readonly configFiles: Record<string, string> = {};

  constructor(
    private readonly states: Readonly<Record<string, State>> = {},
    private readonly answers: Readonly<Record<string, Answer>> = {},
  ) {}

  whoAmI(): Promise<{ user: string; url: string }> {
    return Promise.resolve({ user: "somebody", url: "file:///state" });
  }

  list(): Promise<Listed[]> {
    return Promise.resolve(Object.keys(this.states).map((name) => ({ name })));
  }

  create(stack: string, secretsProvider?: string): Promise<void> {
    this.calls.push(["create", stack, ...(secretsProvider === undefined ? [] : [secretsProvider])].join(" "));
    const { error } = this.answers[`create ${stack}`] ?? {};
    return error ? Promise.reject(error) : Promise.resolve();
  }

  state(stack: string): Promise<State> {
    return Promise.resolve(this.states[stack] ?? state());
  }

  exported(stack: string): Promise<string> {
    return Promise.reject(new Error(`nobody exports ${stack} here`));
  }

  imported(stack: string): Promise<void> {
    return Promise.reject(new Error(`nobody imports ${stack} here`));
  }

  run(action: Action, stack: string, run: Run): Promise<void> {
    this.calls.push(`${action} ${stack}`);
    if (run.configFile !== undefined) this.configFiles[stack] = readFileSync(run.configFile, "utf8");
    const { events = [], error } = this.answers[`${action} ${stack}`] ?? {};
    events.forEach(run.onEvent);
    return error ? Promise.reject(error) : Promise.resolve();
  }
}
