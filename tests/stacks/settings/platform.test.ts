import assert from "node:assert/strict";
import { platform } from "../../../stacks/settings/platform";
import { foreignPlatforms, missingPlatforms } from "../../../stacks/settings/platformRules";
import { shapeProblems } from "../../../stacks/settings/problems";
import { object } from "../../../stacks/settings/schemas";
import { refuses, type Values } from "../settingsSample";

const settings = object({ platform });
const parsed = (written: unknown) => settings.parse({ platform: written }).platform;
const problems = (written: unknown) => shapeProblems(settings, { platform: written }, "environments[0].");
const certificateArn = "arn:aws:acm:eu-west-1:222222222222:certificate/01234567-89ab-cdef-0123-456789abcdef";
const listener =
  "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/shop/0123456789abcdef/fedcba9876543210";
const there = (changes: Values = {}): Values => ({
  vpc: "vpc-0123",
  subnets: ["subnet-0a", "subnet-0b"],
  cluster: "shop",
  listener,
  securityGroup: "sg-0123",
  endpoint: "https://shop.example.com",
  ...changes,
});
const FORMS =
  "true (build one), a map of cidr, natGateways, certificateArn, domain (build it so), " +
  "a map of vpc, subnets, cluster, listener, securityGroup, endpoint (an existing one)";
const RANGE =
  "allowed is a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 with /16 to /24 that begins where its size puts it, such as 10.0.0.0/16";
const DOMAIN = "allowed is the domain that clients use, in lower case, such as shop.example.com";

describe("platform", () => {
  it("is built with defaults where it is true or an empty map, and is none where it is false", () => {
    const built = { kind: "built", cidr: "10.0.0.0/16", natGateways: "Single" };
    assert.deepEqual([parsed(true), parsed({}), parsed(false)], [built, built, undefined]);
  });

  it("is built as its map says", () => {
    const written = { cidr: "172.20.4.0/22", natGateways: "one-per-zone" };
    assert.deepEqual(parsed({ ...written, certificateArn, domain: "shop.example.com" }), {
      ...{ kind: "built", cidr: "172.20.4.0/22", natGateways: "OnePerAz" },
      https: { certificateArn, domain: "shop.example.com" },
    });
    assert.deepEqual(parsed({ natGateways: "single" }), parsed(true));
  });

  it("is an existing one where its map names what is there", () => {
    assert.deepEqual(parsed(there()), {
      kind: "existing",
      cluster: "shop",
      vpcId: "vpc-0123",
      subnetIds: ["subnet-0a", "subnet-0b"],
      taskSecurityGroupId: "sg-0123",
      listenerArn: listener,
      endpointUrl: "https://shop.example.com",
    });
  });

  for (const cidr of ["10.255.255.0/24", "172.31.0.0/16", "192.168.0.0/16", "100.127.254.0/23"])
    it(`takes the range ${cidr}`, () => assert.equal((parsed({ cidr }) as { cidr: string }).cidr, cidr));
  for (const cidr of [
    ...[
      "10.0.0.0/15",
      "10.0.0.0/25",
      "10.0.0.0",
      "10.0.1.0/16",
      "10.0.0.128/24",
      "10.0.0/16",
      "10.0.0.256/24",
    ],
    ...["8.8.8.0/24", "172.32.0.0/16", "100.128.0.0/16", "010.0.0.0/16", "fd00::/16", 10],
  ])
    it(`refuses the range ${JSON.stringify(cidr)}`, () =>
      assert.deepEqual(problems({ cidr }), [
        `environments[0].platform.cidr: received ${JSON.stringify(cidr)}; ${RANGE}`,
      ]));
  for (const domain of [
    "https://shop.example.com",
    "Shop.example.com",
    "shop",
    "shop.example.com/",
    "*.example.com",
  ])
    it(`refuses the domain ${domain}`, () =>
      assert.deepEqual(problems({ domain, certificateArn }), [
        `environments[0].platform.domain: received ${JSON.stringify(domain)}; ${DOMAIN}`,
      ]));

  refuses({
    "what is neither true or false nor a map": [
      () => [...problems("yes"), ...problems(["vpc-0123"])],
      [
        `environments[0].platform: received "yes"; allowed are false (none), ${FORMS}`,
        `environments[0].platform: received ["vpc-0123"]; allowed are false (none), ${FORMS}`,
      ],
    ],
    "keys of both kinds, and bad values among them all the same": [
      () => problems({ vpc: "0123", cidr: "10.0.0.0/8" }),
      [
        `environments[0].platform.cidr: received "10.0.0.0/8"; ${RANGE}`,
        'environments[0].platform.vpc: received "0123"; allowed is an id such as vpc-0123456789abcdef0',
        `environments[0].platform: received {"vpc":"0123","cidr":"10.0.0.0/8"}; these are keys of two kinds; allowed are ${FORMS}: keep one kind's`,
      ],
    ],
    "a domain without a certificate": [
      () => problems({ cidr: "x", domain: "shop.example.com" }),
      [
        `environments[0].platform.cidr: received "x"; ${RANGE}`,
        "environments[0].platform.certificateArn: is missing; domain needs a certificate for it: give its ARN, or remove domain",
      ],
    ],
    "a certificate without a domain": [
      () => problems({ certificateArn }),
      [
        "environments[0].platform.domain: is missing; the certificate is for a domain, which clients use: give it, or remove certificateArn",
      ],
    ],
    "a certificate that is none, once": [
      () => problems({ certificateArn: "shop", domain: "shop.example.com" }),
      [
        'environments[0].platform.certificateArn: received "shop"; allowed is the ARN of a certificate of ACM, in the environment\'s account and Region: arn:aws:acm:<region>:<account>:certificate/<id>',
      ],
    ],
    "tasks without a way out, and unknown words": [
      () => [
        ...problems({ natGateways: "none" }),
        ...problems({ natGateways: "singel" }),
        ...problems({ natGateway: "single" }),
      ],
      [
        'environments[0].platform.natGateways: received "none"; tasks pull their images and write their logs through a NAT gateway: give an existing platform if its network has another way; allowed are single, one-per-zone',
        'environments[0].platform.natGateways: received "singel"; did you mean "single"? allowed are single, one-per-zone',
        'environments[0].platform.natGateway: received "single"; this key is unknown: did you mean "natGateways"? allowed are cidr, natGateways, certificateArn, domain',
      ],
    ],
    "an existing platform that is not all there": [
      () => problems({ cluster: "shop" }),
      [
        "environments[0].platform.vpc: is missing; allowed is an id such as vpc-0123456789abcdef0",
        "environments[0].platform.subnets: is missing; allowed is a list of ids of subnets that lead out through a NAT gateway or endpoints, 1 to 16",
        "environments[0].platform.listener: is missing; allowed is the ARN of an Application Load Balancer's listener: arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>",
        "environments[0].platform.securityGroup: is missing; allowed is an id such as sg-0123456789abcdef0",
        "environments[0].platform.endpoint: is missing; allowed is the address of the listener, https://<domain> or http://<domain>, in lower case, without a path and a slash at its end",
      ],
    ],
    "ids, names and ARNs of other things": [
      () =>
        problems(
          there({
            vpc: "sg-0123",
            subnets: ["subnet-0a", "vpc-0b", "subnet-0a"],
            cluster: "arn:aws:ecs:eu-west-1:222222222222:cluster/shop",
            listener: listener.replace("/app/", "/net/"),
            securityGroup: "default",
            endpoint: "https://shop.example.com/",
          }),
        ),
      [
        'environments[0].platform.vpc: received "sg-0123"; allowed is an id such as vpc-0123456789abcdef0',
        'environments[0].platform.subnets[1]: received "vpc-0b"; allowed is an id such as subnet-0123456789abcdef0',
        'environments[0].platform.subnets: received ["subnet-0a","vpc-0b","subnet-0a"]; an entry is there twice: remove one',
        'environments[0].platform.cluster: received "arn:aws:ecs:eu-west-1:222222222222:cluster/shop"; allowed is the name of an ECS cluster, not its ARN',
        `environments[0].platform.listener: received ${JSON.stringify(listener.replace("/app/", "/net/")).slice(0, 99)}…; allowed is the ARN of an Application Load Balancer's listener: arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>`,
        'environments[0].platform.securityGroup: received "default"; allowed is an id such as sg-0123456789abcdef0',
        'environments[0].platform.endpoint: received "https://shop.example.com/"; allowed is the address of the listener, https://<domain> or http://<domain>, in lower case, without a path and a slash at its end',
      ],
    ],
  });
});

