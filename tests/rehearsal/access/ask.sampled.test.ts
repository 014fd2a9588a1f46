import assert from "node:assert/strict";
import { can, whoCan } from "../../../packages/iam/src/evaluate/ask";
import {
  actionCalled,
  contextOf,
  principalCalled,
  tagsOf,
} from "../../../packages/iam/src/evaluate/parseQuestion";
import { branchWorld, ONE, OTHER } from "./branchWorld";
import { sample, TEST, withSample } from "./sampleModel";
import type { AccessModel } from "../../../packages/iam/src/model";
import { whole } from "../../whole/sample";

withSample();

const SERVICES = ["codebuild.amazonaws.com", "lambda.amazonaws.com"];
const context = {};

describe("access/words", () => {
  const called = (written: string) => principalCalled(sample.model, written);

  it("knows roles by name and by ARN, services, strangers, and root users by account and by ARN", () => {
    const roleArn = "arn:aws:iam::111111111111:role/delivery-catalog-build";
    const build = {
      kind: "session",
      account: "111111111111",
      roleArn,
      arn: "arn:aws:sts::111111111111:assumed-role/delivery-catalog-build/asked",
    };
    assert.deepEqual([called("delivery-catalog-build"), called(roleArn)], [build, build]);
    assert.deepEqual(called("service:lambda.amazonaws.com"), {
      kind: "service",
      name: "lambda.amazonaws.com",
    });
    assert.deepEqual(called("anonymous"), { kind: "anonymous" });
    const rootUser = { kind: "root", account: "444444444444", arn: "arn:aws:iam::444444444444:root" };
    assert.deepEqual([called("444444444444"), called(rootUser.arn)], [rootUser, rootUser]);
  });

  it("knows whoever has a policy that is for people, by the policy's name with and without Pulumi's digits", async () => {
    const action = await actionCalled("codepipeline:StartPipelineExecution");
    const [policyArn = ""] = [...sample.model.managed.keys()].filter((arn) => /catalog-operator/.test(arn));
    const name = policyArn.split("/").at(-1) ?? "";
    assert.match(name, /^catalog-operator-[0-9a-f]{7}$/);
    assert.deepEqual(called("catalog-operator"), called(name));
    for (const [pipeline, verdict] of [
      ["catalog", "allowed"],
      ["others", "denied"],
    ] as const) {
      const resource = `arn:aws:codepipeline:eu-west-1:111111111111:${pipeline}`;
      const { lines } = can(sample.model, called("catalog-operator"), { action, resource, context });
      assert.equal(
        lines[0],
        `${verdict}: whoever has managed policy ${name}, codepipeline:StartPipelineExecution on ${resource}`,
      );
    }
    const resource = "arn:aws:codepipeline:eu-west-1:111111111111:catalog";
    const { allowed } = can(sample.model, called("catalog--prod-approver"), { action, resource, context });
    assert.equal(allowed, false);
  });

  it("names the nearest principal where there is none", () => {
    const nearest = (written: string, message: string) => assert.throws(() => called(written), { message });
    nearest(
      "delivery-catalog-biuld",
      "there is no principal delivery-catalog-biuld; the nearest is delivery-catalog-build",
    );
    const arn = (name: string) => `arn:aws:iam::${TEST}:role/delivery-catalog--test-${name}`;
    nearest(arn("pan"), `there is no principal ${arn("pan")}; the nearest is ${arn("plan")}`);
    nearest("catalog-operater", "there is no principal catalog-operater; the nearest is catalog-operator");
    nearest("service:lambda", "lambda is not a service: write it as service:lambda.amazonaws.com");
  });

  it("refuses a role's name that is in several accounts", () => {
    const [[arn, role] = ["", undefined]] = sample.model.roles;
    assert.ok(role);
    const twin = arn.replace(/\d{12}/, "444444444444");
    const model: AccessModel = {
      ...sample.model,
      roles: new Map([...sample.model.roles, [twin, { ...role, arn: twin }]]),
    };
    const name = arn.split("/").at(-1) ?? "";
    assert.throws(() => principalCalled(model, name), {
      message: `${name} is a role in several accounts: ${arn}, ${twin}`,
    });
  });

  it("knows actions whatever their case, and names the nearest", async () => {
    assert.equal((await actionCalled("S3:getobject")).name, "s3:GetObject");
    const nearest = (written: string, message: string) => assert.rejects(actionCalled(written), { message });
    await nearest("s3:GetObjct", "there is no action s3:GetObjct; the nearest is s3:GetObject");
    await nearest("lamda:Invoke", "there is no service lamda; the nearest is lambda");
    await nearest("GetObject", "GetObject is not an action: write it as s3:GetObject");
    await nearest("s3:Get*", "there is no action s3:Get*; the nearest is s3:GetObject");
  });

  it("reads condition keys, several values of one too", () => {
    assert.deepEqual(contextOf(["a:b=c=d", "x:y=1", "x:y=2", "e:f="]), {
      "a:b": "c=d",
      "x:y": ["1", "2"],
      "e:f": "",
    });
    assert.throws(() => contextOf(["a:b"]), { message: "--context a:b is not key=value" });
  });
});

