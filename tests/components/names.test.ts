import assert from "node:assert/strict";
import {
  accountRoot,
  allRoleNames,
  arn,
  artifactPrefix,
  dnsSuffix,
  environmentName,
  jobArn,
  jobName,
  partition,
  pipelineArn,
  policyArn,
  principalName,
  roleArn,
  type Scope,
  workloadName,
} from "../../components/names";

const scope: Scope = {
  project: "acme",
  region: "eu-west-1",
  toolingAccount: "111111111111",
  path: "/team/x/",
};
const catalog = { name: "product-catalog-of-the-shop", prefix: "cat" };

describe("names", () => {
  const is = (title: string, actual: () => unknown, expected: unknown) =>
    it(title, () => assert.deepEqual(actual(), expected));

  is("ARNs have the project's Region", () => arn(scope, "s3", "1", "x"), "arn:aws:s3:eu-west-1:1:x");
  is("ARNs of IAM have no Region", () => arn(scope, "iam", "1", "x"), "arn:aws:iam::1:x");
  is("an account is its root", () => accountRoot(scope, "2"), "arn:aws:iam::2:root");
  is("roles are under the path", () => roleArn(scope, "2", "r"), "arn:aws:iam::2:role/team/x/r");
  is("policies are under the path", () => policyArn(scope, "2", "p"), "arn:aws:iam::2:policy/team/x/p");
  is("a job is in tooling", () => jobArn(scope, "j"), "arn:aws:codebuild:eu-west-1:111111111111:project/j");
  is(
    "a pipeline goes by its own name, without the project and the prefix",
    () => pipelineArn(scope, catalog),
    "arn:aws:codepipeline:eu-west-1:111111111111:product-catalog-of-the-shop",
  );
  is("artifacts are under the first 20 characters", () => artifactPrefix(catalog), "product-catalog-of-t");
  is("a workload is prefix and environment", () => workloadName(catalog, "test-eu"), "cat--test-eu");
  is("principals carry the project", () => principalName(scope, catalog, "promote"), "acme-cat-promote");
  is(
    "jobs are called after what they do, and after the environment where it is one's",
    () => [jobName(scope, catalog, "promote"), jobName(scope, catalog, "plan-job", "test")],
    ["acme-cat-promote", "acme-cat--test-plan-job"],
  );
  is(
    "those of an environment carry the workload",
    () => environmentName(scope, catalog, "test", "deploy"),
    "acme-cat--test-deploy",
  );
  is(
    "partitions and domains follow the Region",
    () => ["eu-west-1", "us-gov-west-1", "cn-north-1"].map((each) => [partition(each), dnsSuffix(each)]),
    [
      ["aws", "amazonaws.com"],
      ["aws-us-gov", "amazonaws.com"],
      ["aws-cn", "amazonaws.com.cn"],
    ],
  );
  is(
    "ARNs are in the Region's partition",
    () => accountRoot({ ...scope, region: "cn-north-1" }, "2"),
    ["arn:aws-cn:iam::2:root"][0],
  );
  is(
    "all roles of a project are those of its pipelines, there and in their environments, and those of previews, chats, replication, readers and of selfUpdate",
    () =>
      allRoleNames(scope, [{ id: catalog, environments: ["test"], workloadRoles: ["task", "codedeploy"] }]),
    [
      "acme-cat-pipeline",
      "acme-cat-trigger",
      "acme-cat-build",
      "acme-cat-verify",
      "acme-cat-promote",
      "acme-cat-cleanup",
      "acme-cat--test-plan-job",
      "acme-cat--test-release-job",
      "acme-cat--test-runner-job",
      "acme-cat--test-plan",
      "acme-cat--test-deploy",
      "acme-cat--test-cleanup",
      "acme-cat--test-execution",
      "acme-cat--test-starter",
      "acme-cat--test-runner",
      "acme-cat--test-task",
      "acme-cat--test-codedeploy",
      "acme-preview",
      "acme-chat",
      "acme-replication",
      "acme-self-pipeline",
      "acme-self-trigger",
      "acme-self-preview",
      "acme-self-up",
      "acme-test-preview",
      "acme-test-readonly",
      "acme-self-preview-test",
    ],
  );
});
