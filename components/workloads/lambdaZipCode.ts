import { NO_TEMPLATE } from "./templateRules";
import type { Workload } from "./workload";

/**
 * The code of a function that another stack owns, in a zip: a version per release, which the function's alias is moved to. What it may do in
 * an environment is in `environment/functionStatements.ts`.
 */
export const lambdaZipCode = {
  kind: "lambda-zip-code",
  packaging: "zip",
  fetchedBy: "nobody",
  codeAlone: "function",
  platform: false,
  parameters: () => ({}),
  rollbackParameters: {},
  template: NO_TEMPLATE,
  execution: () => [],
  roles: {},
} as const satisfies Workload;
