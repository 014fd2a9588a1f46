import * as ecr from "@pulumi/aws/ecr";
import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { dnsSuffix, KEPT_FOLDER, replicationRoleName, type Scope } from "../names";
import { allow, document, trustService } from "../policies";
import type { ArtifactStore } from "./artifactStore";
import type { ImageRepository } from "./imageRepository";
import type { Replica } from "./replica";

export interface ReplicationArgs {
  readonly scope: Scope;
  /** Region of the replica. */
  readonly to: string;
  readonly store: ArtifactStore;
  readonly replica: Replica;
  readonly images: Readonly<Record<string, ImageRepository>>;
  /** ARN of the organization's permissions boundary. Default: none. */
  readonly permissionsBoundary?: string | undefined;
}

/** What copies kept releases, the records of what environments run, and images to the replica, as they are written. */
export class Replication extends pulumi.ComponentResource {
  constructor(name: string, args: ReplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:Replication", name, {}, opts);
    const { scope, to, store, replica, permissionsBoundary } = args;
    const parent = { parent: this };
    const role = new iam.Role(
      name,
      {
        name: replicationRoleName(scope),
        path: scope.path,
        description: `S3 copies kept releases to ${to}`,
        assumeRolePolicy: trustService("s3.amazonaws.com"),
        ...(permissionsBoundary && { permissionsBoundary }),
      },
      parent,
    );
    const rights = new iam.RolePolicy(
      name,
      { role: role.name, policy: replicationPolicy(scope.region, to, store, replica.store) },
      parent,
    );
    new s3.BucketReplicationConfig(
      name,
      {
        bucket: store.bucketName,
        role: role.arn,
        rules: [
          {
            id: "kept",
            status: "Enabled",
            filter: { prefix: KEPT_FOLDER },
            // What Promote removes goes there too, else the replica would grow for ever; both keep old versions for 30 days.
            deleteMarkerReplication: { status: "Enabled" },
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
            destination: {
              bucket: replica.store.bucketArn,
              encryptionConfiguration: { replicaKmsKeyId: replica.store.keyArn },
            },
          },
        ],
      },
      { parent: this, dependsOn: [store, replica, rights] }, // S3 wants versions of both, and tries the role
    );
    const repositories = Object.values(args.images);
    // One for all of the account's repositories in this Region: it takes the place of any that is there.
    if (repositories.length > 0)
      new ecr.ReplicationConfiguration(
        name,
        {
          replicationConfiguration: {
            rules: [
              {
                destinations: [{ region: to, registryId: scope.toolingAccount }],
                repositoryFilters: repositories.map((each) => ({
                  filter: each.name,
                  filterType: "PREFIX_MATCH",
                })),
              },
            ],
          },
        },
        { parent: this, dependsOn: [replica] },
      );
    this.registerOutputs({});
  }
}

type Ends = Pick<ArtifactStore, "bucketArn" | "keyArn">;

/**
 * Read what is kept with its versions, write it there, and nothing else in either. KMS is told the bucket where the bucket has a key of
 * its own, and the object where it had none when the object was written.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
function replicationPolicy(from: string, to: string, source: Ends, replica: Ends) {
  const kept = ({ bucketArn }: Ends) => pulumi.interpolate`${bucketArn}/${KEPT_FOLDER}*`;
  const throughS3 = (region: string, of: Ends) => ({
    StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix(region)}` },
    StringLike: { "kms:EncryptionContext:aws:s3:arn": pulumi.all([of.bucketArn, kept(of)]) },
  });
  return document(
    allow("FindKept", ["s3:GetReplicationConfiguration", "s3:ListBucket"], [source.bucketArn]),
    allow(
      "ReadKept",
      ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
      [kept(source)],
    ),
    allow("WriteReplica", ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"], [kept(replica)]),
    allow("Decrypt", ["kms:Decrypt"], [source.keyArn], throughS3(from, source)),
    allow("Encrypt", ["kms:Encrypt"], [replica.keyArn], throughS3(to, replica)),
  );
}
