import * as pulumi from "@pulumi/pulumi";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { StackRun } from "../record/record";
import type { Values } from "../../packages/iam/src/json";
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

/** Whoever reads a property of what failed has Pulumi write the property's name before the same error: the first reader's stays. */
const FURTHER_READERS = /^(?:error serializing property "[^"]*": )+(?=error serializing property ")/;

const message = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(FURTHER_READERS, "");

type Promised = (promise: Promise<unknown>, label: string) => Promise<unknown>;
/** Makes an Output for each property of a resource, and returns what resolves each. */
type Transfer = (
  onto: object,
  label: string,
  properties: Readonly<Record<string, unknown>>,
) => Record<string, (...result: unknown[]) => void>;

/**
 * The same, once a property is read: AWS's classes have thirty of them, of which a program reads one or two. Each Output has a
 * dozen promises.
 */
const whenRead =
  (transfer: Transfer): Transfer =>
  (onto, label, properties) => {
    const resolvers: ReturnType<Transfer> = {};
    for (const [key, value] of Object.entries(properties)) {
      if (key === "id" || key === "urn") continue; // Pulumi makes them itself
      let resolve: ReturnType<Transfer>[string] | undefined;
      let result: unknown[] | undefined;
      const read = (): unknown => {
        Reflect.deleteProperty(onto, key);
        resolve = transfer(onto, label, { [key]: value })[key];
        if (result) resolve?.(...result);
        return Reflect.get(onto, key);
      };
      Object.defineProperty(onto, key, { configurable: true, enumerable: true, get: read });
      resolvers[key] = (...given) => {
        result = given;
        resolve?.(...given);
      };
    }
    return resolvers;
  };

/**
 * What is replaced while a stack runs, and put back after it: of what, which, by what. Pulumi prepares for an engine in another
 * process, and for whoever looks for a promise that never ends: without that a stack takes two fifths less time.
 */
function whileRunning(failed: (text: string) => void): readonly [object, string, unknown][] {
  const { error: logError } = console;
  const debuggablePromise = Reflect.get(debuggable, "debuggablePromise") as Promised;
  // What waits for ever is told by the promise of the resource, or of its outputs, that waits for it.
  const traced: Promised = (promise, label) =>
    label.startsWith("resource:") || label.endsWith("-initial") ? debuggablePromise(promise, label) : promise;
  return [
    [Error, "stackTraceLimit", 0], // a trace for every promise costs ten times what the stacks do
    [pulumi.Resource, "stackTrace", () => []], // where each resource is made; Pulumi sets the limit for it itself
    [debuggable, "debuggablePromise", traced],
    [rpc, "transferProperties", whenRead(Reflect.get(rpc, "transferProperties") as Transfer)],
    // A message carries a resource's properties as they are, rather than a message for each value in them.
    [
      Struct,
      "fromJavaScript",
      (properties: Values) => Object.assign(new Struct(), { toJavaScript: () => properties }),
    ],
    [
      console,
      "error",
      (...texts: unknown[]) => {
        const [first] = texts; // pulumi.log.error ends here when there is no engine
        if (typeof first === "string" && first.startsWith(LOGGED)) failed(first.slice(LOGGED.length));
        else logError(...texts);
      },
    ],
  ];
}

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
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error) => failures.add(message(error)));
  const before = whileRunning((text) => failures.add(text)).map(
    ([of, key, value]): [object, string, unknown] => {
      const was: unknown = Reflect.get(of, key);
      Reflect.set(of, key, value);
      return [of, key, was];
    },
  );
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
    before.forEach(([of, key, was]) => Reflect.set(of, key, was));
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
