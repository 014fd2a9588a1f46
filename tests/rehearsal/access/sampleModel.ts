import assert from "node:assert/strict";
import { type Answer, decide, type Question } from "../../../packages/iam/src/evaluate/decide";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { session } from "../../../packages/iam/src/policy/principals";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { unbroken } from "../sample";
import { one, sampleModel } from "./models";
import type { AccessModel } from "../../../packages/iam/src/model";

export const TEST = "222222222222";
/** Sessions of the sample's roles, in tooling and in test. */
export const tooling = (name: string) =>
  session(`arn:aws:iam::111111111111:role/delivery-catalog-${name}`, "run");
export const roleInTest = (name: string) => `arn:aws:iam::${TEST}:role/delivery-catalog--test-${name}`;
export const inTest = (name: string) => session(roleInTest(name), "run");

/** ARNs of what the sample's stacks make under names of their own. */
const arns = (runs: Rehearsed) => ({
  bucket: String(one(runs, "aws:s3/bucket:Bucket", "artifacts").outputs["arn"]),
  logs: String(one(runs, "aws:s3/bucket:Bucket", "artifacts-access-logs").outputs["arn"]),
  key: String(one(runs, "aws:kms/key:Key").outputs["arn"]),
  topic: String(one(runs, "aws:sns/topic:Topic").outputs["arn"]),
  repository: String(
    (one(runs, "awsx:ecr:Repository", "catalog").outputs["repository"] as { arn: string }).arn,
  ),
});

/** The sample's model, and the ARNs of what it makes; there while the tests of a file run that calls `withSample`. */
export const sample = {} as { model: AccessModel; at: ReturnType<typeof arns> };
export function withSample(): void {
  before(async () => {
    Object.assign(sample, { model: await sampleModel(), at: arns((await unbroken()).runs) });
  });
  after(() => Object.assign(sample, { model: undefined, at: undefined })); // the next file has to say itself that it needs it
}

export const ask = (question: Question): Answer => decide(sample.model, question);

/** `allowed`, or the missing legs. */
export function verdict(question: Question): string {
  const { verdict, missing } = ask(question);
  return verdict === "allowed" ? verdict : missing.join(", ");
}

export const throws = (question: Question, message: RegExp): void =>
  assert.throws(
    () => ask(question),
    (error) => error instanceof NotKnown && message.test(error.message),
  );
