import * as pulumi from "@pulumi/pulumi";
import { accountRole } from "./accountRoles";
import { accountRoot, type CODE_ROLES, environmentName, type PipelineId, type Scope } from "../names";
import { type Statement, trustRoles } from "../policies";

/** What another stack owns, and code is released to. */
export interface CodeTarget {
  /** `function quotes`. */
  readonly called: string;
  /** What it takes to look at it. */
  readonly read: readonly Statement[];
  /** And to release code to it. */
  readonly release: readonly Statement[];
}

export interface CodeRolesArgs {
  readonly scope: Scope;
  /** Account of the environment. */
  readonly account: string;
  readonly environment: string;
  readonly pipeline: PipelineId;
  readonly target: CodeTarget;
  /** ARN of the organization's permissions boundary for the roles. Default: none. */
  readonly permissionsBoundary?: string | undefined;
  /** Where releases are planned for an approval; otherwise Deploy plans, with the release job's role. */
  readonly planJobRoleArn?: string | undefined;
  readonly releaseJobRoleArn: string;
}

/** What a pipeline that releases code alone may do in one environment: look at what another stack owns, or release code to it. */
export class CodeRoles extends pulumi.ComponentResource {
  readonly roleArns: Readonly<Record<(typeof CODE_ROLES)[number], pulumi.Output<string>>>;

  constructor(name: string, args: CodeRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:CodeRoles", name, {}, opts);
    const { scope, pipeline, environment, target } = args;
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
        `Looks at ${target.called}, changes nothing`,
        [args.planJobRoleArn, args.releaseJobRoleArn],
        target.read,
      ),
      deploy: role("deploy", `Releases code to ${target.called}`, [args.releaseJobRoleArn], target.release),
    };
    this.registerOutputs({ roleArns: this.roleArns });
  }
}
