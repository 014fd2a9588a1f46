import assert from "node:assert/strict";
import type { Resource, StackRun } from "../../rehearsal/record/record";
import { inputsOf, names, ofKind, oneStack, only } from "../programs";
import { VERSION } from "../../stacks/version";
import { CONNECTION, environments, pipeline, tooling, type Values } from "./settingsSample";
import { list, map } from "../../packages/iam/src/json";

const stack = async (changes: Values = {}, project?: string): Promise<StackRun> => {
  const run = await oneStack("tooling", tooling(changes), [], project);
  assert.deepEqual(run.failures, []);
  return run;
};
const made = async (changes: Values = {}): Promise<readonly Resource[]> => (await stack(changes)).resources;
const LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const approval = (timeoutDays: number, ...emails: string[]) => ({ emails, timeoutDays });
const asking = (...days: number[]) =>
  environments(...days.map((_, i) => `e${i}`)).map((each, i) => ({
    ...each,
    approval: approval(days[i] ?? 0),
  }));

describe("tooling's stack", () => {
  it("keeps everything of one project under its provider, and protects what environments read and the service's code, no more", async () => {
    const resources = await made();
    const shared = ["ArtifactStore", "ImageRepository"];
    const ofShared = ({ urn }: Resource) => shared.some((each) => urn.includes(`delivery:index:${each}`));
    const code = ofKind(resources, "codecommit/repository:Repository");
    assert.equal(code.length, 1);
    assert.deepEqual(
      names(resources.filter(({ protect }) => protect)),
      names([...resources.filter(ofShared), ...code]),
    );
    assert.equal(resources.filter(ofShared).length, 21);
  });

  it("lets go of everything, with contents, where it is deletable", async () => {
    const resources = await made({ deletable: true });
    const flags = (kind: string, flag: string) => ofKind(resources, kind).map(({ inputs }) => inputs[flag]);
    assert.deepEqual(names(resources.filter(({ protect }) => protect)), []);
    assert.deepEqual(flags("s3/bucket:Bucket", "forceDestroy"), [true, true]);
    assert.deepEqual(flags("ecr:Repository", "forceDelete"), [true]);
    assert.deepEqual(flags("codebuild/reportGroup:ReportGroup", "deleteReports"), [true, true, true]);
  });

  for (const [days, expected] of [
    [[], 30],
    [[14], 44],
    [[3, 60, 7], 90],
  ] as const) {
    it(`keeps images that no record names and release files 30 days longer than approvals of ${days.join(", ") || "no"} days wait, releases a year`, async () => {
      const resources = await made(days.length > 0 ? { environments: asking(...days) } : {});
      const expiration = list(only(resources, LIFECYCLE, "artifacts").inputs["rules"]).flatMap((rule) =>
        list(map(map(rule)["expiration"])["days"]),
      );
      const { environment } = only(resources, "codebuild/project:Project", "catalog-promote").inputs;
      const told = list(map(environment)["environmentVariables"]).find(
        (each) => map(each)["name"] === "EXPIRATION_IN_DAYS",
      );
      assert.deepEqual([expiration, map(told)["value"]], [[365, 30, expected], String(expected)]);
    });
  }

  it("keeps nothing of branches for long, whatever an approval waits", async () => {
    const branches = { include: ["feature/*"], environment: "e0" };
    const [e0, e1] = environments("e0", "e1");
    const resources = await made({
      environments: [e0, { ...e1, approval: approval(60) }],
      pipelines: [pipeline({ branches })],
    });
    assert.deepEqual(
      list(only(resources, LIFECYCLE, "artifacts").inputs["rules"]).flatMap((rule) =>
        list(map(map(rule)["expiration"])["days"]).map((days) => [map(map(rule)["filter"])["prefix"], days]),
      ),
      [
        ["catalog/Release/", 365],
        ["catalog/Source/", 30],
        ["releases/catalog/", 90],
        ["catalog--br/", 30],
        ["releases/catalog--br/", 30],
      ],
    );
  });

  it("asks everybody of a pipeline's own environments, and nobody else", async () => {
    const [test, qa, prod] = environments("test", "qa", "prod");
    const resources = await made({
      environments: [
        test,
        { ...qa, approval: approval(1, "qa@example.com", "all@example.com") },
        { ...prod, approval: approval(1, "prod@example.com", "all@example.com") },
      ],
      pipelines: [
        pipeline(),
        pipeline({ name: "mail", source: { codecommit: "mail" }, environments: ["qa"] }),
      ],
    });
    const asked = Object.values(inputsOf(resources, "sns/topicSubscription:TopicSubscription")).map(
      ({ topic, endpoint }) => `${String(topic).split(":").at(-1)?.replace(/-.*/, "")} ${String(endpoint)}`,
    );
    assert.deepEqual(asked.sort(), [
      "catalog all@example.com",
      "catalog prod@example.com",
      "catalog qa@example.com",
      "mail all@example.com",
      "mail qa@example.com",
    ]);
  });

  it("releases to a pipeline's own environments in its own order", async () => {
    const resources = await made({
      environments: environments("a", "b", "c"),
      pipelines: [pipeline({ environments: ["c", "a"] })],
    });
    const { inputs } = only(resources, "codepipeline/pipeline:Pipeline");
    assert.deepEqual(
      list(inputs["stages"]).map((stage) => map(stage)["name"]),
      ["Source", "Build", "Deploy-c", "Deploy-a"],
    );
  });

  it("makes a CodeCommit repository unless it exists, and none for a connection", async () => {
    const of = async (source: Values) =>
      Object.keys(
        inputsOf(await made({ pipelines: [pipeline({ source })] }), "codecommit/repository:Repository"),
      );
    assert.deepEqual(await of({ codecommit: "shop" }), ["catalog"]);
    assert.deepEqual(await of({ codecommit: "shop", create: false }), []);
    assert.deepEqual(await of({ connection: CONNECTION, repository: "acme/shop" }), []);
  });

  it("passes every setting of a pipeline on", async () => {
    const resources = await made({
      image: "aws/codebuild/standard:7.0",
      logRetentionInDays: 7,
      pipelines: [
        pipeline({
          directory: "services/shop",
          computeType: "BUILD_GENERAL1_LARGE",
          scanThreshold: "NONE",
          keepReleases: 7,
          layerCache: true,
          executionMode: "QUEUED",
          transforms: ["AWS::LanguageExtensions"],
        }),
      ],
    });
    const environmentOf = (job: string) =>
      only(resources, "codebuild/project:Project", job).inputs["environment"];
    const environment = environmentOf("catalog-build");
    const variablesOf = (job: string) =>
      Object.fromEntries(
        list(map(environmentOf(job))["environmentVariables"]).map(
          (each) => [String(map(each)["name"]), map(each)["value"]] as const,
        ),
      );
    const { DIRECTORY, TRANSFORMS, CACHE_URI } = variablesOf("catalog-build");
    assert.deepEqual(
      { DIRECTORY, TRANSFORMS },
      { DIRECTORY: "services/shop", TRANSFORMS: "AWS::LanguageExtensions" },
    );
    assert.match(String(CACHE_URI), /cache/);
    assert.equal(variablesOf("catalog--test-release-job")["SCAN_THRESHOLD"], "NONE");
    assert.equal(variablesOf("catalog-promote")["KEEP_RELEASES"], "7");
    assert.deepEqual(
      [map(environment)["computeType"], map(environment)["image"]],
      ["BUILD_GENERAL1_LARGE", "aws/codebuild/standard:7.0"],
    );
    assert.equal(only(resources, "codepipeline/pipeline:Pipeline").inputs["executionMode"], "QUEUED");
    const retentions = ofKind(resources, "cloudwatch/logGroup:LogGroup").map(
      ({ inputs }) => inputs["retentionInDays"],
    );
    assert.deepEqual([...new Set(retentions)], [7]);
  });

  it("runs short jobs, and no others, on Lambda's compute where the Region has it, settings name no image and no network", async () => {
    const onLambda = async (changes: Values) =>
      ofKind(await made(changes), "codebuild/project:Project")
        .filter(({ inputs }) => map(inputs["environment"])["type"] === "LINUX_LAMBDA_CONTAINER")
        .map(({ name }) => name)
        .sort();
    const branches = { environment: "test", include: ["feature/*"] };
    const all = { pipelines: [pipeline({ branches })] };
    assert.deepEqual(await onLambda(all), ["catalog--br-register", "catalog-promote"]);
    for (const change of [
      { "aws:region": "eu-west-2" },
      { image: "aws/codebuild/standard:7.0" },
      { vpc: { vpcId: "vpc-12345678", subnets: ["subnet-12345678"], securityGroupIds: ["sg-12345678"] } },
    ])
      assert.deepEqual(await onLambda({ ...all, ...change }), []);
    // What the pipeline says is short, in its branches too; elsewhere it runs in a container after all.
    const asked = {
      environments: environments("test", "prod").map((each) => ({ ...each, approval: each.name === "prod" })),
    };
    const short = (...shortJobs: string[]) => ({ ...asked, pipelines: [pipeline({ branches, shortJobs })] });
    const shortest = ["catalog--br-register", "catalog-promote"];
    assert.deepEqual(await onLambda(short("plan")), [...shortest, "catalog--prod-plan-job"].sort());
    assert.deepEqual(
      await onLambda(short("deploy")),
      [
        ...shortest,
        "catalog--br-release-job",
        "catalog--prod-release-job",
        "catalog--test-release-job",
      ].sort(),
    );
    assert.deepEqual(
      await onLambda(short("verify")),
      [...shortest, "catalog--br-verify", "catalog-verify"].sort(),
    );
    assert.deepEqual(await onLambda({ ...short("plan", "deploy", "verify"), "aws:region": "eu-west-2" }), []);
  });

  it("gives a short Verify an image with Node.js, tells Build so, and Deploy of an environment that it has to be short", async () => {
    const shortJobs = ["deploy", "verify"];
    const resources = await made({ pipelines: [pipeline({ shortJobs })] });
    const told = (name: string) => {
      const { image, environmentVariables } = map(
        only(resources, "codebuild/project:Project", name).inputs["environment"],
      );
      const variables = list(environmentVariables).map((each) => [map(each)["name"], map(each)["value"]]);
      const own = Object.fromEntries(variables) as Record<string, unknown>;
      return [image, own["VERIFY"], own["SHORT_DEPLOY"]];
    };
    const lambda = "aws/codebuild/amazonlinux-x86_64-lambda-standard";
    assert.deepEqual(told("catalog-verify"), [`${lambda}:nodejs22`, undefined, undefined]);
    assert.deepEqual(told("catalog--test-release-job"), [`${lambda}:python3.13`, undefined, "true"]);
    assert.deepEqual(told("catalog-build").slice(1), ["npm", undefined]);
    const others = await made({ pipelines: [pipeline({ shortJobs })], image: "aws/codebuild/standard:7.0" });
    const kept = only(others, "codebuild/project:Project", "catalog-verify").inputs;
    assert.match(JSON.stringify(kept["source"]), /runtime-versions/);
    assert.ok(
      !JSON.stringify(others).includes("SHORT_DEPLOY") && !JSON.stringify(others).includes("timeout 14m"),
    );
  });

  it("promises environments what it made, by their names, and tells people of their pipelines", async () => {
    const { resources, outputs } = await stack({ pipelines: [pipeline({ prefix: "cat" })] });
    const arn = (kind: string, name: string) => only(resources, kind, name).outputs["arn"];
    const repository = map(only(resources, "ecr:Repository", "catalog").outputs["repository"]);
    assert.deepEqual(outputs, {
      version: VERSION,
      contract: {
        scope: { project: "delivery", region: "eu-west-1", toolingAccount: "111111111111", path: "/" },
        bucketArn: arn("s3/bucket:Bucket", "artifacts"),
        keyArn: arn("kms/key:Key", "artifacts"),
        environments: {
          test: {
            account: "222222222222",
            readers: [],
            pipelines: [
              {
                ...{ name: "catalog", prefix: "cat", workload: "lambda-container", transforms: [] },
                repositoryArn: repository["arn"],
                releaseJobRoleArn: "arn:aws:iam::111111111111:role/delivery-cat--test-release-job",
                cleanupJobRoleArn: "arn:aws:iam::111111111111:role/delivery-cat-cleanup",
              },
            ],
          },
        },
      },
      pipelines: {
        catalog: {
          pipeline: "catalog",
          source: "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/catalog",
          operatorPolicyArn: arn("iam/policy:Policy", "catalog-operator"),
          approverPolicyArns: {},
        },
      },
    });
  });
});
