import { WORKLOADS } from "../../../components/workloads/list";
import { type Workload, workloadRoles } from "../../../components/workloads/workload";

/** What a kind of workload is made of, as far as access depends on it. None of its statements is in here. */
export interface KindTraits {
  /** Code that is an image is in a repository, files are in the release. */
  readonly code: "image" | "files";
  /** Whether Build packages a template for each environment, in place of the service's own. */
  readonly packaged: boolean;
  /** What of another stack's code alone is released to; undefined where there is a stack of its own. */
  readonly codeAlone: string | undefined;
  /** Role in the environment that fetches the code: `execution`; `owner` for one of another stack, or `nobody`. */
  readonly fetchedBy: string;
  /** Whether its environments have a container platform. */
  readonly platform: boolean;
  /** Whether its templates make roles, which then are under a boundary. */
  readonly bounded: boolean;
  /** The service that takes it, by further role in the environment: `codedeploy`. */
  readonly roles: Readonly<Record<string, string>>;
}

/** By the names that settings have for kinds. */
export type Kinds = ReadonlyMap<string, KindTraits>;

const traitsOf = (workload: Workload): KindTraits => ({
  code: workload.packaging === "image" ? "image" : "files",
  packaged: workload.packaging === "serverless",
  codeAlone: workload.codeAlone,
  fetchedBy: workload.fetchedBy,
  platform: workload.platform,
  bounded: workload.boundary !== undefined,
  roles: Object.fromEntries(workloadRoles(workload).map(([name, { service }]) => [name, service])),
});

/** Every kind that there is. */
export const kindsOf = (workloads: Readonly<Record<string, Workload>> = WORKLOADS): Kinds =>
  new Map(Object.entries(workloads).map(([kind, workload]) => [kind, traitsOf(workload)]));
