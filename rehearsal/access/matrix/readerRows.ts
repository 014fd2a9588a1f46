/** Whom settings let look at an environment. */
import { of, type Row, rowsOver } from "./rows";

const LOOKS = "role {project}-{environment}-readonly";

const over = rowsOver("looked");
const row = (may: readonly string[], on: Row["on"], why: string): Row =>
  over(LOOKS, may, on, why, { byPeople: true });

export const READER_ROWS: readonly Row[] = [
  rowsOver("reader")(
    "reader {reader}",
    of("sts", "AssumeRole"),
    LOOKS,
    "the roles that settings name look at an environment",
  ),
  row(
    [
      ...of("cloudformation", "DescribeStackResources ListChangeSets ListStackResources ListStacks"),
      ...of("cloudwatch", "DescribeAlarms GetMetricData ListMetrics"),
      ...of("codedeploy", "ListApplications ListDeploymentGroups"),
      ...of("dynamodb", "DescribeTable ListTables"),
      ...of("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs"),
      ...of("ecs", "DescribeClusters DescribeServices ListClusters ListServices ListTasks"),
      ...of(
        "elasticloadbalancing",
        "DescribeListeners DescribeLoadBalancers DescribeRules DescribeTargetGroups DescribeTargetHealth",
      ),
      ...of("iam", "ListRoles"),
      ...of("lambda", "GetAlias ListAliases"),
      ...of("logs", "DescribeLogGroups"),
      ...of("tag", "GetResources"),
    ],
    "anything",
    "what there is and how it is; nothing that is in it",
  ),
  row(
    of("ssm", "GetParameter GetParameters GetParametersByPath"),
    ["parameter {project}/{environment}", "parameter {project}/{environment}/*"],
    "what the environment publishes",
  ),
];