describe("the rules for platforms", () => {
  const at = (i: number, name: string, written?: unknown, account = "222222222222") => ({
    ...{ key: `environments[${i}]`, name, account, platform: written },
  });
  const pipelines = [
    { key: "pipelines[0]", workload: "lambda-zip", environments: ["dev", "test"] },
    { key: "pipelines[1]", workload: "ecs-service", environments: ["test", "prod"] },
    { key: "pipelines[2]", workload: "ecs-service", environments: ["prod", "nowhere"] },
  ] as const;

  it("name each environment without one that a pipeline needs one in, once", () => {
    const environments = [at(0, "dev"), at(1, "test", false), at(2, "prod")];
    const text = (name: string) =>
      `pipelines[1] releases a workload of kind ecs-service to it, which runs on one; allowed are ${FORMS}: set it, or leave ${name} out of pipelines[1].environments`;
    assert.deepEqual(missingPlatforms(environments, pipelines, ["ecs-service"]), [
      `environments[1].platform: received false; ${text("test")}`,
      `environments[2].platform: is missing; ${text("prod")}`,
    ]);
  });

  it("are content with a platform of any kind, even a bad one, and with workloads that need none", () => {
    const environments = [at(0, "test", true), at(1, "prod", { vpc: 7 })];
    assert.deepEqual(missingPlatforms(environments, pipelines, ["ecs-service"]), []);
    assert.deepEqual(missingPlatforms([at(0, "dev"), at(1, "test"), at(2, "prod")], pipelines, []), []);
  });

  it("name what is of another account than the environment", () => {
    const own = at(0, "test", { certificateArn, listener });
    const others = [
      at(1, "prod", { certificateArn }, "333333333333"),
      at(2, "qa", { listener }, "444444444444"),
      at(3, "dev", { listener: "shop", certificateArn: 7 }, "555555555555"),
    ];
    assert.deepEqual(foreignPlatforms([own, ...others]), [
      `environments[1].platform.certificateArn: received "${certificateArn}"; it is of account 222222222222, the environment of 333333333333: give one of that account`,
      `environments[2].platform.listener: received ${JSON.stringify(listener).slice(0, 99)}…; it is of account 222222222222, the environment of 444444444444: give one of that account`,
    ]);
  });
});
