import { arn } from "../names";
import { allow, type Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import type { WorkloadSite } from "../workloads/workload";
import type { Part, Use } from "./use";

const PARAMETER = "AWS::SSM::Parameter";

/** Those that the template makes; IAM writes a name without the slash before it. */
const made = ({ scope, account, name }: WorkloadSite): string =>
  arn(scope, "ssm", account, `parameter/${name}-*`);
/** Parameters of people's: CloudFormation can't touch them. */
const given = ({ scope, account, name }: WorkloadSite): string =>
  arn(scope, "ssm", account, `parameter/${name}/*`);

const execution = (site: WorkloadSite): Statement[] => [
  allow(
    "ManageParameters",
    [
      "ssm:AddTagsToResource",
      "ssm:DeleteParameter",
      "ssm:GetParameters",
      "ssm:ListTagsForResource",
      "ssm:PutParameter",
      "ssm:RemoveTagsFromResource",
    ],
    [made(site)],
  ),
];

const READ = ["ssm:GetParameter", "ssm:GetParameters"];

const template: Part["template"] = {
  types: [PARAMETER],
  // CloudFormation makes a name up that begins with CFN.
  named: { [PARAMETER]: { Name: ["<stack>-", "/<stack>-"] } },
};

/** Parameters; functions read them, and tasks get them when they start. */
export const ssm: Use = {
  name: "ssm",
  parts: {
    functions: {
      template,
      execution,
      workload: (site) => [
        allow("ReadParameters", READ, [made(site), given(site)], {
          ArnLike: { "lambda:SourceFunctionArn": functions(site) },
        }),
      ],
    },
    tasks: {
      template,
      execution,
      workload: (site) => [allow("ReadParameters", READ, [made(site), given(site)])],
      start: (site) => [allow("ReadParameters", ["ssm:GetParameters"], [made(site), given(site)])],
    },
  },
};
