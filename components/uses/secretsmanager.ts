import { arn } from "../names";
import { allow, type Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import type { WorkloadSite } from "../workloads/workload";
import type { Part, Use } from "./use";

const SECRET = "AWS::SecretsManager::Secret";
const POLICY = "AWS::SecretsManager::ResourcePolicy";

/** Those that the template makes. Secrets of people's begin with the stack's name and a slash: CloudFormation can't touch them. */
export const madeSecrets = ({ scope, account, name }: WorkloadSite): string =>
  arn(scope, "secretsmanager", account, `secret:${name}-*`);
const given = ({ scope, account, name }: WorkloadSite): string =>
  arn(scope, "secretsmanager", account, `secret:${name}/*`);

const execution = (site: WorkloadSite): Statement[] => [
  allow(
    "ManageSecrets",
    [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteResourcePolicy",
      "secretsmanager:DeleteSecret",
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetResourcePolicy",
      // The schema says so of its updates: a value that the template makes up is compared with the one that is there.
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutResourcePolicy",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ],
    [madeSecrets(site)],
  ),
  // Knows no resource.
  allow("MakeUpSecrets", ["secretsmanager:GetRandomPassword"], ["*"]),
];

const READ = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];

const template: Part["template"] = {
  types: [POLICY, SECRET],
  // CloudFormation makes a name up of the logical id alone.
  named: { [SECRET]: { Name: ["<stack>-"] } },
  own: { [POLICY]: { SecretId: { [SECRET]: ["Ref", "Id"] } } },
  never: {
    [SECRET]: {
      KmsKeyId: "takes rights to a key, which nothing here has: Secrets Manager encrypts without it",
      ReplicaRegions: "copies it to Regions that nothing here has rights in",
    },
  },
};

/** Secrets, with policies of their own; functions read them, and tasks get them when they start. */
export const secretsmanager: Use = {
  name: "secretsmanager",
  parts: {
    functions: {
      template,
      execution,
      workload: (site) => [
        allow("ReadSecrets", READ, [madeSecrets(site), given(site)], {
          ArnLike: { "lambda:SourceFunctionArn": functions(site) },
        }),
      ],
    },
    tasks: {
      template,
      execution,
      workload: (site) => [allow("ReadSecrets", READ, [madeSecrets(site), given(site)])],
      // Those of people's every task gets that wants them.
      start: (site) => [allow("ReadMadeSecrets", ["secretsmanager:GetSecretValue"], [madeSecrets(site)])],
    },
  },
};
