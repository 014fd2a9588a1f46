/**
 * CloudFormation's own calls: before it makes, changes or deletes a resource it may, with the stack's role or the session that
 * has executed, call what the type's schema says. The emulator asks before each.
 */
import { z } from "zod";
import { map, text, type Values } from "../../../packages/iam/src/json";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Principal, session } from "../../../packages/iam/src/policy/principals";
import { has, made } from "../../../rehearsal/access/calls/handlers";
import { asked } from "../../../rehearsal/access/calls/targets";
import { cloudFormationType } from "../../../rehearsal/aws/registry";
import { on } from "../../../rehearsal/aws/requests";
import type { Operation, Subject } from "../../../rehearsal/aws/types";
import { type Need, repositoryOf } from "./asks/ask";
import type { Estate } from "./estate";

export const handlerAsking = z.object({
  account: z.string(),
  region: z.string(),
  operation: z.enum(["create", "update", "delete"]),
  type: z.string(),
  logicalId: z.string().nullable(),
  physicalId: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()),
  stackName: z.string().nullable(),
  /** The stack's role; null where there is none. */
  role: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  /** Keys of tags that the resource has and is not to have any more. */
  untagged: z.array(z.string()),
});
/** A parameter of SSM that a template's parameter names, read when a change set is made. */
export const parameterAsking = z.strictObject({
  account: z.string(),
  region: z.string(),
  parameter: z.string(),
  stackName: z.string(),
});
export type ParameterAsking = z.infer<typeof parameterAsking>;

export type HandlerAsking = z.infer<typeof handlerAsking>;

/**
 * What a type's schema lists for all handlers, and what of it is called in one case alone.
 *
 * A new role gets its tags in CreateRole, and an update takes off the keys that are not there any more.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (Tags)
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html (an update handler)
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/328 (CreateRole once had no tags)
 * https://github.com/aws/aws-parallelcluster/pull/7255 (UntagRole is missed once a stack's tag goes)
 */
const ONLY_WHEN: Readonly<Record<string, (asking: HandlerAsking) => boolean>> = {
  "iam:UntagRole": ({ untagged }) => untagged.length > 0,
};

/** Handlers of each operation; tags are changed by updates. */
const OPERATIONS: Readonly<Record<HandlerAsking["operation"], readonly Operation[]>> = {
  create: ["create", "read"],
  update: ["update", "tagging", "read"],
  delete: ["read", "delete"],
};

/** Whose rights CloudFormation works with: the role's, or, where the stack has none, those of who has executed. */
export const executor = (role: string | null, executed: Principal | undefined): Principal => {
  if (role !== null) return session(role, "AWSCloudFormation");
  if (executed === undefined)
    throw new NotKnown("a stack without a role is changed, and nobody has executed");
  return executed;
};

const bounded = (arn: string, account: string, properties: Values) => ({
  ...{ arn, account },
  boundary: text(properties, "PermissionsBoundary"),
});

/** What a resource's handlers call. Throws NotKnown for a type that nobody has looked at. */
export function handlerNeeds(asking: HandlerAsking, { model, buckets }: Estate): readonly Need[] {
  const { account, region, type, properties, stackName, tags } = asking;
  const known = cloudFormationType(type);
  if (!known) throw new NotKnown(`${type} is no type that rehearsal/aws knows`);
  const site = { stack: stackName ?? "", environment: "", account, region };
  const logicalId = asking.logicalId ?? "";
  const arn = known.arn(site, { logicalId, type, properties, generation: 1 });
  // Lambda takes code from its own Region alone.
  const [bucket, found] =
    [...buckets].find(([, each]) => each.keyArn !== undefined && each.region === region) ?? [];
  const subject: Subject = {
    resource: { logicalId, type, id: asking.physicalId ?? "", arn, properties, policies: {} },
    stack: {
      stackName: stackName ?? "",
      account,
      region,
      tags,
      repositoryArn: repositoryOf(text(map(properties["Code"]), "ImageUri") ?? ""),
      resources: [],
    },
    // The role that is made or changed tells its boundary itself.
    roles: new Map([
      ...model.roles,
      ...(type === "AWS::IAM::Role" ? [[arn, bounded(arn, account, properties)] as const] : []),
    ]),
    store: {
      bucketArn: `arn:aws:s3:::${bucket ?? ""}`,
      keyArn: found?.keyArn ?? "",
      viaS3: `s3.${region}.amazonaws.com`,
    },
  };
  return OPERATIONS[asking.operation].flatMap((operation) => [
    ...made(subject.resource, operation)
      .filter((action) => ONLY_WHEN[action]?.(asking) ?? true)
      .flatMap((action) => asked(subject, operation, action)),
    ...(known.documented ?? [])
      .filter(({ operations, when }) => operations.includes(operation) && has(subject.resource, when))
      .flatMap(({ actions, on: whom }) => on(whom?.(subject) ?? "*", actions)),
  ]);
}
