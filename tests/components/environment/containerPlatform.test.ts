import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  ContainerPlatform,
  type ContainerPlatformArgs,
  platformValues,
} from "../../../components/environment/containerPlatform";
import type { Resource } from "../../../rehearsal/record/record";
import { inputsOf, only, registered, resolved } from "../../programs";
import type { Platform } from "../../../components/workloads/workload";

const certificateArn = "arn:aws:acm:eu-central-1:444444444444:certificate/0123";
const HTTPS = { https: { certificateArn, domain: "shop.example.com" } };
const made: { component?: ContainerPlatform } = {};
const platform = (args: ContainerPlatformArgs = {}, name = "test") =>
  registered((opts) => (made.component = new ContainerPlatform(name, args, opts)));

const vpc = (resources: Resource[]) => only(resources, "ec2:Vpc").outputs;
const balancer = (resources: Resource[]) => only(resources, "lb/loadBalancer:LoadBalancer");
const group = (resources: Resource[], name: string) =>
  only(resources, "ec2/securityGroup:SecurityGroup", name).id;
const NOT_FOUND = [
  {
    type: "fixed-response",
    fixedResponse: { contentType: "text/plain", messageBody: "There is no service here.", statusCode: "404" },
  },
];

describe("ContainerPlatform", () => {
  it("is a network of two zones with a private and a public subnet each, and one NAT gateway", async () => {
    assert.deepEqual(inputsOf(await platform(), "ec2:Vpc"), {
      test: {
        cidrBlock: "10.0.0.0/16",
        enableDnsHostnames: true,
        numberOfAvailabilityZones: 2,
        natGateways: { strategy: "Single" },
        subnetStrategy: "Auto",
        subnetSpecs: [{ type: "Private" }, { type: "Public" }],
      },
    });
  });

  it("has another range and a NAT gateway in each zone if it is told so", async () => {
    const { test } = inputsOf(await platform({ cidr: "10.9.0.0/20", natGateways: "OnePerAz" }), "ec2:Vpc");
    assert.deepEqual([test?.["cidrBlock"], test?.["natGateways"]], ["10.9.0.0/20", { strategy: "OnePerAz" }]);
  });

  it("has a cluster whose containers are measured", async () => {
    assert.deepEqual(inputsOf(await platform(), "ecs/cluster:Cluster"), {
      test: { settings: [{ name: "containerInsights", value: "enabled" }] },
    });
  });

  it("lets the world reach the load balancer on its ports, only the load balancer reach tasks, and tasks reach anything", async () => {
    for (const [args, ports] of [
      [{}, [80]],
      [HTTPS, [80, 443]],
    ] as const) {
      const resources = await platform(args);
      const { vpcId } = vpc(resources);
      const [own, tasks] = ["test-balancer", "test-tasks"].map((name) => group(resources, name));
      const tcp = (fromPort: number, toPort: number) => ({ ipProtocol: "tcp", fromPort, toPort });
      assert.deepEqual(inputsOf(resources, "ec2/securityGroup:SecurityGroup"), {
        "test-balancer": {
          vpcId,
          description: "Load balancer: open to the world on the ports of its listeners",
        },
        "test-tasks": { vpcId, description: "Tasks: open to the load balancer only" },
      });
      assert.deepEqual(inputsOf(resources, "vpc/securityGroupIngressRule:SecurityGroupIngressRule"), {
        ...Object.fromEntries(
          ports.map((port) => [
            `test-${port}`,
            { securityGroupId: own, cidrIpv4: "0.0.0.0/0", ...tcp(port, port) },
          ]),
        ),
        "test-tasks": { securityGroupId: tasks, referencedSecurityGroupId: own, ...tcp(0, 65535) },
      });
      assert.deepEqual(inputsOf(resources, "vpc/securityGroupEgressRule:SecurityGroupEgressRule"), {
        "test-balancer": { securityGroupId: own, referencedSecurityGroupId: tasks, ...tcp(0, 65535) },
        "test-tasks": { securityGroupId: tasks, cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" },
      });
    }
  });

  it("takes all rules from the group that AWS makes with the network", async () => {
    const resources = await platform();
    assert.deepEqual(inputsOf(resources, "ec2/defaultSecurityGroup:DefaultSecurityGroup"), {
      test: { vpcId: vpc(resources)["vpcId"] },
    });
  });

  it("has a load balancer in the public subnets, made after all of the network, that drops bad headers and stays", async () => {
    const resources = await platform();
    const { publicSubnetIds } = vpc(resources);
    assert.ok(Array.isArray(publicSubnetIds) && publicSubnetIds.length === 2);
    assert.deepEqual(balancer(resources).inputs, {
      loadBalancerType: "application",
      subnets: publicSubnetIds,
      securityGroups: [group(resources, "test-balancer")],
      dropInvalidHeaderFields: true,
      enableDeletionProtection: true,
    });
    assert.ok(balancer(resources).dependsOn.includes(only(resources, "ec2:Vpc").urn));
  });

  it("lets destroy delete the load balancer only where it is deletable", async () => {
    const { inputs } = balancer(await platform({ deletable: true }));
    assert.equal(inputs["enableDeletionProtection"], false);
  });

  it("names the load balancer within 32 characters however long its own name is", async () => {
    const { name, outputs } = balancer(await platform({}, "a-very-long-name-of-an-environment"));
    assert.equal(name, "a-very-long-name-of-an-e");
    assert.match(String(outputs["name"]), /^a-very-long-name-of-an-e-[0-9a-f]{7}$/);
  });

  it("answers on port 80 that nothing is there, without a certificate", async () => {
    const resources = await platform();
    assert.deepEqual(inputsOf(resources, "lb/listener:Listener"), {
      "test-80": {
        loadBalancerArn: balancer(resources).outputs["arn"],
        port: 80,
        protocol: "HTTP",
        defaultActions: NOT_FOUND,
      },
    });
  });

  it("answers so on port 443 with one, by TLS 1.2 or 1.3, and sends port 80 there", async () => {
    const resources = await platform(HTTPS);
    const loadBalancerArn = balancer(resources).outputs["arn"];
    assert.deepEqual(inputsOf(resources, "lb/listener:Listener"), {
      "test-80": {
        ...{ loadBalancerArn, port: 80, protocol: "HTTP" },
        defaultActions: [
          { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
        ],
      },
      "test-443": {
        ...{ loadBalancerArn, port: 443, protocol: "HTTPS", defaultActions: NOT_FOUND },
        certificateArn,
        sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      },
    });
  });

  it("hands out what services are given: private subnets, the group of tasks, the listener that answers", async () => {
    for (const [args, port, url] of [
      [{}, 80, undefined],
      [HTTPS, 443, "https://shop.example.com"],
    ] as const) {
      const resources = await platform(args);
      const { component } = made;
      assert.ok(component);
      const dnsName = String(balancer(resources).outputs["dnsName"]);
      const expected = {
        cluster: only(resources, "ecs/cluster:Cluster").outputs["name"],
        "vpc-id": vpc(resources)["vpcId"],
        "subnet-ids": vpc(resources)["privateSubnetIds"],
        "task-security-group-id": group(resources, "test-tasks"),
        "listener-arn": only(resources, "lb/listener:Listener", `test-${port}`).outputs["arn"],
        "endpoint-url": url ?? `http://${dnsName}`,
      };
      assert.deepEqual(await resolved(platformValues(component)), expected);
      assert.equal(await resolved(component.loadBalancerDnsName), dnsName);
      assert.ok(!Object.values(expected).includes(undefined), JSON.stringify(expected));
    }
  });

  it("is one of the platforms that there are: another's values are published alike", async () => {
    const existing: Platform = {
      cluster: "shop",
      vpcId: "vpc-1",
      subnetIds: ["subnet-1", "subnet-2"],
      taskSecurityGroupId: pulumi.output("sg-1"),
      listenerArn: "arn:listener",
      endpointUrl: "https://shop.example.com",
    };
    assert.deepEqual(await resolved(platformValues(existing)), {
      cluster: "shop",
      "vpc-id": "vpc-1",
      "subnet-ids": ["subnet-1", "subnet-2"],
      "task-security-group-id": "sg-1",
      "listener-arn": "arn:listener",
      "endpoint-url": "https://shop.example.com",
    });
  });
});
