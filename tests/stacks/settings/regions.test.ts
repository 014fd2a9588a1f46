import assert from "node:assert/strict";
import { dnsSuffix, partition } from "../../../components/names";
import { LAMBDA_COMPUTE_REGIONS, PARTITIONS, REGIONS } from "../../../components/regions";
import {
  CONNECTION,
  environment,
  pipeline,
  problemsOf,
  refuses,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";

const FORM = "allowed is a Region such as eu-west-1: pulumi config set aws:region <region>";
const add = (what: string, region: string) =>
  `if AWS has added ${what.includes(",") ? "them" : "it"} since, add ${what} to the line of ${region} in components/regions.ts`;
const from = (source: Values, region: string) =>
  tooling({ "aws:region": region, pipelines: [pipeline({ source })] });
const inRegion = (region: string) => () =>
  problemsOf(tooling({ "aws:region": region })).map((each) => each.replace(/^aws:region: /, ""));
const ZIP = { workload: "lambda-zip" };
/** Two environments, of which prod says this besides. */
const withProd = (changes: Values, of: Values = ZIP, more: Values = {}) =>
  tooling({
    environments: [
      { name: "test", account: "222222222222" },
      { name: "prod", account: "333333333333", ...changes },
    ],
    pipelines: [pipeline({ source: { codecommit: "shop" }, ...of })],
    ...more,
  });
const runner = { vpc: { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] } };

/** As AWS's pages list them; the table in the program is written from more than these. */
const WITH_CONNECTIONS = [
  ...["ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1"],
  ...["eu-central-1", "eu-north-1", "eu-south-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"],
  ...["us-east-1", "us-east-2", "us-gov-east-1", "us-west-1", "us-west-2"],
];
const WITHOUT_CONNECTIONS = [
  ...["af-south-1", "ap-east-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-4"],
  ...["ap-southeast-5", "ap-southeast-6", "cn-north-1", "cn-northwest-1", "eu-central-2", "eu-south-2"],
  ...["il-central-1", "me-central-1", "me-south-1", "us-gov-west-1"],
];
const WITHOUT_CODECOMMIT = [
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "eu-central-2",
  "eu-south-2",
];
const WITHOUT_PIPELINES = ["ap-east-2", "ap-southeast-7", "ca-west-1", "mx-central-1"];

