import assert from "node:assert/strict";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { answer } from "../../../rehearsal/aws/mockOutputs";
import { unknownType } from "../../../rehearsal/aws/registry";

const asked = (type: string, inputs: Record<string, unknown>, region = "eu-west-1") =>
  answer({ type, name: "thing", identity: "thing", inputs, account: "111111111111", region });

describe("cloud", () => {
  it("answers with ARNs of the account, the Region and its partition", () => {
    const topic = (region: string) => asked("aws:sns/topic:Topic", { name: "t" }, region).outputs["arn"];
    assert.deepEqual(["eu-west-1", "cn-north-1", "us-gov-west-1"].map(topic), [
      "arn:aws:sns:eu-west-1:111111111111:t",
      "arn:aws-cn:sns:cn-north-1:111111111111:t",
      "arn:aws-us-gov:sns:us-gov-west-1:111111111111:t",
    ]);
  });

  it("puts roles and policies under their path, and in no Region", () => {
    assert.equal(
      asked("aws:iam/role:Role", { name: "r" }).outputs["arn"],
      "arn:aws:iam::111111111111:role/r",
    );
    assert.equal(
      asked("aws:iam/policy:Policy", { name: "p", path: "/delivery/" }).id,
      "arn:aws:iam::111111111111:policy/delivery/p",
    );
  });

  it("puts a provider under its issuer's name, in no Region, and a connection in its own, not authorised", () => {
    const url = "https://token.actions.githubusercontent.com";
    const provider = asked("aws:iam/openIdConnectProvider:OpenIdConnectProvider", { url });
    const arn = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    assert.deepEqual(provider, { id: arn, outputs: { url, arn } });
    const { id, outputs } = asked("aws:codeconnections/connection:Connection", { providerType: "GitHub" });
    assert.match(id, /^arn:aws:codeconnections:eu-west-1:111111111111:connection\/[0-9a-f-]{36}$/);
    assert.match(String(outputs["name"]), /^thing-[0-9a-f]{7}$/);
    assert.deepEqual([outputs["arn"], outputs["connectionStatus"]], [id, "PENDING"]);
  });

  it("makes names as Pulumi does where none is given, with a prefix where that is", () => {
    assert.match(asked("aws:iam/role:Role", {}).id, /^thing-[0-9a-f]{7}$/);
    assert.match(asked("aws:iam/role:Role", { namePrefix: "my-" }).id, /^my-[0-9a-f]{7}$/);
    assert.match(asked("aws:kms/alias:Alias", { targetKeyId: "k" }).id, /^alias\/thing-[0-9a-f]{7}$/);
  });

  it("answers for a repository alike, with and without awsx", () => {
    const plain = asked("aws:ecr/repository:Repository", { name: "images" }).outputs;
    const { url, repository } = asked("awsx:ecr:Repository", { name: "images" }).outputs;
    const host = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/images";
    assert.deepEqual(repository, {
      name: "images",
      arn: "arn:aws:ecr:eu-west-1:111111111111:repository/images",
      registryId: "111111111111",
      repositoryUrl: host,
    });
    assert.deepEqual([plain, url], [repository, host]);
  });

  it("answers for what a container platform is made of, alike each time", () => {
    const { id, outputs } = asked("aws:lb/loadBalancer:LoadBalancer", { name: "web" });
    assert.match(
      id,
      /^arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer\/app\/web\/[0-9a-f]{16}$/,
    );
    assert.match(String(outputs["dnsName"]), /^web-[0-9a-f]{10}\.eu-west-1\.elb\.amazonaws\.com$/);
    const listener = asked("aws:lb/listener:Listener", { loadBalancerArn: id }).id;
    assert.ok(listener.startsWith(id.replace(":loadbalancer/", ":listener/")), listener);
    const network = asked("awsx:ec2:Vpc", { numberOfAvailabilityZones: 2 }).outputs;
    const subnets = [network["publicSubnetIds"], network["privateSubnetIds"]].flat();
    assert.equal(new Set(subnets).size, 4);
    assert.ok(subnets.every((each) => /^subnet-[0-9a-f]{17}$/.test(String(each))));
    assert.deepEqual(asked("aws:ssm/parameter:Parameter", { name: "/a/b", insecureValue: "v" }), {
      id: "/a/b",
      outputs: {
        name: "/a/b",
        insecureValue: "v",
        value: "v",
        arn: "arn:aws:ssm:eu-west-1:111111111111:parameter/a/b",
      },
    });
  });

  it("keeps what was given beside what it adds", () => {
    assert.deepEqual(
      asked("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role: "r", policyArn: "p" }),
      {
        id: "r/p",
        outputs: { role: "r", policyArn: "p" },
      },
    );
  });

  it("refuses a type that it does not know, and names the file to extend", () => {
    assert.throws(
      () => asked("aws:kinesis/stream:Stream", {}),
      new NotKnown(unknownType("thing", "aws:kinesis/stream:Stream")),
    );
  });
});
