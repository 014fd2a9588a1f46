import { lambdaZipCode } from "./lambdaZipCode";
import type { Workload } from "./workload";

/**
 * The code of an ECS service that another stack owns, in an image: a revision of its task definition per release, which the service
 * goes to. ECS pulls the image as the service's own execution role. What it may do in an environment is in
 * `environment/serviceStatements.ts`.
 */
export const ecsServiceCode = {
  ...lambdaZipCode,
  kind: "ecs-service-code",
  packaging: "image",
  fetchedBy: "owner",
  codeAlone: "service",
} as const satisfies Workload;
