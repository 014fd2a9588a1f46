import {
  environment,
  environments,
  pipeline,
  problemsOf,
  refuses,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";

const LENGTH =
  "24 are allowed, since CloudFormation cuts longer names of stacks when it names what is in them";

describe("the rules for names that are made from settings", () => {
  refuses({
    "a workload's name of more than 24 characters, with the room there is": [
      () => problemsOf(tooling({ pipelines: [pipeline({ name: "product-catalog-shop" })] })),
      [
        `pipelines[0].name: received "product-catalog-shop"; product-catalog-shop--test has 26 characters, and ${LENGTH}: set pipelines[0].prefix to at most 18 characters`,
      ],
    ],
    "the longest of them, by the prefix that is set": [
      () =>
        problemsOf(
          tooling({
            environments: environments("test", "production"),
            pipelines: [pipeline({ prefix: "prefix-of-13c" })],
          }),
        ),
      [
        `pipelines[0].prefix: received "prefix-of-13c"; prefix-of-13c--production has 25 characters, and ${LENGTH}: set pipelines[0].prefix to at most 12 characters`,
      ],
    ],
    "the names of the bucket's own folders": [
      () =>
        problemsOf(
          tooling({
            pipelines: [
              pipeline({ name: "releases" }),
              pipeline({ name: "kept", prefix: "k", source: { codecommit: "other" } }),
            ],
          }),
        ),
      [
        'pipelines[0].name: received "releases"; releases and kept are folders of the artifact bucket: choose another name',
        'pipelines[1].name: received "kept"; releases and kept are folders of the artifact bucket: choose another name',
      ],
    ],
    "the word that every object of JavaScript has, where a name, a Region or a service is looked up by it": [
      () => [
        ...problemsOf(
          tooling({
            environments: environments("constructor"),
            pipelines: [pipeline({ name: "constructor", prefix: "c" })],
          }),
        ),
        ...problemsOf(tooling({ "aws:region": "constructor" })),
      ],
      [
        'environments[0].name: received "constructor"; this word means something in programs: choose another name',
        'pipelines[0].name: received "constructor"; this word means something in programs: choose another name',
        'aws:region: received "constructor"; allowed is a Region such as eu-west-1: pulumi config set aws:region <region>',
      ],
    ],
    "an environment's name that leaves no room for a prefix": [
      () => problemsOf(tooling({ environments: environments("production-in-europe-1a") })),
      [
        `pipelines[0].name: received "catalog"; catalog--production-in-europe-1a has 32 characters, and ${LENGTH}: choose a shorter name than production-in-europe-1a`,
      ],
    ],
    "a role's name of more than 64 characters": [
      () => problemsOf(tooling(), "tooling", "p".repeat(39)),
      [
        `pipelines[0].name: received "catalog"; its role ${"p".repeat(39)}-catalog--test-release-job has 65 characters, and IAM allows 64: choose a shorter prefix, environment or project`,
      ],
    ],
    "a workload whose permissions would match the project's own roles": [
      () => problemsOf(tooling(), "tooling", "catalog--test-tools"),
      [
        'pipelines[0].name: received "catalog"; permissions of its workload go by catalog--test-, and the project\'s role catalog--test-tools-catalog-pipeline begins so: set another prefix',
      ],
    ],
    "a project's name that CodeBuild does not take": [
      () => problemsOf(tooling(), "tooling", "my.shop"),
      [
        'name: received "my.shop"; allowed are letters, digits, - and _, since CodeBuild projects begin with it: rename the project in Pulumi.yaml',
      ],
    ],
  });
  const named = (name: string, changes: Values = {}) =>
    tooling({ pipelines: [pipeline({ name, prefix: "p", ...changes })] });
  const branched = { branches: { include: ["fix"], environment: "test" } };
  const existing = {
    vpc: "vpc-0a1b2c3d",
    subnets: ["subnet-1"],
    cluster: "apps",
    listener: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/front/0a/0b",
    securityGroup: "sg-1",
    endpoint: "https://shop.example.com",
  };
  /** An environment that no pipeline releases to, beside one that one does. */
  const unused = (name: string, changes: Values) =>
    tooling({
      environments: [
        { name: "test", account: "222222222222" },
        { name, account: "333333333333", ...changes },
      ],
      pipelines: [pipeline({ environments: ["test"] })],
    });
  const readers = ["arn:aws:iam::333333333333:role/on-call"];
  const previews = { repository: "acme/platform" };
  refuses({
    "a pipeline's name that makes names of rules too long": [
      () => problemsOf(named("n".repeat(49))),
      [
        `pipelines[0].name: received "${"n".repeat(49)}"; its rule ${"n".repeat(49)}-cleanup-0000000 has 65 characters, and EventBridge allows 64: choose a name of at most 48 characters`,
      ],
    ],
    "the longest name that its own form takes, once": [
      () => problemsOf(named("n".repeat(100))),
      [
        `pipelines[0].name: received "${"n".repeat(98)}…; its rule ${"n".repeat(100)}-cleanup-0000000 has 116 characters, and EventBridge allows 64: choose a name of at most 48 characters`,
      ],
    ],
    "a pipeline's name that is too long for its branches": [
      () => problemsOf(named("n".repeat(45), branched)),
      [
        `pipelines[0].name: received "${"n".repeat(45)}"; its rule ${"n".repeat(45)}--br-cleanup-0000000 has 65 characters, and EventBridge allows 64: choose a name of at most 44 characters`,
      ],
    ],
    "a name and a prefix that are both too long, and what else is wrong": [
      () => problemsOf(named("n".repeat(49), { prefix: "Prefix", computeType: 1 })),
      [
        'pipelines[0].prefix: received "Prefix"; allowed are lower-case words (letters and digits, a letter first) joined by single hyphens: choose another prefix',
        "pipelines[0].computeType: received 1; allowed are BUILD_GENERAL1_SMALL, BUILD_GENERAL1_MEDIUM, BUILD_GENERAL1_LARGE, BUILD_GENERAL1_XLARGE, BUILD_GENERAL1_2XLARGE",
        `pipelines[0].name: received "${"n".repeat(49)}"; its rule ${"n".repeat(49)}-cleanup-0000000 has 65 characters, and EventBridge allows 64: choose a name of at most 48 characters`,
      ],
    ],
    "an environment whose load balancer AWS would refuse": [
      () => [
        ...problemsOf(unused("internal", { platform: true })),
        ...problemsOf(unused("internal-eu", { platform: { cidr: "10.1.0.0/16" } })),
      ],
      [
        'environments[1].name: received "internal"; its load balancer internal-0000000 begins with internal-, which Elastic Load Balancing does not allow: choose another name',
        'environments[1].name: received "internal-eu"; its load balancer internal-eu-0000000 begins with internal-, which Elastic Load Balancing does not allow: choose another name',
      ],
    ],
    "an environment whose security groups AWS would refuse": [
      () => problemsOf(unused("sg", { platform: true })),
      [
        'environments[1].name: received "sg"; its security group sg-balancer-0000000 begins with sg-, which EC2 does not allow: choose another name',
      ],
    ],
    "an environment that nothing is released to, but people look at": [
      () => problemsOf(unused("e".repeat(47), { readers })),
      [
        `environments[1].name: received "${"e".repeat(47)}"; its role delivery-${"e".repeat(47)}-readonly has 65 characters, and IAM allows 64: choose a name of at most 46 characters`,
      ],
    ],
    "an environment's stack whose role of previews has too long a name": [
      () => problemsOf(environment({ previews }), "e".repeat(48)),
      [
        `environment: received "${"e".repeat(48)}"; its role delivery-${"e".repeat(48)}-preview has 65 characters, and IAM allows 64: choose a name of at most 47 characters`,
      ],
    ],
    "the same, by the project of tooling's stack": [
      () =>
        problemsOf(environment({ environment: "e", tooling: `acme/${"p".repeat(55)}/main`, previews }), "x"),
      [
        `environment: received "e"; its role ${"p".repeat(55)}-e-preview has 65 characters, and IAM allows 64: rename the project in Pulumi.yaml, shorter`,
      ],
    ],
    "paths that IAM keeps for itself": [
      () => [
        ...problemsOf(tooling({ iam: { path: "/aws-service-role/delivery/" } })),
        ...problemsOf(tooling({ iam: { path: "/aws-reserved/" } })),
      ],
      [
        'iam.path: received "/aws-service-role/delivery/"; IAM keeps paths that begin with /aws-service-role/ and /aws-reserved/ for AWS: choose another',
        'iam.path: received "/aws-reserved/"; IAM keeps paths that begin with /aws-service-role/ and /aws-reserved/ for AWS: choose another',
      ],
    ],
  });
  it("take what just fits", () => {
    settingsOf(tooling({ pipelines: [pipeline({ name: "prefix-of-18-chars" })] }));
    settingsOf(tooling(), "tooling", "p".repeat(38));
    settingsOf(named("n".repeat(48)));
    settingsOf(named("n".repeat(44), branched));
    settingsOf(unused("e".repeat(46), { readers }));
    settingsOf(unused("e".repeat(100), {}));
    settingsOf(environment({ previews }), "e".repeat(47));
    settingsOf(tooling({ iam: { path: "/aws-service-roles/" } }));
  });
  it("take what begins like a reserved word where nothing is made that may not", () => {
    settingsOf(unused("internal", {}));
    settingsOf(
      unused("internal", {
        platform: { ...existing, listener: existing.listener.replace(/2{12}/, "333333333333") },
      }),
    );
    settingsOf(unused("internals", { platform: true }));
    settingsOf(unused("sgs", { platform: true }));
    settingsOf(tooling({ environments: environments("internal") }));
  });
  refuses({
    "no workload for an environment that there is not, or whose own name is wrong": [
      () =>
        problemsOf(
          tooling({
            environments: environments("Production-in-europe"),
            pipelines: [pipeline({ environments: ["Production-in-europe", "production-in-america"] })],
          }),
        ),
      [
        'environments[0].name: received "Production-in-europe"; allowed are lower-case words (letters and digits, a letter first) joined by single hyphens: choose another name',
        'pipelines[0].environments[1]: received "production-in-america"; did you mean "Production-in-europe"? allowed are "Production-in-europe"',
      ],
    ],
  });
  it("measure a workload only in the environments that its pipeline has", () => {
    const own = pipeline({ name: "prefix-of-18-chars", environments: ["test"] });
    settingsOf(tooling({ environments: environments("test", "production"), pipelines: [own] }));
  });
});
