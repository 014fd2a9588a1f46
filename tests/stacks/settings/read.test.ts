import assert from "node:assert/strict";
import { asRead, CONNECTION, environment, pipeline, settingsOf, tooling } from "../settingsSample";

const test = { name: "test", account: "222222222222" };

function toolingOf(changes: Record<string, unknown>, projectName?: string) {
  const settings = settingsOf(tooling(changes), "tooling", projectName);
  assert.equal(settings.kind, "tooling");
  return settings;
}

describe("readSettings", () => {
  it("takes every key of an environment's stack", () => {
    const changes = {
      environment: "prod",
      tooling: "other/base/main",
      iam: { path: "/delivery/", permissionsBoundary: "limits" },
      deletable: true,
      "aws:profile": "prod-admin",
      "aws:assumeRoles": [{ roleArn: "arn:aws:iam::222222222222:role/admin", externalId: "x" }],
      "aws:defaultTags": { tags: { team: "shop" } },
    };
    assert.deepEqual(settingsOf(environment(changes), "eu"), {
      kind: "environment",
      project: "delivery",
      stack: "eu",
      provider: {
        region: "eu-west-1",
        account: "222222222222",
        profile: "prod-admin",
        assumeRoles: [{ roleArn: "arn:aws:iam::222222222222:role/admin", externalId: "x" }],
        defaultTags: { team: "shop" },
      },
      environment: "prod",
      tooling: "other/base/main",
      toolingProject: "base",
      iam: { path: "/delivery/", permissionsBoundary: "limits" },
      deletable: true,
    });
  });

  it("takes every key of a pipeline and of tooling's stack", () => {
    const vpc = { vpcId: "vpc-0a1b2c3d", subnets: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] };
    const others = {
      workload: "lambda-container",
      executionMode: "QUEUED",
      computeType: "BUILD_GENERAL1_2XLARGE",
      scanThreshold: "NONE",
      shortJobs: ["deploy"],
      keepReleases: 50,
      layerCache: true,
      platform: "linux/arm64",
      transforms: ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"],
      uses: ["sqs"],
    };
    const settings = toolingOf({
      pipelines: [
        pipeline({
          ...others,
          prefix: "cat",
          directory: "./services/catalog/",
          template: "./aws//catalog.yaml",
          source: {
            connection: CONNECTION,
            repository: "group/sub.group/repo",
            branch: "release/2.x",
            paths: ["services/catalog/**"],
            tags: ["v*"],
            pullRequests: { branches: ["main"] },
          },
        }),
      ],
      vpc,
      iam: { path: "/delivery/", permissionsBoundary: "limits" },
      image: "registry.example.com:5000/team/image:2@sha256:" + "0".repeat(64),
      logRetentionInDays: 30,
      deletable: true,
    });
    assert.deepEqual(settings.pipelines, [
      {
        ...others,
        chats: [],
        staleApprovals: "keep",
        id: { name: "catalog", prefix: "cat" },
        directory: "services/catalog",
        template: "aws/catalog.yaml",
        source: {
          kind: "connection",
          connection: CONNECTION,
          repository: "group/sub.group/repo",
          branch: "release/2.x",
          paths: ["services/catalog/**"],
          tags: ["v*"],
          pullRequests: { branches: ["main"], events: ["CLOSED"] },
        },
        environments: asRead(test),
      },
    ]);
    assert.deepEqual(settings.vpc, vpc);
    assert.deepEqual(settings.iam, { path: "/delivery/", permissionsBoundary: "limits" });
    assert.deepEqual(settings.scope, {
      project: "delivery",
      region: "eu-west-1",
      toolingAccount: "111111111111",
      path: "/delivery/",
    });
    assert.equal(settings.image, "registry.example.com:5000/team/image:2@sha256:" + "0".repeat(64));
    assert.equal(settings.logRetentionInDays, 30);
    assert.equal(settings.deletable, true);
  });

  it("takes seven environments and three pipelines, each with all of them or its own in its own order", () => {
    const names = ["dev", "test", "uat", "perf", "staging", "prod-eu", "prod-us"];
    const environments = names.map((name, i) => ({ name, account: String(222222222220 + i) }));
    const settings = toolingOf({
      environments,
      pipelines: [
        pipeline(),
        pipeline({ name: "orders", source: { codecommit: "orders", create: false } }),
        pipeline({
          name: "web",
          source: { codecommit: "orders", create: true },
          environments: ["uat", "prod-us", "dev"],
        }),
      ],
    });
    assert.deepEqual(settings.environments, asRead(...environments));
    assert.deepEqual(
      settings.pipelines.map((one) => one.environments.map(({ name }) => name)),
      [names, names, ["uat", "prod-us", "dev"]],
    );
  });

  it("takes one account for everything", () => {
    const account = "111111111111";
    const environments = [
      { name: "test", account },
      { name: "prod", account },
    ];
    assert.deepEqual(toolingOf({ environments }).environments, asRead(...environments));
  });

  it("takes any project's name, in its own namespace", () => {
    const { scope, pipelines } = toolingOf({}, "shop-2");
    assert.equal(scope.project, "shop-2");
    assert.equal(pipelines[0]?.id.name, "catalog");
    const settings = settingsOf(environment(), "test", "shop-2");
    assert.equal(settings.kind === "environment" && settings.tooling, "acme/shop-2/tooling");
  });

  it("does not read keys of other namespaces", () => {
    assert.deepEqual(settingsOf(tooling({ "other:kind": "x", "pulumi:tags": "{}" })), settingsOf(tooling()));
  });
});
