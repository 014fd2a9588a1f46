import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { judgeOf } from "../components/jobs/judge";
import { using } from "../components/uses/using";
import { lambdaContainer } from "../components/workloads/lambdaContainer";
import program from "../index";
import { broughtUp, names } from "./programs";
import { stackFile } from "./stacks/settingsSample";

type Golden = Readonly<Record<string, readonly string[]>>;

const JOBS = [
  "catalog--prod-plan-job",
  "catalog--prod-release-job",
  "catalog--test-release-job",
  "catalog-build",
  "catalog-cleanup",
  "catalog-promote",
  "catalog-verify",
];
const BUCKETS = ["artifacts", "artifacts-access-logs"];
const TOOLING: Golden = {
  "aws:cloudwatch/eventRule:EventRule": ["catalog-cleanup", "catalog-source"],
  "aws:cloudwatch/eventTarget:EventTarget": ["catalog-cleanup", "catalog-source"],
  "aws:cloudwatch/logGroup:LogGroup": JOBS,
  "aws:codebuild/project:Project": JOBS,
  "aws:codebuild/reportGroup:ReportGroup": ["catalog-coverage", "catalog-tests", "catalog-verify"],
  "aws:codecommit/repository:Repository": ["catalog"],
  "aws:codepipeline/pipeline:Pipeline": ["catalog"],
  "aws:ecr/repositoryPolicy:RepositoryPolicy": ["catalog"],
  "aws:iam/policy:Policy": ["catalog--prod-approver", "catalog-operator"],
  "aws:iam/role:Role": ["catalog", "catalog", ...JOBS],
  "aws:iam/rolePolicy:RolePolicy": ["catalog", "catalog", ...JOBS],
  "aws:kms/alias:Alias": ["artifacts"],
  "aws:kms/key:Key": ["artifacts"],
  "aws:s3/bucket:Bucket": BUCKETS,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": BUCKETS,
  "aws:s3/bucketLogging:BucketLogging": ["artifacts"],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": BUCKETS,
  "aws:s3/bucketPolicy:BucketPolicy": BUCKETS,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BUCKETS,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": BUCKETS,
  "aws:s3/bucketVersioning:BucketVersioning": BUCKETS,
  "aws:sns/topic:Topic": ["catalog"],
  "aws:sns/topicPolicy:TopicPolicy": ["catalog"],
  "aws:sns/topicSubscription:TopicSubscription": ["catalog--release@example.com"],
  "aws:ssm/parameter:Parameter": [
    ...Object.keys(judgeOf(using(lambdaContainer, []).template).values).map((key) => `judge-${key}`),
    "published-bucket-arn",
    "published-key-arn",
    ...["operator-policy-arn", "pipeline", "repository-arn", "source"].map(
      (key) => `published-pipelines/catalog/${key}`,
    ),
  ],
  "awsx:ecr:Repository": ["catalog"],
  "delivery:index:ApprovalTopic": ["catalog"],
  "delivery:index:ArtifactStore": ["artifacts"],
  "delivery:index:DeliveryPipeline": ["catalog"],
  "delivery:index:EnvironmentJobs": ["catalog--prod", "catalog--test"],
  "delivery:index:ImageRepository": ["catalog"],
  "delivery:index:Job": JOBS,
  "delivery:index:PeoplePolicies": ["catalog"],
  "delivery:index:PipelineJobs": ["catalog"],
  "delivery:index:PublishedValues": ["judge", "published"],
  "delivery:index:Triggers": ["catalog"],
  "pulumi:providers:aws": ["account"],
  "pulumi:pulumi:Stack": ["delivery-tooling"],
};
const environment = (name: string): Golden => {
  const kinds = ["cleanup", "codedeploy", "deploy", "execution", "plan"];
  const roles = kinds.map((kind) => `catalog--${name}-${kind}`);
  return {
    "aws:iam/policy:Policy": [`catalog--${name}-boundary`],
    "aws:iam/role:Role": roles,
    "aws:iam/rolePolicy:RolePolicy": roles,
    "aws:ssm/parameter:Parameter": [...kinds.map((kind) => `role-arns/${kind}`), "stack-name"].map(
      (key) => `published-workloads/catalog/${key}`,
    ),
    "delivery:index:CrossAccountRoles": [`catalog--${name}`],
    "delivery:index:PublishedValues": ["published"],
    "pulumi:providers:aws": ["account"],
    "pulumi:pulumi:Stack": [`delivery-${name}`],
  };
};
const flat = (golden: Golden): string[] =>
  Object.entries(golden).flatMap(([type, logical]) => logical.map((name) => `${type} ${name}`));

describe("index.ts", () => {
  it("is one function of under 25 lines that makes nothing itself", () => {
    const text = readFileSync(resolve(__dirname, "../index.ts"), "utf8");
    assert.equal(typeof program, "function");
    assert.ok(text.trimEnd().split("\n").length < 25, "it has 25 lines or more");
    assert.deepEqual(text.match(/\bnew\b|@pulumi\/(aws|awsx)/g), null);
  });

  it("refuses without a frame of an installed package, which Pulumi's host needs twenty seconds for", async () => {
    await assert.rejects(program, (error: unknown) => {
      assert.ok(error instanceof Error); // there is no stack in a test
      assert.match(error.stack ?? "", /\n\s+at /);
      assert.doesNotMatch(error.stack ?? "", /\n\s+at .*node_modules/);
      return true;
    });
  });

  it("brings the sample's stacks up, each with exactly this", async () => {
    const files = ["tooling", "test", "prod"].map((stack) => [stack, stackFile(stack)] as const);
    const runs = await broughtUp(Object.fromEntries(files));
    const listed = runs.map(({ stack, resources }) => [stack, names(resources)] as const);
    assert.deepEqual(listed, [
      ["tooling", flat(TOOLING)],
      ["test", flat(environment("test"))],
      ["prod", flat(environment("prod"))],
    ]);
  });
});
