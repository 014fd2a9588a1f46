import type * as pulumi from "@pulumi/pulumi";
import { dnsSuffix } from "../names";
import { allow, deny, type Document, document, forPrincipal, type Statement } from "../policies";

/** Plain text where a policy is only measured. */
type Arn = string | pulumi.Output<string>;

const ANYONE = { AWS: "*" }; // in refusals only

const refuse = (...args: Parameters<typeof deny>): Statement => forPrincipal(ANYONE, deny(...args));

const requireTls = (bucketArn: Arn): Statement =>
  refuse("RequireTls", ["s3:*"], [bucketArn, objects(bucketArn)], {
    Bool: { "aws:SecureTransport": "false" },
  });

const objects = (bucketArn: Arn, prefix = ""): Arn => {
  const below = (arn: string) => `${arn}/${prefix}*`;
  return typeof bucketArn === "string" ? below(bucketArn) : bucketArn.apply(below);
};

/**
 * A wrong algorithm or key is refused; a missing header is covered by the bucket's default. `Null` keeps the
 * two apart: `StringNotEquals` alone would also refuse a request without the header.
 */
function refuseOtherEncryption(bucketArn: Arn, keyArn: Arn): Statement[] {
  const algorithm = "s3:x-amz-server-side-encryption";
  const keyId = `${algorithm}-aws-kms-key-id`;
  const customerKey = `${algorithm}-customer-algorithm`;
  const put = (Sid: string, conditions: Parameters<typeof deny>[3]) =>
    refuse(Sid, ["s3:PutObject"], [objects(bucketArn)], conditions);
  return [
    put("RefuseOtherAlgorithm", {
      StringNotEquals: { [algorithm]: "aws:kms" },
      Null: { [algorithm]: "false" },
    }),
    put("RefuseOtherKey", { StringNotEquals: { [keyId]: keyArn }, Null: { [keyId]: "false" } }),
    put("RefuseCustomerKey", { Null: { [customerKey]: "false" } }),
  ];
}

/**
 * An allowance of IAM is not enough then, not even an administrator's; AWS's services act as roles here. Every action that
 * is about objects: S3 replicates, restores and torrents by actions of their own.
 */
const refuseOtherRoles = (bucketArn: Arn, roleArns: readonly string[]): Statement =>
  refuse("RefuseOtherRoles", ["s3:*"], [objects(bucketArn)], {
    ArnNotEquals: { "aws:PrincipalArn": [...roleArns] },
    Bool: { "aws:PrincipalIsAWSService": "false" },
  });

/** TLS, the store's own key, and reading of each pipeline's release files by the roles named. */
export const bucketPolicy = (
  bucketArn: Arn,
  keyArn: Arn,
  readers: readonly ReleaseReaders[],
  onlyRoles?: readonly string[],
): Document =>
  document(
    requireTls(bucketArn),
    ...refuseOtherEncryption(bucketArn, keyArn),
    ...(onlyRoles
      ? [refuseOtherRoles(bucketArn, [...onlyRoles, ...readers.flatMap(({ roleArns }) => roleArns)])]
      : []),
    ...readers.map(({ pipeline, accountRoots, roleArns }) =>
      forPrincipal(
        { AWS: [...accountRoots] },
        // Each account reads below its own number: whoever administers one rewrites its roles, not what they may read.
        allow(
          `Read${sidOf(pipeline)}`,
          ["s3:GetObject"],
          [objects(bucketArn, `releases/${pipeline}/\${aws:PrincipalAccount}/`)],
          {
            ArnEquals: { "aws:PrincipalArn": [...roleArns] },
          },
        ),
      ),
    ),
  );

/** A name as part of a Sid, which takes letters and digits only: names that differ stay different. */
const sidOf = (name: string): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("-", "Dash")}`;

/** Delivery of access logs of the one bucket, over TLS like all else. */
export const accessLogPolicy = (logsArn: Arn, bucketArn: Arn, account: string): Document =>
  document(
    requireTls(logsArn),
    forPrincipal(
      { Service: "logging.s3.amazonaws.com" },
      allow("DeliverAccessLogs", ["s3:PutObject"], [objects(logsArn, "artifacts/")], {
        ArnEquals: { "aws:SourceArn": bucketArn },
        StringEquals: { "aws:SourceAccount": account },
      }),
    ),
  );

/** The account that owns the key, the Region where it is used, and who reads with it. */
interface KeyUse {
  readonly accountRoot: string;
  readonly region: string;
  readonly readers: readonly ReleaseReaders[];
}

/** The store's account decides by its own IAM policies; the readers may decrypt, through S3 and not otherwise. */
export function keyPolicy({ accountRoot, region, readers }: KeyUse): Document {
  const unique = (values: readonly string[]) => [...new Set(values)].sort();
  const roleArns = unique(readers.flatMap((reader) => reader.roleArns));
  const own = forPrincipal({ AWS: accountRoot }, allow("DelegateToAccount", ["kms:*"], ["*"]));
  if (roleArns.length === 0) return document(own);
  return document(
    own,
    forPrincipal(
      { AWS: unique(readers.flatMap((reader) => reader.accountRoots)) },
      allow("DecryptReleases", ["kms:Decrypt"], ["*"], {
        ArnEquals: { "aws:PrincipalArn": roleArns },
        StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix(region)}` },
      }),
    ),
  );
}

/** Roles that may read the release files of one pipeline. */
export interface ReleaseReaders {
  /** The pipeline whose files below `releases/<pipeline>/<their account>/` they read. */
  readonly pipeline: string;
  /** Account roots of the readers: AWS checks that these exist, and never the roles. */
  readonly accountRoots: readonly string[];
  /** Exact ARNs of the roles; they need not exist yet. */
  readonly roleArns: readonly string[];
}
