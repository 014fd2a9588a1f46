import { CARRIERS } from "../../../packages/iam/src/evaluate/decide";
import { map, text, texts } from "../../../packages/iam/src/json";
import { policyDocuments } from "../../aws/policyDocuments";
import { allResources, label, ofType, type Rehearsed, type Resource } from "../../record/record";
import { accountOf, add, arnOf } from "./collect";
import type { ConditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { guardedOf } from "./guarded";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { ownersConnections } from "./owners";
import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import type { Tags } from "../../../packages/iam/src/policy/principals";
import { knownPulumiType, withoutPolicies } from "../../aws/registry";

import type { AccessModel, Role } from "../../../packages/iam/src/model";

export interface ModelOptions {
  readonly keys: ConditionKeys;
  /** Documents of managed policies that no stack makes, such as an organization's boundary, by ARN. */
  readonly policies?: Readonly<Record<string, unknown>>;
}

/** Refuses types that nobody has looked at, and ways to attach a policy that are not followed. */
export function checkTypes(record: Rehearsed): void {
  for (const resource of allResources(record)) {
    if (!resource.custom && !resource.remote) continue;
    const { type, name, inputs } = resource;
    const { carries } = knownPulumiType(name, type);
    for (const property of (carries !== "nothing" && carries.refused) || []) {
      if (inputs[property] !== undefined)
        notKnown(`${label(resource)} has ${property}, which is not collected`);
    }
  }
}

function managedOf(record: Rehearsed, { keys, policies = {} }: ModelOptions): Map<string, Policy> {
  const found = new Map<string, Policy>();
  const called = (arn: string) => `managed policy ${arn.split("/").at(-1)}`;
  for (const { resource, kind, content } of policyDocuments(record)) {
    if (kind === "managed")
      add(found, arnOf(resource), policy(called(arnOf(resource)), "identity", content, keys));
  }
  for (const [arn, content] of Object.entries(policies))
    add(found, arn, policy(called(arn), "identity", content, keys));
  return found;
}

/** Inline and attached policies by account and role. */
function policiesByRole(record: Rehearsed, managed: ReadonlyMap<string, Policy>, keys: ConditionKeys) {
  const found = new Map<string, Policy[]>();
  const give = (resource: Resource, make: (role: string) => Policy): void => {
    const role = text(resource.inputs, "role") ?? notKnown(`${label(resource)} has no role`);
    const key = `${accountOf(resource)} ${role}`;
    found.set(key, [...(found.get(key) ?? []), make(role)]);
  };
  for (const { resource, kind, content } of policyDocuments(record)) {
    if (kind !== "inline") continue;
    give(resource, (role) => policy(`inline policy of role ${role}`, "identity", content, keys));
  }
  for (const resource of ofType(record, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
    const arn = String(resource.inputs["policyArn"]);
    const missing = (role: string) =>
      notKnown(`role ${role} has managed policy ${arn}, whose document no stack makes: give it`);
    give(resource, (role) => managed.get(arn) ?? missing(role));
  }
  return found;
}

/** Those that the provider gives to all that it makes are among them in AWS. */
function tagsOf({ inputs, outputs }: Resource): { tags?: Tags } {
  const tags = { ...map(outputs["tagsAll"]), ...map(inputs["tags"]) };
  const own = Object.entries(tags).map(([key, value]) => [key, String(value)] as const);
  return own.length > 0 ? { tags: Object.fromEntries(own) } : {};
}

function rolesOf(
  record: Rehearsed,
  managed: ReadonlyMap<string, Policy>,
  keys: ConditionKeys,
): Map<string, Role> {
  const found = new Map<string, Role>();
  const policies = policiesByRole(record, managed, keys);
  for (const resource of ofType(record, "aws:iam/role:Role")) {
    const [arn, account, name] = [arnOf(resource), accountOf(resource), String(resource.outputs["name"])];
    const identity = policies.get(`${account} ${name}`) ?? [];
    policies.delete(`${account} ${name}`);
    const trust = policy(`trust of role ${name}`, "trust", resource.inputs["assumeRolePolicy"], keys);
    add(found, arn, {
      arn,
      account,
      trust,
      identity,
      boundary: text(resource.inputs, "permissionsBoundary"),
      ...tagsOf(resource),
    });
  }
  const [lost] = [...policies.keys()];
  return lost === undefined ? found : notKnown(`a policy is of role ${lost}, which no stack makes`);
}

/**
 * Services that teams' own documents speak of: what writes a policy of a resource settings refuse there, so that only who may do it by
 * other means could have written one. Those whose policies are followed have them still.
 */
const bySettings = (record: Rehearsed): string[] =>
  policyDocuments(record)
    .flatMap(({ statements }) => statements)
    .filter((statement) => /^BySettings/.test(text(statement, "Sid") ?? ""))
    .flatMap((statement) => [
      ...texts(statement["Action"]).map((action) => action.split(":")[0] ?? ""),
      ...texts(statement["Resource"]).map((resource) => resource.split(":")[2] ?? ""),
    ])
    .filter((service) => service !== "" && !Object.hasOwn(CARRIERS, service));

/** The model of all stacks. Throws NotKnown for whatever could carry access and is not understood. */
export function accessModel(record: Rehearsed, options: ModelOptions): AccessModel {
  checkTypes(record);
  const managed = managedOf(record, options);
  const accounts = new Map<string, string[]>();
  for (const { stack, account = notKnown(`stack ${stack} has no account`) } of record) {
    accounts.set(account, [...(accounts.get(account) ?? []), stack]);
  }
  return {
    accounts,
    managed,
    roles: rolesOf(record, managed, options.keys),
    guarded: new Map([
      ...guardedOf(record, options.keys),
      ...ownersConnections(record, options.keys).flatMap(({ shared }) =>
        shared.map((each) => [each.arn, each] as const),
      ),
    ]),
    keys: options.keys,
    withoutPolicies: new Set([...withoutPolicies(), ...bySettings(record)]),
  };
}
