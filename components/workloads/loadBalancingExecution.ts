import { arn, WORKLOAD_TAG } from "../names";
import { allow, type Statement } from "../policies";
import { made } from "../told";
import { type DeployedSite, platformOf } from "./workload";

/**
 * What CloudFormation may do to make and change the workload's own target groups, and its rules of the one listener: by their
 * tag, since its names for target groups are cut, and rules have ids.
 */
export function loadBalancingStatements(site: DeployedSite): Statement[] {
  const { scope, account, name } = site;
  const request = { [`aws:RequestTag/${WORKLOAD_TAG}`]: name };
  const own = { StringEquals: { [`aws:ResourceTag/${WORKLOAD_TAG}`]: name } };
  const { listenerArn } = platformOf(site);
  const targetGroups = arn(scope, "elasticloadbalancing", account, "targetgroup/*");
  const rules = made(listenerArn, (listener) => `${listener.replace(":listener/", ":listener-rule/")}/*`);
  return [
    allow("CreateTargetGroup", ["elasticloadbalancing:CreateTargetGroup"], [targetGroups], {
      StringEquals: request,
    }),
    // AWS asks for it on the listener; the tag is that of the rule to be.
    allow("CreateRule", ["elasticloadbalancing:CreateRule"], [listenerArn], { StringEquals: request }),
    // Only on what is being made: our tag on another's would make it ours.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html
    allow("TagWhatIsMade", ["elasticloadbalancing:AddTags"], [targetGroups, rules], {
      StringEquals: {
        ...request,
        "elasticloadbalancing:CreateAction": ["CreateRule", "CreateTargetGroup"],
      },
    }),
    allow(
      "ManageTargetGroups",
      [
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RemoveTags",
      ],
      [targetGroups],
      own,
    ),
    allow(
      "ManageRules",
      [
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:DeleteRule",
        "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:RemoveTags",
        "elasticloadbalancing:SetRulePriorities",
      ],
      [rules],
      own,
    ),
    // These know no resource.
    allow(
      "ReadLoadBalancing",
      [
        "ec2:DescribeVpcs", // of a target group
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      ["*"],
    ),
  ];
}
