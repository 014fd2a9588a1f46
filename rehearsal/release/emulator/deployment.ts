import type { Answer } from "./address";
import type { Released } from "../cloudformation/parameters";
import type { Route } from "./routes";
import type { Evaluated, StackResource } from "../cloudformation/stack";
import type { NotShown } from "../../record/notShown";
import type { Target, Handover } from "../model";
import type { Call, Wiring } from "./events/model";

/** A release as its template makes it in one environment. */
export interface EvaluatedRelease {
  readonly target: Target;
  readonly evaluated: Evaluated;
  /** What the pipeline put into the template's parameters. */
  readonly released: Released;
  /** The environment's own copy. */
  readonly copy: Handover;
}

/** Where it runs. */
export interface Place {
  /** Folder that output goes to. */
  readonly folder: string;
  /** Variables of every process besides those that its template gives it. */
  readonly variables: Readonly<Record<string, string>>;
  /** A value of the template's with this machine's address in place of the one in AWS. */
  readonly here: (value: string) => string;
  /** Seconds after which a process that has not answered is taken to hang. */
  readonly patience: number;
}

/** Processes that answer for a release. */
export interface Running {
  /** Rejects with Stopped where they do not start: then what ran before must stay. */
  readonly ready: Promise<void>;
  readonly answer: Answer;
  /** Has a function answer an event that comes from elsewhere than an API. */
  readonly call: Call;
  /** Ends them when others have taken over: what they have begun is answered. */
  retire(): Promise<void>;
  /** Ends them at once, also those that are only starting. */
  close(): Promise<void>;
}

/** What of a stack runs on this machine. */
export interface Deployment {
  readonly tables: readonly StackResource[];
  /** What can be asked. */
  readonly routes: readonly Route[];
  /** Address that the service has in AWS: what stands for it in outputs and variables is this machine's own. */
  readonly awsEndpoint: string;
  /** What that address must come from, and how a template says so. */
  readonly endpoint: { readonly of: string; readonly remedy: string };
  /** Why it can't run here; it can where this is not given. */
  readonly notCovered?: string | undefined;
  /** Promises of its kind that the template drops: one line each. */
  readonly dropped: readonly string[];
  /** What the template asks for and the rehearsal does not do, beside types that it does not know. */
  readonly notRehearsed: readonly string[];
  /** What messages and events reach; undefined where the template has none. */
  readonly wiring?: Wiring | undefined;
  start(place: Place): Running;
}

/** A way in which workloads run here. */
export interface Runtime {
  /** What of a template runs. Throws Stopped. */
  readonly read: (release: EvaluatedRelease) => Deployment;
  /** What is never shown of it. */
  readonly notShown: readonly NotShown[];
}

export const CORRECT = "correct template.yaml, then start a new release";

export const ofType = ({ resources }: Evaluated, type: string): StackResource[] =>
  [...resources.values()].filter((resource) => resource.type === type);

/** Values of a map as the text that a process gets. */
export const texts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