describe("the table of Regions", () => {
  it("that have Lambda's compute have CodeBuild and CodePipeline", () => {
    assert.ok(LAMBDA_COMPUTE_REGIONS.length > 0);
    for (const region of LAMBDA_COMPUTE_REGIONS)
      assert.deepEqual(REGIONS[region]?.slice(0, 3), ["aws", "codepipeline", "codebuild"], region);
  });

  it("knows the partition of each as names.ts makes it, and every Region of the partitions that it does not make", () => {
    const supported = Object.entries(REGIONS).filter(([, [of]]) => PARTITIONS.some((each) => each === of));
    for (const [name, [of]] of supported) {
      assert.equal(partition(name), of, name);
      assert.equal(dnsSuffix(name), of === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com", name);
    }
    assert.deepEqual(
      supported.map(([name]) => name).sort(),
      [...WITH_CONNECTIONS, ...WITHOUT_CONNECTIONS, ...WITHOUT_PIPELINES].sort(),
    );
  });

  for (const region of [...WITH_CONNECTIONS, ...WITHOUT_CONNECTIONS])
    it(`has for ${region} the sources that it has`, () => {
      const fits = (source: Values, there: boolean) => {
        if (there) return settingsOf(from(source, region));
        const [only, ...others] = problemsOf(from(source, region));
        assert.match(only ?? "", /^pipelines\[0\]\.source\.(github|codecommit): .*not in/);
        assert.deepEqual(others, []);
      };
      fits({ github: "acme/shop" }, WITH_CONNECTIONS.includes(region));
      fits({ codecommit: "shop" }, !WITHOUT_CODECOMMIT.includes(region));
      settingsOf(environment({ "aws:region": region }), "test");
    });
});

describe("the Region of a stack", () => {
  refuses({
    "a Region that there is not, with the nearest": [
      inRegion("eu-west-9"),
      [
        'received "eu-west-9"; AWS had no such Region on 2026-11-20: did you mean "eu-west-1"? If it is newer, add a line for it to components/regions.ts',
      ],
    ],
    "one with letters turned round": [
      inRegion("us-eats-1"),
      [
        'received "us-eats-1"; AWS had no such Region on 2026-11-20: did you mean "us-east-1"? If it is newer, add a line for it to components/regions.ts',
      ],
    ],
    "what has another form, with the nearest where one is near": [
      () => [...inRegion("EU-West-1")(), ...inRegion("Frankfurt")()],
      [`received "EU-West-1"; did you mean "eu-west-1"? ${FORM}`, `received "Frankfurt"; ${FORM}`],
    ],
    "a Region without CodePipeline": [
      inRegion("ap-southeast-7"),
      [
        `received "ap-southeast-7"; CodePipeline was not there on 2026-11-20: choose another Region, or, ${add('"codepipeline"', "ap-southeast-7")}`,
      ],
    ],
    "a Region with neither CodePipeline nor CodeBuild, of tooling as well": [
      () => problemsOf(tooling({ "aws:region": "ca-west-1" })),
      [
        `aws:region: received "ca-west-1"; CodePipeline and CodeBuild were not there on 2026-11-20: choose another Region, or, ${add('"codepipeline", "codebuild"', "ca-west-1")}`,
      ],
    ],
    "connections where CodePipeline has none": [
      () => problemsOf(from({ github: "acme/shop" }, "us-gov-west-1")),
      [
        `pipelines[0].source.github: received "acme/shop"; CodePipeline's connections were not in us-gov-west-1 on 2026-11-20: choose a repository in CodeCommit, or another Region, or, ${add('"connections"', "us-gov-west-1")}`,
      ],
    ],
    "a connection that is there already": [
      () => problemsOf(from({ connection: CONNECTION, repository: "acme/shop" }, "af-south-1")),
      [
        `pipelines[0].source.connection: received "${CONNECTION}"; CodePipeline's connections were not in af-south-1 on 2026-11-20: choose a repository in CodeCommit, or another Region, or, ${add('"connections"', "af-south-1")}`,
      ],
    ],
    "CodeCommit where it is not, and connections neither": [
      () => problemsOf(from({ codecommit: "shop" }, "eu-central-2")),
      [
        `pipelines[0].source.codecommit: received "shop"; CodeCommit was not in eu-central-2 on 2026-11-20: choose another Region, or, ${add('"codecommit"', "eu-central-2")}`,
      ],
    ],
    "ARNs of another partition, wherever they stand": [
      () =>
        problemsOf({
          ...from({ codecommit: "shop" }, "cn-north-1"),
          environments: [
            { name: "test", account: "222222222222", readers: ["arn:aws:iam::222222222222:role/on-call"] },
          ],
          artifactRoles: ["arn:aws-cn:iam::111111111111:role/auditor"],
          "aws:assumeRoles": [{ roleArn: "arn:aws-us-gov:iam::111111111111:role/admin" }],
        }),
      [
        'environments[0].readers[0]: received "arn:aws:iam::222222222222:role/on-call"; it is of partition aws, and cn-north-1 of aws-cn: give one of that',
        'aws:assumeRoles[0].roleArn: received "arn:aws-us-gov:iam::111111111111:role/admin"; it is of partition aws-us-gov, and cn-north-1 of aws-cn: give one of that',
      ],
    ],
    "a certificate of another Region": [
      () =>
        problemsOf(
          tooling({
            environments: [
              {
                name: "test",
                account: "222222222222",
                platform: {
                  certificateArn: "arn:aws:acm:us-east-1:222222222222:certificate/a",
                  domain: "shop.example.com",
                },
              },
            ],
          }),
        ),
      [
        'environments[0].platform.certificateArn: received "arn:aws:acm:us-east-1:222222222222:certificate/a"; it is of Region us-east-1, and the environment of eu-west-1: give one of that Region',
      ],
    ],
  });

  for (const [name, [of]] of Object.entries(REGIONS).filter(
    ([, [of]]) => !PARTITIONS.some((each) => each === of),
  ))
    it(`refuses ${name} by its partition`, () =>
      assert.deepEqual(inRegion(name)(), [
        `received "${name}"; it is of partition ${of}, whose ARNs and endpoints this program does not make: choose a Region of aws, aws-cn, aws-us-gov`,
      ]));

  it("refuses a source once, and no source where the Region itself is wrong", () => {
    const wrong = from({ github: "acme/shop" }, "eusc-de-east-1");
    assert.equal(problemsOf(wrong).length, 1);
  });
});

describe("the Region of an environment", () => {
  it("is kept where it is another than tooling's, and is nothing where it is the same", () => {
    const regions = (region: string) => {
      const settings = settingsOf(withProd({ region }));
      assert.ok(settings.kind === "tooling");
      const [{ environments }] = settings.pipelines as [(typeof settings.pipelines)[number]];
      return [settings.environments, environments].map((all) => all.map((each) => each.region ?? "none"));
    };
    assert.deepEqual(regions("us-east-1"), [
      ["none", "us-east-1"],
      ["none", "us-east-1"],
    ]);
    assert.deepEqual(regions("eu-west-1"), [
      ["none", "none"],
      ["none", "none"],
    ]);
  });

  it("needs neither CodePipeline nor CodeBuild, in tooling's settings and in its own stack's", () => {
    for (const region of WITHOUT_PIPELINES) {
      settingsOf(withProd({ region }));
      settingsOf(environment({ "aws:region": region }), "test");
    }
  });

  it("may be one that images are pulled in", () => {
    settingsOf(withProd({ region: "us-east-1" }, { workload: "lambda-container" }));
    settingsOf(
      withProd({ region: "us-east-1", platform: true }, { workload: "ecs-service", environments: ["prod"] }),
    );
    const images = { url: "https://${environment}.example.com", name: "shop-${environment}" };
    settingsOf(
      withProd(
        { region: "us-east-1" },
        {
          workload: "lambda-container-code",
          function: { name: images.name, endpoint: images.url },
        },
      ),
    );
  });

  it("may be that of its certificate", () => {
    settingsOf(
      withProd({
        region: "us-east-1",
        platform: {
          certificateArn: "arn:aws:acm:us-east-1:333333333333:certificate/a",
          domain: "shop.example.com",
        },
      }),
    );
  });

  it("may have the stacks of branches, of every kind of workload that has any", () => {
    for (const workload of ["lambda-zip", "lambda-container", "serverless", "ecs-service"]) {
      const of = {
        ...{ source: { codecommit: "shop" }, workload, environments: ["prod"] },
        branches: { include: ["feature/*"], environment: "prod" },
      };
      const settings = settingsOf(withProd({ region: "us-east-1", platform: true }, of));
      assert.ok(settings.kind === "tooling");
      assert.equal(settings.pipelines[0]?.branches?.environment, "prod", workload);
    }
  });

  refuses({
    "one that there is not, with the rest of what is wrong": [
      () => problemsOf(withProd({ region: "eu-west-9", account: "3" })),
      [
        'environments[1].account: received "3"; allowed is an account id of 12 digits: write it in quotes',
        'environments[1].region: received "eu-west-9"; AWS had no such Region on 2026-11-20: did you mean "eu-west-1"? If it is newer, add a line for it to components/regions.ts',
      ],
    ],
    "one of another partition than tooling's, and no ARN for being of tooling's": [
      () =>
        problemsOf(
          withProd({ region: "us-gov-west-1", readers: ["arn:aws:iam::333333333333:role/on-call"] }),
        ),
      [
        'environments[1].region: received "us-gov-west-1"; it is of partition aws-us-gov, and tooling\'s eu-west-1 of aws, which shares no accounts with it: choose a Region of aws, or give these accounts a project of their own',
      ],
    ],
    "one without CodeBuild, for an environment with a runner": [
      () => problemsOf(withProd({ region: "ca-west-1", runner })),
      [
        `environments[1].runner: received ${JSON.stringify(runner)}; CodeBuild, which a runner is, was not in ca-west-1 on 2026-11-20: remove the runner, choose another Region, or, ${add('"codebuild"', "ca-west-1")}`,
      ],
    ],
    "a certificate of tooling's Region": [
      () =>
        problemsOf(
          withProd({
            region: "us-east-1",
            platform: {
              certificateArn: "arn:aws:acm:eu-west-1:333333333333:certificate/a",
              domain: "shop.example.com",
            },
          }),
        ),
      [
        'environments[1].platform.certificateArn: received "arn:aws:acm:eu-west-1:333333333333:certificate/a"; it is of Region eu-west-1, and the environment of us-east-1: give one of that Region',
      ],
    ],
  });
});
