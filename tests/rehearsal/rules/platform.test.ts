import assert from "node:assert/strict";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { ofType } from "../../../rehearsal/record/record";
import { nameForms } from "../../../rehearsal/rules/names";
import { parameters } from "../../../rehearsal/rules/parameters";
import { attachments } from "../../../rehearsal/rules/placement";
import { values } from "../../../rehearsal/rules/values";
import { ECS } from "../release/kinds";
import { folderOf } from "../release/service";
import { breaks, type Broken, first, inputs, one, outputs, unbroken } from "../sample";

/** An environment that builds its platform, and one that has it already. */
const FOLDER = folderOf(ECS.tooling);
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const PARAMETER = "aws:ssm/parameter:Parameter";
const DOCS = "https://docs.aws.amazon.com/";

const published = (record: Rehearsed, key: string): Resource =>
  first(record, PARAMETER, ({ inputs: { name } }) => String(name).endsWith(`/platform/${key}`));

describe("rules over a container platform", () => {
  const broken = (rule: typeof values, title: string, how: (record: Rehearsed) => Broken): void =>
    breaks(rule, title, how, FOLDER);

  it("hold for one that is built and for one that is there, both published alike", async () => {
    const { runs, findings } = await unbroken(FOLDER);
    assert.deepEqual(findings, []);
    const names = (stack: string) =>
      ofType(runs, PARAMETER)
        .filter((each) => each.stack === stack)
        .flatMap(({ outputs: { name } }) => String(name).split(`/shop/${stack}/platform/`)[1] ?? [])
        .sort();
    assert.deepEqual(names("stage"), [
      ...["cluster", "endpoint-url", "listener-arn", "subnet-ids", "task-security-group-id", "vpc-id"],
    ]);
    assert.deepEqual(names("live"), names("stage"));
    assert.deepEqual(
      ofType(runs, LISTENER, BALANCER, GROUP).map(({ stack }) => stack),
      Array.from({ length: 4 }, () => "stage"),
    );
    const listener = first(runs, LISTENER);
    assert.equal(published(runs, "listener-arn").outputs["value"], listener.outputs["arn"]);
    assert.match(
      String(listener.outputs["arn"]),
      /^arn:aws:elasticloadbalancing:eu-central-1:222222222222:listener\/app\/stage-[0-9a-f]{7}\/[0-9a-f]{16}\/[0-9a-f]{16}$/,
    );
    assert.match(
      String(published(runs, "endpoint-url").outputs["value"]),
      /^http:\/\/stage-.*\.elb\.amazonaws\.com$/,
    );
    assert.equal(String(published(runs, "subnet-ids").outputs["value"]).split(",").length, 2);
  });

  broken(attachments, "a listener of another load balancer", (record) =>
    one(
      first(record, LISTENER),
      inputs({ loadBalancerArn: "arn:other" }),
      "its loadBalancerArn arn:other is not in this stack",
    ),
  );
  broken(attachments, "a rule that does not depend on its security group", (record) => {
    const rule = first(record, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    const group = first(record, GROUP, ({ outputs: { id } }) => id === rule.inputs["securityGroupId"]);
    return one(
      rule,
      (resource) => ({ ...resource, dependsOn: resource.dependsOn.filter((urn) => urn !== group.urn) }),
      `it does not depend on ${group.name}, which its securityGroupId names: take the value from that resource`,
    );
  });
  broken(attachments, "a security group in a network that is not made here", (record) =>
    one(first(record, GROUP), inputs({ vpcId: "vpc-other" }), "its vpcId vpc-other is not in this stack"),
  );
  broken(nameForms, "a load balancer with a long name", (record) =>
    one(
      first(record, BALANCER),
      outputs({ name: "a".repeat(33) }),
      `its name ${"a".repeat(33)} has 33 characters; 1 to 32 are allowed (${DOCS}elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html)`,
    ),
  );
  broken(nameForms, "a parameter with a name that AWS keeps for itself", (record) => {
    const parameter = first(
      record,
      PARAMETER,
      ({ inputs: { name } }) => !String(name).includes("/platform/"),
    );
    return one(
      parameter,
      outputs({ name: "/aws/stage" }),
      `its name /aws/stage begins with /aws, which is reserved (${DOCS}systems-manager/latest/APIReference/API_PutParameter.html)`,
    );
  });
  broken(values, "a description that EC2 does not take", (record) =>
    one(
      first(record, GROUP),
      inputs({ description: "it's" }),
      "its description is it's; allowed is at most 255 characters that match ^[\\w .:/()#,@[\\]+=&;{}!$*-]*$",
    ),
  );
  for (const input of ["value", "insecureValue"])
    broken(values, `a ${input} that is too long`, (record) =>
      one(
        published(record, "cluster"),
        inputs({ [input]: "a".repeat(4097) }),
        `its ${input} is ${"a".repeat(4097)}; allowed is at most 4096 characters`,
      ),
    );
  broken(parameters, "a value that is published under another name", (record) => {
    const parameter = published(record, "vpc-id");
    const jobs = ofType(record, "aws:codebuild/project:Project").filter(({ name }) =>
      /--stage-(plan|release)-job/.test(name),
    );
    assert.ok(jobs.length > 0);
    return {
      changes: [[parameter, outputs({ name: "/shop/stage/platform/vpc" })]],
      found: jobs.map((each) => [
        each,
        "VpcId of its PARAMETERS: SSM parameter /shop/stage/platform/vpc-id is published by no stack in account 222222222222",
      ]),
    };
  });
});