describe("access/ask", () => {
  const plan = () => principalCalled(sample.model, "delivery-catalog--test-plan");
  const PLAN = `arn:aws:iam::${TEST}:role/delivery-catalog--test-plan`;

  it("tells verdict, statements and what was taken for absent", async () => {
    const asking = { action: await actionCalled("kms:Decrypt"), resource: sample.at.key, context };
    assert.deepEqual(can(sample.model, plan(), asking), {
      allowed: false,
      lines: [
        `denied: ${PLAN}, kms:Decrypt on ${sample.at.key}`,
        "  missing: identity (no policy of the principal's own allows it)",
        "  missing: resource (no policy of the resource allows it)",
        "note: taken for absent: kms:ViaService; give --context key=value otherwise",
      ],
    });
    const through = { ...asking, context: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } };
    assert.deepEqual(can(sample.model, plan(), through), {
      allowed: true,
      lines: [
        `allowed: ${PLAN}, kms:Decrypt on ${sample.at.key}`,
        "  by inline policy of role delivery-catalog--test-plan, statement DecryptReleaseFiles",
        `  by key policy of ${sample.at.key}, statement DecryptReleases`,
      ],
    });
  });

  it("names an explicit deny, and a resource that AWS does not list for the action", async () => {
    const plain = {
      action: await actionCalled("s3:GetObject"),
      resource: sample.at.bucket,
      context: { "aws:SecureTransport": "false" },
    };
    assert.deepEqual(can(sample.model, plan(), plain).lines.slice(1), [
      `  explicit deny by bucket policy of ${sample.at.bucket}, RequireTls`,
      `note: AWS's reference does not list ${sample.at.bucket} for s3:GetObject`,
    ]);
  });

  it("tells everybody who may: roles, services, root users, and whoever has a managed policy", async () => {
    const start = {
      action: await actionCalled("codepipeline:StartPipelineExecution"),
      resource: "arn:aws:codepipeline:eu-west-1:111111111111:catalog",
      context,
    };
    const { lines, allowed } = whoCan(sample.model, SERVICES, start);
    assert.deepEqual(
      [allowed, lines.map((line) => line.replace(/-[0-9a-f]{7}\b/, ""))],
      [
        true,
        [
          "arn:aws:iam::111111111111:role/delivery-catalog-trigger",
          "  by inline policy of role delivery-catalog-trigger, statement StartPipeline",
          "whoever has managed policy catalog-operator",
          "  by managed policy catalog-operator, statement StartAndStop",
          "arn:aws:iam::111111111111:root (root user)",
        ],
      ],
    );
    const source = { "aws:SourceArn": `arn:aws:lambda:eu-west-1:${TEST}:function:catalog--test-x` };
    const pull = {
      action: await actionCalled("ecr:BatchGetImage"),
      resource: sample.at.repository,
      context: source,
    };
    const pulling = whoCan(sample.model, SERVICES, pull).lines;
    assert.ok(pulling.includes("lambda.amazonaws.com"));
    assert.ok(!pulling.some((line) => line.startsWith("no answer")), pulling.join("\n"));
    assert.ok(!whoCan(sample.model, SERVICES, { ...pull, context }).lines.includes("lambda.amazonaws.com"));
  });

  it("says when nobody may, and for whom there is no answer", async () => {
    const build = "arn:aws:iam::111111111111:role/delivery-catalog-pipeline";
    const take = { action: await actionCalled("sts:TagSession"), resource: build, context };
    assert.deepEqual(whoCan(sample.model, SERVICES, take), {
      allowed: false,
      lines: [`nobody may: sts:TagSession on ${build}`],
    });
    const table = {
      action: await actionCalled("dynamodb:CreateTable"),
      resource: `arn:aws:dynamodb:eu-west-1:${TEST}:table/catalog--test-x`,
      context,
    };
    assert.match(
      whoCan(sample.model, SERVICES, table).lines.at(-1) ?? "",
      /^no answer for \d+ of \d+ principals: the policy of .* decides for others/,
    );
    assert.throws(() => whoCan(sample.model, SERVICES, { ...table, resource: "x" }), {
      message: "x is not the ARN of one resource",
    });
  });
});

describe("access/ask of branches", () => {
  const resource = `arn:aws:cloudformation:eu-west-1:222222222222:stack/catalog--br-${ONE}/x`;
  const role = "arn:aws:iam::222222222222:role/delivery-catalog--br-deploy";
  const by = "  by managed policy delivery-catalog--br-deploy, statement MendOrDeleteStack";

  whole("asks as the session of one branch, and says so where none is given", async () => {
    const { model } = await branchWorld();
    const action = await actionCalled("cloudformation:DeleteStack");
    const ask = (branch?: string) =>
      can(model, principalCalled(model, "delivery-catalog--br-deploy"), {
        ...{ action, resource },
        ...(branch !== undefined && { tags: { branch } }),
      }).lines;
    assert.deepEqual(ask(ONE), [
      `allowed: ${role} (session with branch=${ONE}), cloudformation:DeleteStack on ${resource}`,
      by,
    ]);
    assert.match(ask(OTHER)[0] ?? "", /^denied: /);
    assert.deepEqual(ask().slice(2), [
      "note: this role's policies go by tags of its session; give --tag branch=… for a branch's",
    ]);
    assert.throws(
      () => can(model, principalCalled(model, "222222222222"), { action, resource, tags: { branch: ONE } }),
      {
        message: "only the session of a role has tags: leave out --tag",
      },
    );
  });

  whole("finds the branch in the resource, where it asks for all who may", async () => {
    const { model } = await branchWorld();
    const action = await actionCalled("cloudformation:DeleteStack");
    assert.deepEqual(whoCan(model, [], { action, resource }).lines, [
      `${role} (session with branch=${ONE})`,
      by,
      "arn:aws:iam::222222222222:root (root user)",
    ]);
  });

  it("reads tags as pairs", () => {
    assert.deepEqual(tagsOf(["branch=a", "team=b=c"]), { branch: "a", team: "b=c" });
    assert.throws(() => tagsOf(["branch"]), { message: "--tag branch is not key=value" });
  });
});
