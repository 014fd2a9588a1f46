import { lambdaZipCode } from "./lambdaZipCode";
import type { Workload } from "./workload";

/**
 * The same of a function in a container image, which Lambda pulls with the rights of whoever gives it the image, and later with
 * its own.
 */
export const lambdaContainerCode = {
  ...lambdaZipCode,
  kind: "lambda-container-code",
  packaging: "image",
  fetchedBy: "deploy",
} as const satisfies Workload;
