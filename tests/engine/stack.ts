/** One stack of a world under the real engine, its program in this process: faster than the command line. */
import type { Deployment, EngineEvent, OpMap, Stack } from "@pulumi/pulumi/automation";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import program from "../../index";
import type { World } from "./world";

/** How an operation went. */
export interface Ran {
  /** How many resources it did what to; those that stayed the same, or that it only read, are left out. */
  readonly changes: Readonly<Record<string, number>>;
  /** Its error messages, without colours. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

export type Operation = "preview" | "up" | "refresh" | "destroy";
export interface Options {
  readonly refresh?: boolean;
  readonly continueOnError?: boolean;
  /** As for everybody: the engine saves the state after each step, so that it outlives the engine. Default: at the end. */
  readonly savesEachStep?: boolean;
}

/** Saving after each step takes most of the time of a stack of some hundred resources. */
const SAVED_AT_THE_END = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

const plain = (message: string): string =>
  // eslint-disable-next-line no-control-regex -- the engine's markers of colour
  message.replaceAll(/<\{%[^%]*%\}>|\u001b\[[\d;]*m/g, "").trim();

class Watched {
  private readonly events: EngineEvent[] = [];
  readonly add = (event: EngineEvent): void => void this.events.push(event);

  /** Each once: the engine repeats what a program throws. */
  private messages(severity: string): string[] {
    const found = this.events.flatMap(({ diagnosticEvent }) =>
      diagnosticEvent?.severity === severity && !diagnosticEvent.ephemeral
        ? [plain(diagnosticEvent.message)]
        : [],
    );
    return [...new Set(found)];
  }

  ran(): Ran {
    const summary: OpMap = this.events.find((each) => each.summaryEvent)?.summaryEvent?.resourceChanges ?? {};
    const changes = Object.fromEntries(
      Object.entries(summary).filter(([op]) => op !== "same" && op !== "read"),
    );
    return { changes, errors: this.messages("error"), warnings: this.messages("warning") };
  }
}

let command: Promise<PulumiCommand> | undefined;
const stacks = new WeakMap<World, Map<string, Promise<Stack>>>();

async function open(world: World, stackName: string): Promise<Stack> {
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName, projectName: world.name, program },
    {
      workDir: world.project,
      envVars: world.environment,
      pulumiCommand: await (command ??= PulumiCommand.get()),
    },
  );
  // After each up the API asks for outputs and history, which takes longer than the up itself.
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
  return stack;
}

/** A stack of a world; it is selected once, which takes the CLI a third of a second. */
function stackOf(world: World, name: string): Promise<Stack> {
  const known = stacks.get(world) ?? new Map<string, Promise<Stack>>();
  stacks.set(world, known);
  const stack = known.get(name) ?? open(world, name);
  known.set(name, stack);
  return stack;
}

let running = 0;
let { stackTraceLimit } = Error;

/** A trace for every promise costs more than the rest of the program. */
async function withoutTraces<T>(act: () => Promise<T>): Promise<T> {
  if (running++ === 0) ({ stackTraceLimit } = Error);
  Error.stackTraceLimit = 0;
  try {
    return await act();
  } finally {
    if (--running === 0) Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Gives a stack, which has nothing yet, the state of another. */
export async function imported(world: World, stackName: string, state: Deployment): Promise<void> {
  await (await stackOf(world, stackName)).importStack(state);
}

/** What the backend has of a stack. */
export async function exported(world: World, stackName: string): Promise<Deployment> {
  return (await stackOf(world, stackName)).exportStack();
}

/** Runs one operation; errors are in what it returns. */
export async function run(
  world: World,
  stackName: string,
  operation: Operation,
  { savesEachStep = false, ...options }: Options = {},
): Promise<Ran> {
  const watched = new Watched();
  try {
    await withoutTraces(async () => {
      const stack = await stackOf(world, stackName);
      stack.workspace.envVars = { ...world.environment, ...(!savesEachStep && SAVED_AT_THE_END) };
      await stack[operation]({ ...options, onEvent: watched.add });
    });
    return watched.ran();
  } catch (error) {
    const ran = watched.ran();
    const message = error instanceof Error ? error.message : String(error);
    return ran.errors.length > 0 ? ran : { ...ran, errors: [plain(message)] };
  }
}
