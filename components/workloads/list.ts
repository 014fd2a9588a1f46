import { lambdaContainer } from "./lambdaContainer";
import type { Workload } from "./workload";

/** Every kind of workload that settings may ask for. */
export const WORKLOADS = { [lambdaContainer.kind]: lambdaContainer } as const satisfies Record<
  string,
  Workload
>;

export type WorkloadKind = keyof typeof WORKLOADS;
