import assert from "node:assert/strict";
import type { Question } from "../../../packages/iam/src/evaluate/decide";
import { anonymous } from "../../../packages/iam/src/policy/principals";
import { ask, roleInTest, sample, TEST, throws, tooling, verdict, withSample } from "./sampleModel";

withSample();

describe("access/decide, context and refusals", () => {
  it("refuses what the model does not have", () => {
    const asked = { principal: tooling("build"), action: "s3:GetObject" };
    throws(
      { ...asked, resource: "arn:aws:s3:::elsewhere/x" },
      /^arn:aws:s3:::elsewhere is not in the model; the nearest is arn:aws:s3:::artifacts-[0-9a-f]{7}$/,
    );
    throws({ ...asked, resource: `${sample.at.bucket}/*` }, /is not the ARN of one resource/);
    throws({ ...asked, resource: "bucket" }, /is not the ARN of one resource/);
    throws(
      { ...asked, principal: tooling("nobody"), resource: sample.at.bucket },
      /role .*nobody is not in the model/,
    );
    throws(
      { ...asked, action: "sts:AssumeRole", resource: roleInTest("nothing") },
      /role .*nothing is not in the model/,
    );
    const table = `arn:aws:dynamodb:eu-west-1:${TEST}:table/catalog--test-products`;
    throws({ ...asked, action: "dynamodb:GetItem", resource: table }, /it is not in the model/);
    throws(
      { ...asked, action: "kinesis:PutRecord", resource: `arn:aws:kinesis:eu-west-1:${TEST}:stream/q` },
      /whether resources of kinesis have policies/,
    );
    throws(
      { ...asked, action: "ecr:GetAuthorizationToken", principal: anonymous, resource: "*" },
      /say in which account/,
    );
  });

  it("refuses a context that AWS would not send", () => {
    const asked = { principal: tooling("build"), action: "s3:GetObject", resource: `${sample.at.bucket}/x` };
    throws({ ...asked, context: { "aws:PrincipalArn": "arn:aws:iam::1:role/x" } }, /follows from who asks/);
    throws({ ...asked, context: { "aws:SourceArn": "arn:aws:s3:::x" } }, /follows from who asks/);
    throws({ ...asked, context: { "s3:nothing": "x" } }, /s3:nothing does not exist/);
    throws({ ...asked, context: { "s3:prefix": ["a", "b"] } }, /takes one value/);
    throws({ ...asked, context: { "s3:prefix": "a" }, absent: ["s3:prefix"] }, /given and said to be absent/);
  });

  it("takes keys for absent where the request says so, and tells which were asked for", () => {
    const put: Question = {
      principal: tooling("build"),
      action: "s3:PutObject",
      resource: `${sample.at.bucket}/catalog/Release/x`,
    };
    const algorithm = "s3:x-amz-server-side-encryption";
    const asked = [algorithm, `${algorithm}-aws-kms-key-id`, `${algorithm}-customer-algorithm`];
    throws(put, /nothing of s3:x-amz-server-side-encryption/);
    const { verdict: found, assumedAbsent } = ask({ ...put, absent: "others" });
    assert.deepEqual([found, assumedAbsent], ["allowed", asked]);
    assert.deepEqual(ask({ ...put, absent: asked }).assumedAbsent, []);
    const context = {
      [algorithm]: "aws:kms",
      [`${algorithm}-aws-kms-key-id`]: "arn:aws:kms:eu-west-1:1:key/other",
    };
    assert.match(verdict({ ...put, context, absent: "others" }), /^explicit deny by .*, RefuseOtherKey$/);
  });
});
