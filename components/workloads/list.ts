import { ecsService } from "./ecsService";
import { lambdaContainer } from "./lambdaContainer";
import { lambdaZip } from "./lambdaZip";
import { serverless } from "./serverless";
import type { Workload } from "./workload";

/** Every kind of workload that settings may ask for. */
export const WORKLOADS = {
  [lambdaContainer.kind]: lambdaContainer,
  [lambdaZip.kind]: lambdaZip,
  [ecsService.kind]: ecsService,
  [serverless.kind]: serverless,
} as const satisfies Record<string, Workload>;

export type WorkloadKind = keyof typeof WORKLOADS;
