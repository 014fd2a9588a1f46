import { lambdaBoundary, lambdaExecution, readCode } from "./lambdaExecution";
import {
  ALL_AT_ONCE,
  DEPLOYMENT_TYPES,
  deploymentStatements,
  lambdaParameters,
  shiftAliases,
} from "./lambdaShift";
import { lambdaTemplates } from "./templateRules";
import { RELEASED, type Workload } from "./workload";

/** A function in a zip behind an HTTP API, with tables; a version per release, shifted by alias. */
export const lambdaZip = {
  kind: "lambda-zip",
  packaging: "zip",
  fetchedBy: "execution",
  platform: false,
  parameters: (site) => ({
    CodeBucket: RELEASED.bucket,
    CodeKey: `${RELEASED.files}code/${RELEASED.sha256}.zip`,
    // Lambda publishes no version of other code than this.
    CodeSha256: RELEASED.base64,
    ...lambdaParameters(site),
  }),
  rollbackParameters: ALL_AT_ONCE,
  template: lambdaTemplates("files", ...DEPLOYMENT_TYPES),
  execution: (site) => [...lambdaExecution(site), ...deploymentStatements(site), ...readCode(site)],
  boundary: lambdaBoundary,
  roles: { codedeploy: shiftAliases },
} as const satisfies Workload;
