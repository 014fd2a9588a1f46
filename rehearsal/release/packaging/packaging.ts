import type { Delivery, Step } from "../pipeline/deliveryFile";
import type { NotShown } from "../../record/notShown";

/** A build, when the service's tests have passed. */
export interface Packing {
  /** Copy of the service that is built in, with its packages. */
  readonly copy: string;
  /** What is handed over: templates and code go there. */
  readonly release: string;
  /** Path of the template below the service's folder. */
  readonly template: string;
  readonly environments: readonly string[];
  readonly region: string;
  /** What the names of the workload's stacks begin with: `catalog--`. */
  readonly stackPrefix: string;
  /** Runs one of the service's own steps. Throws Stopped when it fails. */
  readonly step: (step: Step) => Promise<number>;
  /** What its delivery.yaml says; undefined where it has none. */
  readonly delivery: Delivery | undefined;
  /** Path of a log, by name. */
  readonly log: (name: string) => string;
  readonly signal: AbortSignal;
}

export interface Packed {
  /** SHA-256 of the code. */
  readonly bundle: string;
  /** How it came to be, for people. */
  readonly how: string;
  /** What this time was not done as the job does it. */
  readonly notShown: readonly NotShown[];
}

/** How Build makes the code of a kind of workload, and its template. */
export interface Packager {
  /** Files that the service must have, besides its package.json. */
  readonly needs: (template: string) => readonly string[];
  /** Folder with a file of parameters for each environment; undefined for a kind that has none. */
  readonly parameters: (template: string) => string | undefined;
  readonly pack: (packing: Packing) => Promise<Packed>;
  /** What is never shown here of code that is made so. */
  readonly notShown: readonly NotShown[];
}
