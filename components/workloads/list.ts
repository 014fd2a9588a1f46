import { ecsService } from "./ecsService";
import { ecsServiceCode } from "./ecsServiceCode";
import { lambdaContainer } from "./lambdaContainer";
import { lambdaContainerCode } from "./lambdaContainerCode";
import { lambdaZip } from "./lambdaZip";
import { lambdaZipCode } from "./lambdaZipCode";
import { serverless } from "./serverless";
import { codeAlone, type Workload } from "./workload";

/** Every kind of workload that settings may ask for. */
export const WORKLOADS = {
  [lambdaContainer.kind]: lambdaContainer,
  [lambdaZip.kind]: lambdaZip,
  [lambdaZipCode.kind]: lambdaZipCode,
  [lambdaContainerCode.kind]: lambdaContainerCode,
  [ecsService.kind]: ecsService,
  [ecsServiceCode.kind]: ecsServiceCode,
  [serverless.kind]: serverless,
} as const satisfies Record<string, Workload>;

export type WorkloadKind = keyof typeof WORKLOADS;

/** Those that CloudFormation deploys by a template of the service's own. */
export const TEMPLATE_KINDS = (Object.keys(WORKLOADS) as WorkloadKind[]).filter(
  (kind) => !codeAlone(WORKLOADS[kind]),
);
