import assert from "node:assert/strict";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { deleteWorkload, findWorkloads, workloadNames } from "../../../commands/down/workloads";
import { type Answers, NOWHERE, recorded } from "../recorded";
import { delivery, state } from "../sample";

const ROLE = "arn:aws:iam::555555555555:role/acme-sh--qa-execution";
const STACK = {
  StackName: "sh--qa",
  StackId: "arn:aws:cloudformation:eu-central-1:555555555555:stack/sh--qa/1",
  RoleARN: ROLE,
  EnableTerminationProtection: true,
  Tags: [{ Key: "delivery:workload", Value: "sh--qa" }],
};
const MISSING = new Error("Stack with id sh--qa does not exist");
const client = (answers: Answers) => recorded(new CloudFormationClient(NOWHERE), answers);
const ABOUT = { project: "acme", stack: "qa", roleArns: [ROLE] };
const find = (stack: object, about = ABOUT) =>
  findWorkloads(client({ DescribeStacks: [{ Stacks: [stack] }] }).client, ["sh--qa"], about);
const WORKLOAD = { name: "sh--qa", id: STACK.StackId, guarded: true };
const patience = () => {
  const phases: string[] = [];
  return { phases, pause: () => Promise.resolve(), tell: (phase: string) => void phases.push(phase) };
};
const summary = (id: string, type: string, status: string, reason?: string) => ({
  LogicalResourceId: id,
  PhysicalResourceId: `physical-${id}`,
  ResourceType: type,
  ResourceStatus: status,
  ResourceStatusReason: reason,
});

describe("names of an environment's workloads", () => {
  it("are those that settings lead to and those that came up", () => {
    const whole = delivery();
    const [qa] = whole.environments;
    assert.ok(qa);
    assert.deepEqual(workloadNames(whole, qa, undefined), ["sh--qa"]);
    const outputs = { workloads: { shop: { stackName: "sh--qa" }, old: { stackName: "old--qa" } } };
    assert.deepEqual(workloadNames(whole, qa, state([], { outputs })), ["old--qa", "sh--qa"]);
  });

  it("are none where code alone is released: the function is its owner's", () => {
    const whole = delivery();
    const [qa] = whole.environments;
    assert.ok(qa);
    const ownersFunction = {
      name: "quotes",
      alias: "live",
      runtime: "nodejs22.x",
      endpoint: "https://quotes.example.com",
    };
    const tooling = whole.tooling.map((part) => ({
      ...part,
      settings: {
        ...part.settings,
        pipelines: part.settings.pipelines.map((pipeline) => {
          const [first, ...others] = pipeline.environments;
          const owned = (each: typeof first) => ({ ...each, ownersFunction });
          return { ...pipeline, environments: [owned(first), ...others.map(owned)] as const };
        }),
      },
    }));
    const outputs = { workloads: { shop: { functionName: "quotes" } } };
    assert.deepEqual(workloadNames({ ...whole, tooling }, qa, state([], { outputs })), []);
  });
});

describe("workloads that are there", () => {
  it("are found by name, and only those", async () => {
    assert.deepEqual(await find(STACK), [WORKLOAD]);
    assert.deepEqual(
      await findWorkloads(client({ DescribeStacks: [MISSING] }).client, ["sh--qa"], ABOUT),
      [],
    );
  });

  it("are refused when somebody else deployed them", async () => {
    const refusal = (role: string, tag: string) => ({
      message: `qa: CloudFormation stack sh--qa was not deployed by this project (role ${role}, ${tag}tag delivery:workload=sh--qa): delete or rename it yourself`,
    });
    await assert.rejects(find({ ...STACK, Tags: [] }), refusal(ROLE, "no "));
    const other = "arn:aws:iam::555555555555:role/other-sh--qa-execution";
    await assert.rejects(find({ ...STACK, RoleARN: other }), refusal(other, ""));
  });

  it("are refused when the role that they are deleted with is gone, with what brings it back", async () => {
    await assert.rejects(find(STACK, { ...ABOUT, roleArns: [] }), {
      message: `qa: CloudFormation stack sh--qa is still there, and ${ROLE}, which it is deleted with, is not: npm run up -- qa, then this again`,
    });
  });

  it("are not hidden by an error", async () => {
    const denied = client({ DescribeStacks: [new Error("AccessDenied")] });
    await assert.rejects(findWorkloads(denied.client, ["sh--qa"], ABOUT), { message: "AccessDenied" });
  });
});

