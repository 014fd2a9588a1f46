import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { arn, parameterPath, type Scope } from "../names";
import { allow, document, type Statement, trustReaders } from "../policies";

export interface ReadOnlyRoleArgs {
  readonly scope: Scope;
  readonly account: string;
  readonly environment: string;
  /** Physical name of the role. */
  readonly roleName: string;
  /** ARNs of the roles that may take it, in whichever accounts; they need not exist yet, their accounts must. */
  readonly readers: readonly string[];
  /** ARN of the organization's permissions boundary. Default: none. */
  readonly permissionsBoundary?: string | undefined;
}

/** The role that people and tools look at an environment with: what there is and how it is, no data. */
export class ReadOnlyRole extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: ReadOnlyRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:ReadOnlyRole", name, {}, opts);
    const { scope, readers } = args;
    const role = new iam.Role(
      name,
      {
        name: args.roleName,
        path: scope.path,
        description: `Describes environment ${args.environment}, reads no data`,
        assumeRolePolicy: trustReaders(readers),
        ...(args.permissionsBoundary && { permissionsBoundary: args.permissionsBoundary }),
      },
      { parent: this },
    );
    new iam.RolePolicy(
      name,
      { role: role.name, policy: document(...readStatements(args)) },
      { parent: this },
    );
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

/**
 * Nothing that shows what is inside: no objects, items, log lines or secrets, and no configuration that holds
 * environment variables (functions, task definitions) or template parameters. So no events of stacks: each has the
 * properties that a resource was made with. Most of these know no resource.
 */
const readStatements = ({ scope, account, environment }: ReadOnlyRoleArgs): Statement[] => [
  allow(
    "Describe",
    [
      "cloudformation:DescribeStackResources",
      "cloudformation:ListChangeSets",
      "cloudformation:ListStackResources",
      "cloudformation:ListStacks",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:GetMetricData",
      "cloudwatch:ListMetrics",
      "codedeploy:ListApplications",
      "codedeploy:ListDeploymentGroups",
      "dynamodb:DescribeTable",
      "dynamodb:ListTables",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "ecs:DescribeClusters",
      "ecs:DescribeServices",
      "ecs:ListClusters",
      "ecs:ListServices",
      "ecs:ListTasks",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
      "iam:ListRoles",
      "lambda:GetAlias",
      "lambda:ListAliases",
      "logs:DescribeLogGroups",
      "tag:GetResources",
    ],
    ["*"],
  ),
  allow(
    "ReadPublishedValues",
    ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
    [
      arn(scope, "ssm", account, `parameter${parameterPath(scope, environment)}`),
      arn(scope, "ssm", account, `parameter${parameterPath(scope, environment)}/*`),
    ],
  ),
];
