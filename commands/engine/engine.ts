/** What the commands ask of Pulumi. automation.ts asks the real one; tests have their own. */
import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import { z } from "zod";

/** One stack among those that the backend has. */
export interface Listed {
  readonly name: string;
  /** Whether an update is running; only Pulumi Cloud tells. */
  readonly updateInProgress?: boolean | undefined;
}

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  custom: z.boolean().optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  protect: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
const deployment = z.object({
  resources: z.array(resource).nullish(),
  pending_operations: z.array(z.object({ resource, type: z.string() })).nullish(),
});

export type StateResource = z.output<typeof resource>;

/** An operation that a crash left without an answer. */
export interface PendingOperation {
  readonly resource: StateResource;
  /** `creating`, `updating`, `deleting` … */
  readonly type: string;
}

/** What Pulumi remembers of a stack. */
export interface State {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
  /** The stack's outputs, secrets in plain. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export const STACK_TYPE = "pulumi:pulumi:Stack";

/** From what `pulumi stack export` writes. */
export function readState(exported: unknown): State {
  const { resources, pending_operations } = deployment.parse(exported);
  const all = resources ?? [];
  const outputs = all.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  return { resources: all, pending: pending_operations ?? [], outputs };
}

/** What AWS has of it: resources that are neither the stack itself, nor components, nor providers. */
export const realResources = ({ resources }: State): StateResource[] =>
  resources.filter(({ type, custom }) => custom === true && !type.startsWith("pulumi:"));

export type Action = "up" | "preview" | "destroy";

export interface Run {
  readonly onEvent: (event: EngineEvent) => void;
  /** Aborted: what is under way is finished, the rest is not begun. */
  readonly signal?: AbortSignal;
  /** Settings instead of the stack's own file. Not for destroy, which reads none. */
  readonly configFile?: string;
  /** Compare with what AWS really has first. */
  readonly refresh?: boolean;
}

export interface Engine {
  /** Who is logged in, and where. */
  whoAmI(): Promise<{ user: string; url: string }>;
  /** This project's stacks. */
  list(): Promise<Listed[]>;
  create(stack: string, secretsProvider?: string): Promise<void>;
  state(stack: string): Promise<State>;
  /** What `pulumi stack export` writes: secrets stay encrypted. */
  exported(stack: string): Promise<string>;
  /** Puts that in the place of what Pulumi remembers of a stack. */
  imported(stack: string, exported: string): Promise<void>;
  /** Throws EngineFailure. What went wrong in detail came through the events. */
  run(action: Action, stack: string, run: Run): Promise<void>;
}

/** Pulumi refused or failed; the message is its own, without colours. */
export class EngineFailure extends Error {}

export type { EngineEvent, OpType };
