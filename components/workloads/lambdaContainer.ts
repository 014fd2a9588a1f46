import { lambdaBoundary, lambdaExecution, pullImage } from "./lambdaExecution";
import {
  ALL_AT_ONCE,
  DEPLOYMENT_TYPES,
  deploymentStatements,
  lambdaParameters,
  shiftAliases,
} from "./lambdaShift";
import { lambdaTemplates } from "./templateRules";
import { RELEASED, type Workload } from "./workload";

/** A function in a container image behind an HTTP API, with tables; shifted by alias. */
export const lambdaContainer = {
  kind: "lambda-container",
  packaging: "image",
  fetchedBy: "execution",
  platform: false,
  parameters: (site) => ({ ImageUri: RELEASED.image, ...lambdaParameters(site) }),
  rollbackParameters: ALL_AT_ONCE,
  template: lambdaTemplates("image", ...DEPLOYMENT_TYPES),
  execution: (site) => [...lambdaExecution(site), ...deploymentStatements(site), pullImage(site)],
  boundary: lambdaBoundary,
  roles: { codedeploy: shiftAliases },
} as const satisfies Workload;
