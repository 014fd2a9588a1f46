import { service } from "../../../packages/iam/src/policy/principals";
import { as, roleArn, somebody, trusting } from "./cast";
import { replaced, withoutCondition } from "./change";
import { arnIn, stackArn } from "./pairs";
import { type Attack, call, stopped } from "./scene";
import { list, map } from "../../../packages/iam/src/json";
import type { Role } from "../../../packages/iam/src/model";
import type { Facts } from "./inventoryModel";

const statementsOf = ({ identity, trust }: Role) => [
  ...identity.flatMap(({ statements }) => statements),
  ...trust.statements,
];

/** The role that an environment is looked at with, and somebody who may take it. */
function readerOf({ model }: Facts): { readonly looks: Role; readonly reader: string } | undefined {
  const looks = [...model.roles.values()].find(({ arn }) => arn.endsWith("-readonly"));
  const trusted = looks?.trust.statements.flatMap(({ content }) =>
    list(map(map(content["Condition"])["ArnEquals"])["aws:PrincipalArn"]),
  );
  const [reader] = trusted ?? [];
  return looks && typeof reader === "string" ? { looks, reader } : undefined;
}

/** What is read, and who carries artifacts, beside those that are meant to. */
export const LOOKING: readonly Attack[] = [
  {
    id: "reader-reads-what-stacks-were-made-with",
    title: "Somebody who may look around reads what functions are configured with",
    scene: (facts) => {
      const found = readerOf(facts);
      if (found === undefined) return { lacks: "readers of an environment" };
      const { looks, reader } = found;
      const who: Role = {
        ...somebody(facts, reader.split(":")[4] ?? "", "reader", { "sts:AssumeRole": looks.arn }),
        arn: reader,
      };
      return {
        story:
          "An inventory tool may look at every environment, and at no data. Its operator wonders what is in the " +
          "functions' environment variables. He need not ask Lambda: CloudFormation's events have the properties that " +
          "each resource was made with. The role lists resources of stacks and reads none of their events.",
        roles: [who],
        steps: [
          call(as(who), "sts:AssumeRole", looks.arn),
          stopped(as(looks), "cloudformation:DescribeStackEvents", stackArn(facts, looks.account, "payroll")),
        ],
        change: replaced({ policyOf: looks.arn }, "Describe", "with events of stacks", {
          Action: ["cloudformation:DescribeStackEvents"],
        }),
      };
    },
  },
  {
    id: "artifacts-replicated",
    title: "A replication of the bucket carries releases out of the account",
    scene: (facts) => {
      const { reserved } = facts;
      if (reserved === undefined) return { lacks: "artifacts that settings reserve for some roles" };
      const trust = trusting(facts, "replicator", { Service: "s3.amazonaws.com" });
      const replicator = somebody(facts, facts.tooling, "replicator", { "s3:*": "*", "kms:*": "*" }, trust);
      return {
        story:
          "An administrator of tooling reads no artifact himself, so he has S3 do it: a replication to a bucket of " +
          "his own, with a role that S3 takes. S3 does not get objects for that, it gets them for replication, " +
          "which is another action. The bucket refuses roles that are not meant all that is about objects.",
        roles: [replicator],
        steps: [
          call(service("s3.amazonaws.com"), "sts:AssumeRole", replicator.arn),
          stopped(as(replicator), "s3:GetObjectVersionForReplication", facts.main.keptFile),
        ],
        change: replaced({ guarding: facts.bucket }, reserved, "for the usual actions only", {
          Action: [
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:PutObject",
          ],
        }),
      };
    },
  },
  {
    id: "role-called-like-ours-reads-artifacts",
    title: "A new role with a name like ours reads artifacts",
    scene: (facts) => {
      const { reserved } = facts;
      if (reserved === undefined) return { lacks: "artifacts that settings reserve for some roles" };
      const name = `${facts.main.build.role.split("/").at(-1) ?? ""}-helper`;
      const like = somebody(facts, facts.tooling, name, { "s3:*": "*", "kms:*": "*" });
      return {
        story:
          "Whoever may create roles in tooling calls one by a name that looks as if it belonged to the project. " +
          "A policy that lets in whatever begins so would let it in. The bucket names the roles that carry " +
          "artifacts, each by its whole name, and those exist already.",
        roles: [like],
        steps: [stopped(as(like), "s3:GetObject", facts.main.keptFile)],
        change: replaced({ guarding: facts.bucket }, reserved, "for roles that are not called like ours", {
          Condition: {
            ArnNotLike: { "aws:PrincipalArn": [roleArn(facts, facts.tooling, "*")] },
            Bool: { "aws:PrincipalIsAWSService": "false" },
          },
        }),
      };
    },
  },
  {
    id: "build-deletes-anothers-interface",
    title: "A dependency of Build deletes another team's network interface",
    scene: (facts) => {
      const { role } = facts.main.build;
      const build = facts.model.roles.get(role);
      const inVpc = build && statementsOf(build).some(({ sid }) => sid === "DeleteNetworkInterfaces");
      if (!inVpc) return { lacks: "jobs in a VPC" };
      return {
        story:
          "A job in a VPC has rights over network interfaces, for CodeBuild to put it there, and Build runs whatever " +
          "a dependency brings along. That one looks for interfaces that are between two uses, a database's that is " +
          "just restarting, and deletes them. The role deletes those in the jobs' own subnets.",
        steps: [
          stopped(
            as(role),
            "ec2:DeleteNetworkInterface",
            arnIn(facts, "ec2", facts.tooling, "network-interface/eni-0123456789abcdef0"),
            { context: { "ec2:Subnet": arnIn(facts, "ec2", facts.tooling, "subnet/subnet-database") } },
          ),
        ],
        change: withoutCondition({ policyOf: role }, "DeleteNetworkInterfaces"),
      };
    },
  },
  {
    id: "strangers-rule-takes-trigger-role",
    title: "EventBridge takes the trigger's role for a rule of a stranger's account",
    scene: (facts) => ({
      story:
        "A stranger makes a rule whose target is our clean-up job and whose role is our trigger's. AWS lets nobody " +
        "pass a role across accounts, so that should fail long before; the trust does not count on it. EventBridge " +
        "says for which rule it asks, and the role is for rules of this account.",
      steps: [
        stopped(service("events.amazonaws.com"), "sts:AssumeRole", facts.main.trigger, {
          context: { "aws:SourceArn": arnIn(facts, "events", facts.stranger, "rule/nightly") },
        }),
        call(as(facts.main.trigger), "codebuild:StartBuild", facts.main.cleanup.project),
      ],
      change: withoutCondition({ trustOf: facts.main.trigger }, "AssumedByService"),
    }),
  },
];
