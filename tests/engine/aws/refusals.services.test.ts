import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Accounts, ACCOUNT, type Asked } from "./accounts";
import {
  branches,
  every,
  named,
  pattern,
  pushes,
  release,
  rule,
  transformed,
  valued,
  variables,
} from "./askedOfPipelines";
import { balancer, certificateIn, listener, network } from "./askedOfPlatforms";
import { NO_ACCOUNTS } from "./cloud";
import type { PolicyKind } from "./policies";
import { reason } from "./reason";
import type { RefusalId } from "./refusals";
import { document, root, STATEMENTS, writePolicy } from "./samples";

const NOBODY = "999999999999";

async function group(accounts: Accounts, name: string, vpcId: string) {
  return accounts.own.make("ec2/securityGroup:SecurityGroup", name, { vpcId, description: name });
}

/** What else is refused for each reason. */
const WRONG: readonly (readonly [string, RefusalId, Asked])[] = [
  ["a rule that is for nothing", "rule-when", ({ own }) => rule(own, {})],
  ["a schedule of two day", "rule-when", every("rate(2 day)")],
  ["a pattern that is no JSON", "pattern-form", pattern("{")],
  ["a pattern with an empty list", "pattern-form", pattern('{"source":[]}')],
  ["an input that is named as EventBridge's own", "target-input", transformed({ AWSx: "$.x" }, "<AWSx>")],
  [
    "more inputs than a target may have",
    "target-input",
    transformed(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`p${i}`, "$.x"])), "<p0>"),
  ],
  ["a variable twice", "pipeline-variables", variables("BRANCH", "BRANCH")],
  ["a variable with a blank", "pipeline-variables", variables("A BRANCH")],
  ["51 variables", "pipeline-variables", variables(...Array.from({ length: 51 }, (_, i) => `V${i}`))],
  [
    "variables of a pipeline of type V1",
    "pipeline-variables",
    ({ own }) => release(own, { pipelineType: "V1", variables: [{ name: "BRANCH" }] }),
  ],
  [
    "triggers of a pipeline of type V1",
    "pipeline-triggers",
    ({ own }) => release(own, { pipelineType: "V1", ...pushes(["a"]) }),
  ],
  ["a trigger without a pattern", "pipeline-triggers", branches()],
  ["a trigger with nine patterns", "pipeline-triggers", branches(..."abcdefghi")],
  [
    "a trigger with four filters",
    "pipeline-triggers",
    ({ own }) => release(own, pushes(...["a", "b", "c", "d"].map((each) => [each]))),
  ],
  ["a pattern that is too long for a trigger", "pipeline-triggers", branches("x".repeat(256))],
  ["a parameter of ssm", "parameter-name", named("/SSM/x")],
  ["a parameter below sixteen levels", "parameter-name", named("/x".repeat(16))],
  ["a parameter's path that begins without a slash", "parameter-name", named("delivery/x")],
  ["a parameter with a blank", "parameter-name", named("/delivery/a b")],
  ["a parameter that is empty", "parameter-value", valued("")],
  ["a parameter that refers to another", "parameter-value", valued("{{ssm:x}}")],
  [
    "a certificate of another Region",
    "certificate-missing",
    async ({ own }) => listener(own, (await balancer(own)).id, 443, certificateIn("us-east-1")),
  ],
  [
    "to delete a subnet of a load balancer",
    "network-in-use",
    async ({ own }) => {
      await balancer(own);
      await own.remove(own.thing("ec2/subnet:Subnet", "a"));
    },
  ],
  [
    "to delete a security group that another one's rule names",
    "network-in-use",
    async (accounts) => {
      const { own } = accounts;
      const { id } = await network(own);
      const [tasks, front] = [await group(accounts, "tasks", id), await group(accounts, "front", id)];
      await own.make("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "tasks", {
        ...{ securityGroupId: tasks.id, referencedSecurityGroupId: front.id },
        ...{ ipProtocol: "tcp", fromPort: 0, toPort: 65535 },
      });
      await own.remove(front);
    },
  ],
  [
    "to delete the internet gateway of a network with public addresses",
    "network-in-use",
    async ({ own }) => {
      await balancer(own);
      const vpcId = own.thing("ec2/vpc:Vpc", "vpc").id;
      await own.remove(await own.make("ec2/internetGateway:InternetGateway", "internet", { vpcId }));
    },
  ],
];

describe("the doubled AWS", () => {
  for (const [what, id, asked] of WRONG) {
    it(`refuses ${what}`, async () => {
      assert.equal((await reason(asked)).id, id);
    });
  }

  for (const kind of ["trust", "bucket", "key", "repository", "topic"] as const satisfies PolicyKind[]) {
    for (const principal of [root(NOBODY), NOBODY]) {
      it(`refuses a ${kind} policy for ${principal}, an account that nobody has`, async () => {
        const asked: Asked = ({ cloud, own }) => {
          writeFileSync(join(cloud.folder, NO_ACCOUNTS), JSON.stringify([NOBODY]));
          const statement = { ...STATEMENTS[kind], Principal: { AWS: [root(ACCOUNT), principal] } };
          return writePolicy(own, kind, JSON.stringify(document(statement)));
        };
        assert.equal((await reason(asked)).id, `${kind}-principal`);
      });
    }
  }
});
