import assert from "node:assert/strict";
import { withAccounts, type Asked } from "./accounts";
import {
  branches,
  every,
  parameter,
  pattern,
  patternOfSize,
  release,
  targets,
  transformed,
} from "./askedOfPipelines";
import { balancer, certificateIn, listener, network, subnet } from "./askedOfPlatforms";
import { document, role, STATEMENTS, trust } from "./samples";

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
  for (const [what, asked] of RIGHT) {
    it(`takes ${what}`, () => withAccounts(asked));
  }

  it("takes an account that somebody has, and a service beside it", () =>
    withAccounts(async ({ own }) => {
      await role(own, "reader", document(STATEMENTS.trust));
      await role(own, "job", trust("codebuild.amazonaws.com"));
    }));
});
