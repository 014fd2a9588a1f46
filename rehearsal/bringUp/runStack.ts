import * as pulumi from "@pulumi/pulumi";
import type { StackRun } from "../record/record";
import { type Recorded, Recorder } from "./recorder";

/** A stack to bring up. */
export interface Run extends Recorded {
  /** Configuration as the CLI hands it over: full keys, text. */
  readonly config: Readonly<Record<string, string>>;
  /** The program; it is called once. */
  readonly program: () => Promise<unknown>;
}

/** Organization that programs are told; nobody is logged in to a real one. */
export const ORGANIZATION = "organization";

/** Internal to Pulumi's typings: without it the monitor is taken for one that cannot mark secrets. */
const { awaitFeatureSupport } = pulumi.runtime as unknown as { awaitFeatureSupport: () => Promise<void> };

const LOGGED = "error: [runtime] ";

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Lets everything that is already due happen: late rejections come after the last registration. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Runs a program as a stack of its own, once, and returns what it registered. Errors in it are `failures`:
 * Pulumi lets most of them surface as unhandled rejections only, which are collected here while it runs.
 * One at a time: mocks and configuration are the process's.
 */
export async function runStack(run: Run): Promise<StackRun> {
  const started = performance.now();
  const failures = new Set<string>();
  const others = process.listeners("unhandledRejection");
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, "prepareStackTrace");
  const { error: logError } = console;
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error) => failures.add(message(error)));
  Error.stackTraceLimit = 0; // a trace for every promise costs ten times what the stacks do
  Error.prepareStackTrace = () => ""; // Pulumi sets the limit itself for where each resource is made
  console.error = (...texts: unknown[]) => {
    const [first] = texts; // pulumi.log.error ends here when there is no engine
    if (typeof first === "string" && first.startsWith(LOGGED)) failures.add(first.slice(LOGGED.length));
    else logError(...texts);
  };
  const recorder = new Recorder(run);
  try {
    pulumi.runtime.setMockOptions(recorder, run.project, run.stack, false, ORGANIZATION);
    await awaitFeatureSupport();
    pulumi.runtime.setAllConfig({ ...run.config }, []);
    await pulumi.runtime.runInPulumiStack(run.program);
    await pulumi.runtime.disconnect();
  } catch (error) {
    failures.add(message(error));
  } finally {
    await settled();
    process.removeAllListeners("unhandledRejection");
    others.forEach((listener) => process.on("unhandledRejection", listener));
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    console.error = logError;
    pulumi.runtime.resetOptions("", "", -1, "", "", false, "");
    pulumi.runtime.setAllConfig({}, []);
  }
  return {
    stack: run.stack,
    account: run.config[`${run.project}:account`],
    region: run.config["aws:region"],
    resources: recorder.registered,
    outputs: recorder.outputs,
    failures: [...failures],
    seconds: (performance.now() - started) / 1000,
  };
}
