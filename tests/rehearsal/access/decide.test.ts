import assert from "node:assert/strict";
import { decide, prepare, type Question } from "../../../packages/iam/src/evaluate/decide";
import { evaluate } from "../../../packages/iam/src/evaluate/evaluate";
import { policy } from "../../../packages/iam/src/policy/policies";
import { anonymous, root, service } from "../../../packages/iam/src/policy/principals";
import { unbroken } from "../sample";
import { build, changed, withInputs } from "./models";
import { ask, inTest, roleInTest, sample, throws, tooling, verdict, withSample } from "./sampleModel";

withSample();

describe("access/decide", () => {
  it("decides in one account, and names the statement", () => {
    const question = { principal: tooling("build"), action: "ecr:PutImage", resource: sample.at.repository };
    assert.deepEqual(ask(question), {
      verdict: "allowed",
      by: [{ policy: "inline policy of role delivery-catalog-build", sid: "PushImages", effect: "Allow" }],
      missing: [],
      assumedAbsent: [],
    });
    assert.equal(verdict({ ...question, principal: tooling("verify") }), "identity");
  });

  it("decides across accounts by the policies of both, and names both statements", () => {
    const read = (principal: Question["principal"], key: string, context = {}) =>
      ask({ principal, action: "s3:GetObject", resource: `${sample.at.bucket}/${key}`, context });
    const { verdict, by } = read(inTest("plan"), "releases/catalog/222222222222/test/template.json");
    assert.deepEqual([verdict, by.map(({ sid }) => sid)], ["allowed", ["ReadReleaseFiles", "ReadCatalog"]]);
    assert.deepEqual(read(inTest("plan"), "catalog/Source/x").missing, ["identity", "resource"]);
    assert.deepEqual(read(inTest("plan"), "releases/catalog/333333333333/prod/x").missing, [
      "identity",
      "resource",
    ]);
    const plain = read(inTest("plan"), "releases/catalog/222222222222/test/x", {
      "aws:SecureTransport": "false",
    });
    assert.match(plain.missing.join(), /^explicit deny by bucket policy of .*, RequireTls$/);
  });

  it("asks the key for its own policy, in every account", () => {
    const decrypt = (principal: Question["principal"], via: string) =>
      verdict({
        principal,
        action: "kms:Decrypt",
        resource: sample.at.key,
        context: { "kms:ViaService": via },
      });
    assert.equal(decrypt(inTest("plan"), "s3.eu-west-1.amazonaws.com"), "allowed");
    assert.equal(decrypt(inTest("plan"), "ecr.eu-west-1.amazonaws.com"), "identity, resource");
    assert.equal(decrypt(inTest("deploy"), "s3.eu-west-1.amazonaws.com"), "identity, resource");
    assert.equal(
      verdict({ principal: tooling("build"), action: "kms:Decrypt", resource: sample.at.key }),
      "allowed",
    );
    throws(
      { principal: inTest("plan"), action: "kms:Decrypt", resource: sample.at.key },
      /nothing of kms:ViaService, which a policy asks for/,
    );
  });

  it("asks a role that is taken for its trust, and a role that is passed for nothing", () => {
    const assume = (principal: Question["principal"], name: string) =>
      verdict({ principal, action: "sts:AssumeRole", resource: roleInTest(name) });
    assert.equal(assume(tooling("-test-release-job"), "deploy"), "allowed");
    assert.equal(assume(tooling("-prod-plan-job"), "deploy"), "identity, resource");
    assert.equal(assume(tooling("-prod-release-job"), "deploy"), "identity, resource");
    const pass = (to: string) =>
      verdict({
        principal: inTest("plan"),
        action: "iam:PassRole",
        resource: roleInTest("execution"),
        context: { "iam:PassedToService": to },
      });
    assert.equal(pass("cloudformation.amazonaws.com"), "allowed");
    assert.equal(pass("lambda.amazonaws.com"), "identity");
  });

  it("takes services at what they send of the resource that they call for", () => {
    const take = (name: string, project: string) =>
      verdict({
        principal: service(name),
        action: "sts:AssumeRole",
        resource: "arn:aws:iam::111111111111:role/delivery-catalog-build",
        context: { "aws:SourceArn": `arn:aws:codebuild:eu-west-1:111111111111:project/${project}` },
      });
    assert.equal(take("codebuild.amazonaws.com", "delivery-catalog-build"), "allowed");
    assert.equal(take("codebuild.amazonaws.com", "other"), "resource");
    assert.equal(take("lambda.amazonaws.com", "delivery-catalog-build"), "resource");
    const log = {
      principal: service("logging.s3.amazonaws.com"),
      action: "s3:PutObject",
      resource: `${sample.at.logs}/artifacts/1`,
    };
    const from = (account: string) => ({
      context: { "aws:SourceArn": sample.at.bucket, "aws:SourceAccount": account },
    });
    assert.equal(verdict({ ...log, ...from("111111111111") }), "allowed");
    assert.equal(verdict({ ...log, ...from("444444444444") }), "resource");
    throws(log, /nothing of aws:SourceArn/);
  });

  it("refuses strangers, and lets root users of an account do what is in it", () => {
    const object = { action: "s3:GetObject", resource: `${sample.at.bucket}/x` };
    assert.equal(verdict({ ...object, principal: anonymous }), "resource");
    assert.equal(verdict({ ...object, principal: root("444444444444") }), "resource");
    assert.equal(verdict({ ...object, principal: root("111111111111") }), "allowed");
  });

  it("limits a session by its policy and its role by a boundary that is known", async () => {
    const only = (action: string) =>
      policy(
        "the session's policy",
        "identity",
        { Version: "2012-10-17", Statement: { Effect: "Allow", Action: action, Resource: "*" } },
        sample.model.keys,
      );
    const push: Question = {
      principal: tooling("build"),
      action: "ecr:PutImage",
      resource: sample.at.repository,
    };
    assert.equal(verdict({ ...push, session: only("ecr:BatchGetImage") }), "session");
    assert.equal(verdict({ ...push, session: only("ecr:PutImage") }), "allowed");
    const arn = "arn:aws:iam::111111111111:policy/most";
    const bounded = changed(
      (await unbroken()).runs,
      withInputs("aws:iam/role:Role", { permissionsBoundary: arn }),
    );
    const document = {
      Version: "2012-10-17",
      Statement: { Sid: "Most", Effect: "Allow", Action: "s3:*", Resource: "*" },
    };
    const unknown = await build(bounded);
    assert.throws(() => decide(unknown, push), /the boundary of .* is .*most, whose document no stack makes/);
    const known = await build(bounded, { policies: { [arn]: document } });
    assert.deepEqual(decide(known, push).missing, ["boundary"]);
  });

  it("hands out what decides, so that a caller can replace one side", () => {
    const { request, documents } = prepare(sample.model, {
      principal: tooling("verify"),
      action: "ecr:PutImage",
      resource: sample.at.repository,
    });
    const all = policy(
      "all",
      "identity",
      { Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
      sample.model.keys,
    );
    assert.equal(evaluate(request, documents).verdict, "denied");
    assert.equal(evaluate(request, { ...documents, identity: [all] }).verdict, "allowed");
  });

  it("lets those alone publish to the topic who have a policy of their own for it", () => {
    const publish = { principal: tooling("verify"), action: "sns:Publish", resource: sample.at.topic };
    assert.equal(verdict(publish), "identity");
    assert.deepEqual(
      ask({ ...publish, principal: tooling("pipeline") }).by.map(({ sid }) => sid),
      ["AskForApproval"],
    );
    assert.equal(verdict({ ...publish, principal: inTest("plan") }), "identity, resource");
  });
});
