import assert from "node:assert/strict";
import { ArtifactStore } from "../../../components/store/artifactStore";
import { ImageRepository } from "../../../components/store/imageRepository";
import { Replica } from "../../../components/store/replica";
import { Replication } from "../../../components/store/replication";
import { documentOf, names, ofKind, only, registered, SCOPE } from "../../programs";

const TO = "eu-west-1";

/** A store and repositories of these pipelines, copied. */
const make = (...pipelines: string[]) =>
  registered((opts) => {
    const of = { account: SCOPE.toolingAccount, deletable: false };
    const store = new ArtifactStore("artifacts", { ...of, region: SCOPE.region }, opts);
    const pullers = [
      { accountRoot: "arn:aws:iam::222222222222:root", roleArn: "arn:aws:iam::222222222222:role/x" },
    ];
    const images = Object.fromEntries(
      pipelines.map((name) => [name, new ImageRepository(name, { pullers }, opts)] as const),
    );
    const replica = new Replica("replica", { ...of, region: TO, images }, opts);
    new Replication("replication", { scope: SCOPE, to: TO, store, replica, images }, opts);
  });

let two: ReturnType<typeof make> | undefined;
/** Of two pipelines; made once. */
const replicated = () => (two ??= make("catalog", "mail"));

describe("replication of kept releases", () => {
  it("makes a store of the same parts, and repositories of the same names that nobody pulls from", async () => {
    const made = await replicated();
    const parts = (suffix: string) =>
      names(made)
        .filter((each) => new RegExp(` artifacts${suffix}(-access-logs)?$`).test(each))
        .map((each) => each.replace("--replica", ""));
    assert.deepEqual(parts("--replica"), parts(""));
    assert.ok(parts("").length > 10);
    const { name, ...inputs } = only(made, "ecr:Repository", "catalog--replica").inputs;
    const source = made.find((each) => each.type === "awsx:ecr:Repository" && each.name === "catalog");
    assert.equal(name, (source?.outputs["repository"] as { name: string }).name);
    assert.deepEqual(inputs, source?.inputs);
    assert.deepEqual(
      names(made).filter((each) => each.includes("repositoryPolicy")),
      ["catalog", "mail"].map((name) => `aws:ecr/repositoryPolicy:RepositoryPolicy ${name}`),
    );
  });

  it("copies what is kept and the marks of what is removed, under the replica's key, and nothing else", async () => {
    const made = await replicated();
    const { rules } = only(made, "s3/bucketReplicationConfig:BucketReplicationConfig").inputs;
    const out = (type: string, name: string, key: string) =>
      made.find((each) => each.type === `aws:${type}` && each.name === name)?.outputs[key];
    assert.deepEqual(rules, [
      {
        id: "kept",
        status: "Enabled",
        filter: { prefix: "kept/" },
        deleteMarkerReplication: { status: "Enabled" },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
        destination: {
          bucket: out("s3/bucket:Bucket", "artifacts--replica", "arn"),
          encryptionConfiguration: { replicaKmsKeyId: out("kms/key:Key", "artifacts--replica", "arn") },
        },
      },
    ]);
  });

  it("lets S3 alone take its role, whose KMS calls are for these two buckets, each in its Region", async () => {
    const made = await replicated();
    const { assumeRolePolicy, name } = only(made, "iam/role:Role").inputs;
    assert.equal(name, "acme-replication");
    assert.deepEqual(assumeRolePolicy, {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AssumedByService",
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "sts:AssumeRole",
        },
      ],
    });
    const { Statement } = documentOf(only(made, "iam/rolePolicy:RolePolicy"));
    const bucket = (suffix: string) =>
      String(
        made.find((each) => each.type === "aws:s3/bucket:Bucket" && each.name === `artifacts${suffix}`)
          ?.outputs["arn"],
      );
    const told = Statement.filter(({ Condition }) => Condition !== undefined).map(
      ({ Sid, Action, Condition }) => [Sid, Action, Condition],
    );
    const said = (region: string, of: string) => ({
      StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
      StringLike: { "kms:EncryptionContext:aws:s3:arn": [of, `${of}/kept/*`] },
    });
    assert.deepEqual(told, [
      ["Decrypt", ["kms:Decrypt"], said(SCOPE.region, bucket(""))],
      ["Encrypt", ["kms:Encrypt"], said(TO, bucket("--replica"))],
    ]);
  });

  it("has the registry copy the repositories of releases, and leaves it alone where there are none", async () => {
    const made = await replicated();
    const kind = "ecr/replicationConfiguration:ReplicationConfiguration";
    const { replicationConfiguration } = only(made, kind).inputs;
    const names_ = ["catalog", "mail"].map((name) => {
      const of = made.find((each) => each.type === "awsx:ecr:Repository" && each.name === name);
      return (of?.outputs["repository"] as { name: string }).name;
    });
    assert.deepEqual(replicationConfiguration, {
      rules: [
        {
          destinations: [{ region: TO, registryId: SCOPE.toolingAccount }],
          repositoryFilters: names_.map((filter) => ({ filter, filterType: "PREFIX_MATCH" })),
        },
      ],
    });
    assert.equal(ofKind(await make(), kind).length, 0);
  });
});
