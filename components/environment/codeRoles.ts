import * as pulumi from "@pulumi/pulumi";
import { accountRole } from "./accountRoles";
import { readFunctionStatements, releaseFunctionStatements } from "./functionStatements";
import { accountRoot, type CODE_ROLES, environmentName, type PipelineId, type Scope } from "../names";
import { type Statement, trustRoles } from "../policies";

export interface CodeRolesArgs {
  readonly scope: Scope;
  /** Account of the environment. */
  readonly account: string;
  readonly environment: string;
  readonly pipeline: PipelineId;
  /** Name of the function that another stack owns. */
  readonly functionName: string;
  /** Repository of its images, in tooling; not given where its code is a zip. */
  readonly repositoryArn?: string | undefined;
  /** ARN of the organization's permissions boundary for the roles. Default: none. */
  readonly permissionsBoundary?: string | undefined;
  /** Where releases are planned for an approval; otherwise Deploy plans, with the release job's role. */
  readonly planJobRoleArn?: string | undefined;
  readonly releaseJobRoleArn: string;
}

/** What a pipeline that releases code alone may do in one environment: look at the function, or release code to it. */
export class CodeRoles extends pulumi.ComponentResource {
  readonly roleArns: Readonly<Record<(typeof CODE_ROLES)[number], pulumi.Output<string>>>;

  constructor(name: string, args: CodeRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:CodeRoles", name, {}, opts);
    const { scope, pipeline, environment, functionName } = args;
    const role = (
      kind: (typeof CODE_ROLES)[number],
      description: string,
      jobs: readonly (string | undefined)[],
      statements: readonly Statement[],
    ) =>
      accountRole(
        `${name}-${kind}`,
        environmentName(scope, pipeline, environment, kind),
        description,
        trustRoles(
          accountRoot(scope, scope.toolingAccount),
          jobs.filter((each) => each !== undefined),
        ),
        statements,
        args,
        this,
      ).arn;
    this.roleArns = {
      plan: role(
        "plan",
        `Looks at function ${functionName}, changes nothing`,
        [args.planJobRoleArn, args.releaseJobRoleArn],
        readFunctionStatements(args),
      ),
      deploy: role(
        "deploy",
        `Releases code to function ${functionName}`,
        [args.releaseJobRoleArn],
        releaseFunctionStatements(args),
      ),
    };
    this.registerOutputs({ roleArns: this.roleArns });
  }
}
