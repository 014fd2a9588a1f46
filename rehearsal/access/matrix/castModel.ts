/** The model that everybody is asked in: the stacks' own, others' things beside it. */
import type { AccessModel, Guarded, Role } from "../../../packages/iam/src/model";
import { ofType } from "../../record/record";
import { defaultPolicy } from "../../aws/registry";
import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import type { World } from "../estate/world";
import type { Asked } from "./decoys";
import { stacksIn } from "./facts";
import type { Facts, Values } from "./bindings";

export const NOBODY: Policy = { name: "trust of nobody", attached: "trust", statements: [] };

/** Allows everything: what an administrator has. */
export const everything = (keys: AccessModel["keys"]): Policy =>
  policy(
    "the administrator's policy",
    "identity",
    { Version: "2012-10-17", Statement: { Sid: "Everything", Effect: "Allow", Action: "*", Resource: "*" } },
    keys,
  );

/** Allows taking roles: what somebody has who is trusted by another account. */
export const taking = (keys: AccessModel["keys"]): Policy =>
  policy(
    "the reader's policy",
    "identity",
    {
      Version: "2012-10-17",
      Statement: { Sid: "TakesRoles", Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" },
    },
    keys,
  );

type Guarding = readonly [service: string, attached: Guarded["attached"], holder: (arn: string) => string];
const GUARDING: readonly Guarding[] = [
  ["s3", "bucket", (arn) => arn.split("/")[0] ?? arn],
  ["kms", "key", (arn) => arn],
  ["ecr", "repository", (arn) => arn],
  ["sns", "topic", (arn) => arn],
  ["dynamodb", "table", (arn) => arn.replace(/\/index\/.*$/, "")],
  ["lambda", "function", (arn) => arn],
  ["logs", "logGroup", (arn) => arn.replace(/(:log-group:[^:]+):.*$/, "$1")],
];

/** The model with others' things in it: they have the policies that AWS gives, or none. */
export function withDecoys(model: AccessModel, asked: readonly Asked[]): AccessModel {
  const guarded = new Map(model.guarded);
  const roles = new Map(model.roles);
  for (const { arn, account } of asked) {
    if (arn.includes(":role/") && !roles.has(arn)) {
      roles.set(arn, { arn, account, trust: NOBODY, identity: [], boundary: undefined });
    }
    const [, , service = ""] = arn.split(":");
    const [, attached, holder] = GUARDING.find(([each]) => each === service) ?? [];
    const held = holder?.(arn) ?? arn;
    if (attached === undefined || guarded.has(held) || arn.includes(":alias/")) continue;
    const content = attached === "key" && defaultPolicy(attached, held, account);
    const made = content ? policy(`${attached} policy of ${held}`, attached, content, model.keys) : undefined;
    guarded.set(held, { arn: held, account, attached, policy: made });
  }
  return { ...model, guarded, roles };
}

/** An organization's own boundary takes away only: the access matrix is about what the stacks give. */
export const ownBoundary = (world: World): ((role: Role) => Role) => {
  const made = new Set(ofType(world.record, "aws:iam/policy:Policy").map(({ outputs }) => outputs["arn"]));
  return (role) =>
    role.boundary === undefined || made.has(role.boundary) ? role : { ...role, boundary: undefined };
};

/** The boundary of a workload's roles, in the access matrix's own spelling. */
export const boundaryOf = ({ policies, own }: Values): string => `${String(policies)}${String(own)}-boundary`;

/** What the stacks make for people to hold: all managed policies but the boundaries, and what roles have. */
export function peoplesPolicies({ record, model }: World, facts: Facts): AccessModel["managed"] {
  const attached = ofType(record, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
  const boundaries = [
    ...stacksIn(facts).map(({ values }) => boundaryOf(values)),
    ...attached.map(({ inputs }) => String(inputs["policyArn"])),
  ];
  const made = ofType(record, "aws:iam/policy:Policy").map(({ outputs }) => String(outputs["arn"]));
  return new Map([...model.managed].filter(([arn]) => made.includes(arn) && !boundaries.includes(arn)));
}

/** A 12-digit account that nobody here has. */
export const strangersAccount = ({ accounts }: Facts): string =>
  Array.from({ length: accounts.length + 1 }, (_, index) => String(999999999999 - index)).find(
    (each) => !accounts.includes(each),
  ) ?? "";
