import assert from "node:assert/strict";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { documents } from "../../../rehearsal/rules/documents";
import { serviceRoles } from "../../../rehearsal/rules/serviceRoles";
import { breaks, document, first, inputs, one, unbroken } from "../sample";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const PROJECT = "aws:codebuild/project:Project";
const ROLE = "aws:iam/role:Role";
const trust = (statements: readonly object[]) =>
  document(() => ({ Version: "2012-10-17", Statement: statements }), "assumeRolePolicy");
const by = (principal: object, rest: object = {}) => ({
  Sid: "Trust",
  Effect: "Allow",
  Principal: principal,
  Action: "sts:AssumeRole",
  ...rest,
});
const arnOf = ({ outputs }: Resource): string => String(outputs["arn"]);
const roleOf = (record: Rehearsed, user: Resource, property: string): Resource =>
  first(record, ROLE, (each) => arnOf(each) === user.inputs[property]);

describe("rules/serviceRoles", () => {
  breaks(serviceRoles, "a pipeline's role that trusts another service", (record) => {
    const pipeline = first(record, PIPELINE);
    const role = roleOf(record, pipeline, "roleArn");
    return {
      changes: [[role, trust([by({ Service: "codebuild.amazonaws.com" })])]],
      found: [[pipeline, `role ${role.name} does not trust codepipeline.amazonaws.com`]],
    };
  });
  breaks(serviceRoles, "a condition that CodePipeline does not document to send", (record) => {
    const pipeline = first(record, PIPELINE);
    const role = roleOf(record, pipeline, "roleArn");
    const condition = { Condition: { ArnEquals: { "aws:SourceArn": arnOf(pipeline) } } };
    return {
      changes: [[role, trust([by({ Service: "codepipeline.amazonaws.com" }, condition)])]],
      found: [
        [
          pipeline,
          `role ${role.name} trusts codepipeline.amazonaws.com under a condition on aws:SourceArn, which it does not document to send`,
        ],
      ],
    };
  });
  breaks(serviceRoles, "a project's role that trusts another project", (record) => {
    const project = first(record, PROJECT);
    const role = roleOf(record, project, "serviceRole");
    const other = `${arnOf(project)}-other`;
    const condition = { Condition: { ArnEquals: { "aws:SourceArn": other } } };
    return {
      changes: [[role, trust([by({ Service: "codebuild.amazonaws.com" }, condition)])]],
      found: [
        [
          project,
          `role ${role.name} trusts codebuild.amazonaws.com for ${other} only, not for ${arnOf(project)}`,
        ],
      ],
    };
  });
  it("service-role: a chat whose role trusts another service, or is none", async () => {
    const { runs } = await unbroken();
    const pipeline = first(runs, PIPELINE);
    const role = roleOf(runs, pipeline, "roleArn");
    for (const type of ["slackChannelConfiguration:SlackChannel", "teamsChannelConfiguration:TeamsChannel"]) {
      const judged = (iamRoleArn: unknown) => {
        const chat = { ...pipeline, type: `aws:chatbot/${type}Configuration`, inputs: { iamRoleArn } };
        const record = runs.map((run) =>
          run.stack === chat.stack ? { ...run, resources: [...run.resources, chat] } : run,
        );
        return serviceRoles.judge(record).findings.map(({ message }) => message);
      };
      assert.deepEqual(judged(arnOf(role)), [`role ${role.name} does not trust chatbot.amazonaws.com`]);
      assert.equal(judged("arn:aws:iam::999999999999:role/none").length, 1);
    }
  });
  it("service-role: a replication whose role S3 can't take", async () => {
    const { runs } = await unbroken();
    const pipeline = first(runs, PIPELINE);
    const role = roleOf(runs, pipeline, "roleArn");
    const type = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
    const copies = { ...pipeline, type, inputs: { role: arnOf(role) } };
    const record = runs.map((run) =>
      run.stack === copies.stack ? { ...run, resources: [...run.resources, copies] } : run,
    );
    assert.deepEqual(
      serviceRoles.judge(record).findings.map(({ message }) => message),
      [`role ${role.name} does not trust s3.amazonaws.com`],
    );
  });
  breaks(serviceRoles, "a project whose role no stack creates", (record) => {
    const missing = `arn:aws:iam::${record[0]?.account}:role/nobody`;
    return one(
      first(record, PROJECT),
      inputs({ serviceRole: missing }),
      `role ${missing} does not exist, and no stack creates it`,
    );
  });
  breaks(serviceRoles, "a project that does not wait for its role", (record) => {
    const project = first(record, PROJECT);
    const role = roleOf(record, project, "serviceRole");
    const dependsOn = project.dependsOn.filter((urn) => !urn.includes("aws:iam/"));
    return one(
      project,
      (resource) => ({ ...resource, dependsOn }),
      `role ${arnOf(role)} may not exist yet: it is in the same stack, and nothing depends on it; take its arn, or add dependsOn`,
    );
  });
  breaks(serviceRoles, "an event target's role that trusts nobody", (record) => {
    const target = first(
      record,
      "aws:cloudwatch/eventTarget:EventTarget",
      (each) => each.inputs["roleArn"] !== undefined,
    );
    const role = roleOf(record, target, "roleArn");
    const users = record
      .flatMap(({ resources }) => resources)
      .filter((each) => each.type === target.type && each.inputs["roleArn"] === arnOf(role));
    return {
      changes: [[role, trust([by({ Service: "events.amazonaws.com" }, { Effect: "Deny" })])]],
      found: users.map((each) => [each, `role ${role.name} does not trust events.amazonaws.com`] as const),
    };
  });

  breaks(serviceRoles, "a trust that is no JSON is found, and nothing breaks down over it", (record) => {
    const pipeline = first(record, PIPELINE);
    const role = roleOf(record, pipeline, "roleArn");
    return {
      changes: [[role, inputs({ assumeRolePolicy: "{" })]],
      found: [],
      others: [
        [documents, role, "its trust policy is not a JSON object"],
        [serviceRoles, pipeline, `role ${role.name} does not trust codepipeline.amazonaws.com`],
      ],
    };
  });
});