describe("deleting a workload", () => {
  it("lifts its protection, follows it to the end, and tells what its template retains", async () => {
    const { client: aws, asked } = client({
      UpdateTerminationProtection: [{}],
      DeleteStack: [{}],
      DescribeStacks: [
        { Stacks: [{ ...STACK, StackStatus: "DELETE_IN_PROGRESS" }] },
        { Stacks: [{ ...STACK, StackStatus: "DELETE_COMPLETE" }] },
      ],
      ListStackResources: [
        {
          StackResourceSummaries: [
            summary("Table", "AWS::DynamoDB::Table", "DELETE_SKIPPED"),
            summary("Version", "AWS::Lambda::Version", "DELETE_SKIPPED"),
            summary("Function", "AWS::Lambda::Function", "DELETE_COMPLETE"),
          ],
        },
      ],
    });
    const { phases, ...others } = patience();
    assert.deepEqual(await deleteWorkload(aws, WORKLOAD, others), [
      { type: "AWS::DynamoDB::Table", id: "physical-Table" },
    ]);
    assert.deepEqual(phases, ["DELETE_IN_PROGRESS"]);
    assert.deepEqual(asked, [
      ["UpdateTerminationProtection", { StackName: "sh--qa", EnableTerminationProtection: false }],
      ["DeleteStack", { StackName: "sh--qa" }],
      ["DescribeStacks", { StackName: STACK.StackId }],
      ["DescribeStacks", { StackName: STACK.StackId }],
      ["ListStackResources", { StackName: STACK.StackId, NextToken: undefined }],
    ]);
  });

  it("leaves protection alone where there is none", async () => {
    const { client: aws, asked } = client({
      DeleteStack: [{}],
      DescribeStacks: [MISSING],
      ListStackResources: [{ StackResourceSummaries: [] }],
    });
    assert.deepEqual(await deleteWorkload(aws, { ...WORKLOAD, guarded: false }, patience()), []);
    assert.deepEqual(
      asked.map(([command]) => command),
      ["DeleteStack", "DescribeStacks", "ListStackResources"],
    );
  });

  it("tells what could not be deleted, and why", async () => {
    const reason = "The following resource(s) failed to delete: [Bucket].";
    const { client: aws } = client({
      UpdateTerminationProtection: [{}],
      DeleteStack: [{}],
      DescribeStacks: [{ Stacks: [{ ...STACK, StackStatus: "DELETE_FAILED", StackStatusReason: reason }] }],
      ListStackResources: [
        {
          StackResourceSummaries: [
            summary("Bucket", "AWS::S3::Bucket", "DELETE_FAILED", "The bucket is not empty"),
            summary("Function", "AWS::Lambda::Function", "DELETE_COMPLETE"),
          ],
        },
      ],
    });
    await assert.rejects(deleteWorkload(aws, WORKLOAD, patience()), {
      message: `sh--qa cannot be deleted: ${reason}\n  Bucket: The bucket is not empty`,
    });
  });

  it("ends when nobody wants to wait any more", async () => {
    const { client: aws } = client({
      UpdateTerminationProtection: [{}],
      DeleteStack: [{}],
      DescribeStacks: [{ Stacks: [{ ...STACK, StackStatus: "DELETE_IN_PROGRESS" }] }],
    });
    const pause = () => Promise.reject(new Error("interrupted"));
    await assert.rejects(deleteWorkload(aws, WORKLOAD, { ...patience(), pause }), { message: "interrupted" });
  });
});
