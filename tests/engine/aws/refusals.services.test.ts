import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Accounts, ACCOUNT, withAccounts } from "./accounts";
import type { Asked } from "./asked";
import { parameter, patternOfSize, pushes, release, rule, targets } from "./askedOfPipelines";
import { balancer, listener, network, subnet } from "./askedOfPlatforms";
import { NO_ACCOUNTS } from "./cloud";
import type { PolicyKind } from "./policies";
import { reason } from "./reason";
import type { RefusalId } from "./refusals";
import { document, role, root, STATEMENTS, trust, writePolicy } from "./samples";

const NOBODY = "999999999999";
const certificateIn = (region: string) => ({
  certificateArn: `arn:aws:acm:${region}:${ACCOUNT}:certificate/0123`,
});
const pattern =
  (eventPattern: string): Asked =>
  ({ own }) =>
    rule(own, { eventPattern });
const every =
  (scheduleExpression: string): Asked =>
  ({ own }) =>
    rule(own, { scheduleExpression });
const named =
  (name: string): Asked =>
  ({ own }) =>
    parameter(own, { name });
const valued =
  (insecureValue: string): Asked =>
  ({ own }) =>
    parameter(own, { insecureValue });
const variables =
  (...names: string[]): Asked =>
  ({ own }) =>
    release(own, { variables: names.map((name) => ({ name })) });
const branches =
  (...includes: string[]): Asked =>
  ({ own }) =>
    release(own, pushes(includes));
const transformed =
  (inputPaths: Record<string, string>, inputTemplate: string): Asked =>
  ({ own }) =>
    targets(own, 1, { inputPaths, inputTemplate });

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

/** What is just allowed. */
const RIGHT: readonly (readonly [string, Asked])[] = [
  [
    "rate(1 day), rate(2 days) and a cron expression",
    async (accounts) => {
      for (const when of ["rate(1 day)", "rate(2 days)", "cron(0 3 * * ? *)"])
        await withAccounts(every(when));
      return accounts;
    },
  ],
  ["a pattern of 2048 characters", pattern(patternOfSize(2048))],
  ["five targets of a rule", ({ own }) => targets(own, 5)],
  [
    "an input that is given, and one of EventBridge's own",
    transformed({ a: "$.a" }, '{"a":<a>,"b":<aws.events.rule-arn>}'),
  ],
  ["eight patterns, of 255 characters", branches(...[..."abcdefgh"].map((each) => each.repeat(255)))],
  [
    "a default of 1000 characters",
    ({ own }) => release(own, { variables: [{ name: "BRANCH", defaultValue: "x".repeat(1000) }] }),
  ],
  [
    "a parameter below fifteen levels, with 4096 characters",
    ({ own }) => parameter(own, { name: "/x".repeat(15), insecureValue: "x".repeat(4096) }),
  ],
  [
    "two listeners of a load balancer, one with a certificate",
    async ({ own }) => {
      const { id } = await balancer(own);
      await listener(own, id, 80);
      await listener(own, id, 443, certificateIn("eu-west-1"));
    },
  ],
  [
    "the end of a platform in order",
    async ({ own }) => {
      const front = await balancer(own);
      await own.remove(front);
      for (const zone of ["a", "b"]) await own.remove(own.thing("ec2/subnet:Subnet", zone));
      await own.remove(own.thing("ec2/vpc:Vpc", "vpc"));
    },
  ],
  [
    "a NAT gateway's end before its subnet's",
    async ({ own }) => {
      const { id } = await subnet(own, (await network(own)).id, "a");
      const gateway = await own.make("ec2/natGateway:NatGateway", "nat", { subnetId: id });
      await assert.rejects(own.remove(own.thing("ec2/subnet:Subnet", "a")), /^Error: DependencyViolation: /);
      await own.remove(gateway);
      await own.remove(own.thing("ec2/subnet:Subnet", "a"));
    },
  ],
];

describe("the doubled AWS", () => {
  for (const [what, id, asked] of WRONG) {
    it(`refuses ${what}`, async () => {
      assert.equal((await reason(asked)).id, id);
    });
  }

  for (const [what, asked] of RIGHT) {
    it(`takes ${what}`, () => withAccounts(asked));
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

  it("takes an account that somebody has, and a service beside it", () =>
    withAccounts(async ({ own }) => {
      await role(own, "reader", document(STATEMENTS.trust));
      await role(own, "job", trust("codebuild.amazonaws.com"));
    }));
});
