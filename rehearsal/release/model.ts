import type { Workload } from "../../components/workloads/workload";
import type { Parameters, Released } from "./cloudformation/parameters";
import type { Site } from "../aws/physicalNames";

/** What Build hands over: template, parameters, code, source. */
export interface Handover {
  readonly folder: string;
  /** SHA-256 of SHA256SUMS, which lists every other file. It travels apart from the files. */
  readonly sha256: string;
  /** SHA-256 of the code. */
  readonly bundle: string;
}

/** A release that an environment may get. */
export interface Release {
  /** Id of the run that releases it. */
  readonly id: string;
  readonly handover: Handover;
}

/** Where a pipeline deploys in one environment, and what every release is given there. */
export interface Target {
  readonly site: Site;
  readonly workload: Workload;
  /** As the environment's jobs have them, with placeholders. */
  readonly parameters: Parameters;
  readonly rollbackParameters: Parameters;
  /** Where the environment's load balancer answers; undefined where it has none. */
  readonly endpointUrl: string | undefined;
  readonly released: (release: Release) => Released;
}
