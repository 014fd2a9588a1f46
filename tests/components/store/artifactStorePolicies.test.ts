import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { accessLogPolicy, bucketPolicy, keyPolicy } from "../../../components/store/artifactStorePolicies";
import { resolved } from "../../programs";

const [test, prod] = ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"];
const role = (name: string) => `arn:aws:iam::${name.includes("prod") ? 3 : 2}:role/${name}`;
const readers = [
  {
    pipeline: "catalog-of-shop2",
    accountRoots: [test, prod],
    roleArns: [role("catalog--test-plan"), role("catalog--prod-plan")],
  },
  { pipeline: "search", accountRoots: [test], roleArns: [role("search--test-plan")] },
];
const store = {
  account: "111111111111",
  accountRoot: "arn:aws:iam::111111111111:root",
  region: "eu-west-1",
  readers,
  expirations: [],
};
const [bucket, key, logs] = ["arn:bucket", "arn:key", "arn:logs"].map((arn) => pulumi.output(arn)) as [
  pulumi.Output<string>,
  pulumi.Output<string>,
  pulumi.Output<string>,
];
const requireTls = (arn: string) => ({
  Sid: "RequireTls",
  Effect: "Deny",
  Principal: { AWS: "*" },
  Action: ["s3:*"],
  Resource: [arn, `${arn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const refusePut = (Sid: string, Condition: object) => ({
  Sid,
  Effect: "Deny",
  Principal: { AWS: "*" },
  Action: ["s3:PutObject"],
  Resource: ["arn:bucket/*"],
  Condition,
});
const refusals = [
  requireTls("arn:bucket"),
  refusePut("RefuseOtherAlgorithm", {
    StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
    Null: { "s3:x-amz-server-side-encryption": "false" },
  }),
  refusePut("RefuseOtherKey", {
    StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:key" },
    Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
  }),
  refusePut("RefuseCustomerKey", { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } }),
];
const read = (Sid: string, AWS: string[], pipeline: string, roles: string[]) => ({
  Sid,
  Effect: "Allow",
  Principal: { AWS },
  Action: ["s3:GetObject"],
  Resource: [`arn:bucket/releases/${pipeline}/\${aws:PrincipalAccount}/*`],
  Condition: { ArnEquals: { "aws:PrincipalArn": roles } },
});
const own = {
  Sid: "DelegateToAccount",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111111111111:root" },
  Action: ["kms:*"],
  Resource: ["*"],
};
const document = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });

describe("policies of the artifact store", () => {
  it("the bucket refuses its objects to all but the roles that are named and its readers, AWS's own services aside", async () => {
    const auditor = "arn:aws:iam::111111111111:role/auditor";
    const [refusal, ...others] = (
      (await resolved(bucketPolicy(bucket, key, readers, [auditor]))) as { Statement: { Sid: string }[] }
    ).Statement.filter(({ Sid }) => Sid === "RefuseOtherRoles");
    assert.deepEqual(others, []);
    assert.deepEqual(refusal, {
      Sid: "RefuseOtherRoles",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: ["s3:*"],
      Resource: ["arn:bucket/*"],
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": [auditor, ...readers.flatMap(({ roleArns }) => roleArns)] },
        Bool: { "aws:PrincipalIsAWSService": "false" },
      },
    });
  });

  it("the bucket takes TLS and its own key only, and lets each pipeline's readers read that pipeline's release files", async () => {
    assert.deepEqual(
      await resolved(bucketPolicy(bucket, key, readers)),
      document(
        ...refusals,
        read("ReadCatalogDashofDashshop2", [test, prod], "catalog-of-shop2", [
          role("catalog--test-plan"),
          role("catalog--prod-plan"),
        ]),
        read("ReadSearch", [test], "search", [role("search--test-plan")]),
      ),
    );
  });

  it("a bucket that nobody reads grants nothing", async () => {
    assert.deepEqual(await resolved(bucketPolicy(bucket, key, [])), document(...refusals));
  });

  it("the access logs' bucket takes logs of that one bucket, over TLS", async () => {
    assert.deepEqual(
      await resolved(accessLogPolicy(logs, bucket, "111111111111")),
      document(requireTls("arn:logs"), {
        Sid: "DeliverAccessLogs",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: ["arn:logs/artifacts/*"],
        Condition: {
          ArnEquals: { "aws:SourceArn": "arn:bucket" },
          StringEquals: { "aws:SourceAccount": "111111111111" },
        },
      }),
    );
  });

  it("the key is the account's own, and every reader decrypts with it through S3 in the store's Region only", () => {
    assert.deepEqual(
      keyPolicy(store),
      document(own, {
        Sid: "DecryptReleases",
        Effect: "Allow",
        Principal: { AWS: [test, prod] },
        Action: ["kms:Decrypt"],
        Resource: ["*"],
        Condition: {
          ArnEquals: {
            "aws:PrincipalArn": [
              role("catalog--test-plan"),
              role("search--test-plan"),
              role("catalog--prod-plan"),
            ],
          },
          StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
        },
      }),
    );
  });

  it("the key is used through S3 at the Region's own domain", () => {
    const [, decrypt] = keyPolicy({ ...store, region: "cn-north-1" }).Statement as { Condition: object }[];
    assert.deepEqual(decrypt?.Condition, {
      ArnEquals: {
        "aws:PrincipalArn": [
          role("catalog--test-plan"),
          role("search--test-plan"),
          role("catalog--prod-plan"),
        ],
      },
      StringEquals: { "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn" },
    });
  });

  it("a key that nobody reads with is the account's alone", () => {
    assert.deepEqual(keyPolicy({ ...store, readers: [] }), document(own));
  });
});
