import { lambdaBoundary, lambdaExecution, readCode } from "./lambdaExecution";
import { lambdaTemplates } from "./templateRules";
import { RELEASED, type Workload } from "./workload";

/**
 * A service of the Serverless Framework, packaged in Build for each environment: functions in zips behind an HTTP API,
 * with tables. The framework's own deployment makes and executes a change set in one go, so it is not used.
 * Branches are packaged as one more, and their Deploy gives the template the name of the branch's stack.
 */
export const serverless = {
  kind: "serverless",
  packaging: "serverless",
  fetchedBy: "execution",
  platform: false,
  parameters: ({ scope, boundaryArn }) => ({
    CodeBucket: RELEASED.bucket,
    CodePrefix: `${RELEASED.files}code/`,
    Release: RELEASED.run,
    PermissionsBoundaryArn: boundaryArn,
    RolePath: scope.path,
  }),
  rollbackParameters: {},
  template: lambdaTemplates("files"),
  execution: (site) => [...lambdaExecution(site), ...readCode(site)],
  boundary: lambdaBoundary,
  roles: {},
} as const satisfies Workload;
