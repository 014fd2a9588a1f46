/** What the roles in an environment may do with a function that another stack owns. Pure. */
import { arn, type Scope } from "../names";
import { allow, type Statement } from "../policies";
import { pullImage } from "../workloads/lambdaExecution";
import type { CodeTarget } from "./codeRoles";

/** The function, in the account of an environment. */
export interface FunctionSite {
  readonly scope: Scope;
  readonly account: string;
  /** Name of the function. */
  readonly functionName: string;
  /** Repository of its images, in tooling; not given where its code is a zip. */
  readonly repositoryArn?: string | undefined;
}

const functionArn = ({ scope, account, functionName }: FunctionSite): string =>
  arn(scope, "lambda", account, `function:${functionName}`);

/** See what it runs: its configuration, its versions, where its alias is. */
const readFunction = (site: FunctionSite): Statement[] => [
  allow(
    "ReadFunction",
    ["lambda:GetAlias", "lambda:GetFunctionConfiguration", "lambda:ListVersionsByFunction"],
    [functionArn(site)],
  ),
];

/** The same, give it other code, wait for its version, and move its alias. Its configuration, its role and who may call it stay as their owner has them. */
const releaseFunction = (site: FunctionSite): Statement[] => [
  ...readFunction(site),
  // A version's own configuration is asked of an ARN of its own.
  allow("ReadVersions", ["lambda:GetFunctionConfiguration"], [`${functionArn(site)}:*`]),
  allow("ReleaseCode", ["lambda:UpdateAlias", "lambda:UpdateFunctionCode"], [functionArn(site)]),
  // Lambda asks with the caller's rights when it takes an image.
  ...(site.repositoryArn === undefined
    ? []
    : [pullImage({ name: site.functionName, repositoryArn: site.repositoryArn })]),
];

/** What releases to such a function may do. */
export const functionTarget = (site: FunctionSite): CodeTarget => ({
  called: `function ${site.functionName}`,
  read: readFunction(site),
  release: releaseFunction(site),
});
