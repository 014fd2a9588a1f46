import assert from "node:assert/strict";
import { allow, deny, document, forPrincipal, trustRoles, trustService } from "../../components/policies";

describe("policies", () => {
  it("a statement has a condition only where one is given", () => {
    assert.deepEqual(allow("Read", ["s3:GetObject"], ["a", "b"]), {
      Sid: "Read",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: ["a", "b"],
    });
    assert.deepEqual(allow("Read", ["s3:GetObject"], ["a"], { Bool: { "aws:SecureTransport": "true" } }), {
      Sid: "Read",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: ["a"],
      Condition: { Bool: { "aws:SecureTransport": "true" } },
    });
  });

  it("a refusal differs from a grant by its effect alone", () => {
    assert.deepEqual(deny("Not", ["s3:*"], ["a"], { Null: { k: "false" } }), {
      Sid: "Not",
      Effect: "Deny",
      Action: ["s3:*"],
      Resource: ["a"],
      Condition: { Null: { k: "false" } },
    });
  });

  it("a resource's statement names whom it is about", () => {
    assert.deepEqual(forPrincipal({ AWS: "someone" }, allow("Read", ["s3:GetObject"], ["a"])), {
      Sid: "Read",
      Effect: "Allow",
      Principal: { AWS: "someone" },
      Action: ["s3:GetObject"],
      Resource: ["a"],
    });
  });

  it("a document keeps its statements in order", () => {
    const [one, two] = [allow("One", ["s3:GetObject"], ["a"]), deny("Two", ["s3:PutObject"], ["b"])];
    assert.deepEqual(document(one, two), { Version: "2012-10-17", Statement: [one, two] });
  });

  it("roles of another account are trusted by its root and their exact ARNs", () => {
    assert.deepEqual(trustRoles("arn:aws:iam::1:root", ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"]), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AssumedByJobs",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::1:root" },
          Action: "sts:AssumeRole",
          Condition: {
            ArnEquals: { "aws:PrincipalArn": ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"] },
          },
        },
      ],
    });
  });

  it("a service is trusted for one source where it is known to name it, else without a condition", () => {
    const trust = { Sid: "AssumedByService", Effect: "Allow", Action: "sts:AssumeRole" };
    const of = (service: string) => ({ ...trust, Principal: { Service: service } });
    assert.deepEqual(trustService("codedeploy.amazonaws.com").Statement, [of("codedeploy.amazonaws.com")]);
    assert.deepEqual(trustService("codebuild.amazonaws.com", "arn:p").Statement, [
      { ...of("codebuild.amazonaws.com"), Condition: { ArnEquals: { "aws:SourceArn": "arn:p" } } },
    ]);
  });
});
