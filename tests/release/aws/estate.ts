/** What the stacks register, as the gate looks things up: policies, and where buckets and keys are. */
import { map, text, list } from "../../../packages/iam/src/json";
import { withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import type { AccessModel } from "../../../packages/iam/src/model";
import { conditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { accessModel } from "../../../rehearsal/access/estate/model";
import { ofType, type Rehearsed } from "../../../rehearsal/record/record";
import type { Account } from "../model";

export interface Bucket {
  readonly account: string;
  readonly region: string;
  /** Key of the bucket's default encryption; undefined where S3 has its own. */
  readonly keyArn: string | undefined;
}

export interface Estate {
  readonly record: Rehearsed;
  readonly model: AccessModel;
  readonly accounts: readonly Account[];
  /** By name. */
  readonly buckets: ReadonlyMap<string, Bucket>;
}

function bucketsOf(record: Rehearsed): Map<string, Bucket> {
  const keys = new Map<string, string>();
  for (const { inputs } of ofType(
    record,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  ))
    for (const rule of list(inputs["rules"])) {
      const key = text(map(map(rule)["applyServerSideEncryptionByDefault"]), "kmsMasterKeyId");
      if (key !== undefined) keys.set(String(inputs["bucket"]), key);
    }
  return new Map(
    ofType(record, "aws:s3/bucket:Bucket").map(({ account = "", region = "", outputs }) => {
      const name = String(outputs["bucket"]);
      return [name, { account, region, keyArn: keys.get(name) }];
    }),
  );
}

export async function estateOf(record: Rehearsed): Promise<Estate> {
  const accounts = record.map(({ stack, account = "", region = "" }) => ({ id: account, stack, region }));
  return {
    record,
    accounts,
    // People have the policies that the stacks offer them: a role for each.
    model: withHolders(accessModel(record, { keys: await conditionKeys() })),
    buckets: bucketsOf(record),
  };
}
