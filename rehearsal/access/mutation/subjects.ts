import { text, type Values } from "../../../packages/iam/src/json";
import { isDeepStrictEqual } from "node:util";
import { policyDocuments } from "../../aws/policyDocuments";
import type { PolicyDocument } from "../../record/policyDocuments";
import { type Resource } from "../../record/record";
import { accountOf, arnOf } from "../estate/collect";
import type { Attached, Policy } from "../../../packages/iam/src/policy/policies";
import type { World } from "../estate/world";
import type { AccessModel, Role } from "../../../packages/iam/src/model";

/** One policy that is changed, or a role's boundary that is taken away. */
export interface Subject {
  /** `trust of role delivery-catalog-build`. */
  readonly name: string;
  readonly attached: Attached;
  /** ARN of the role, the resource or the managed policy. */
  readonly owner: string;
  /** As in the model. */
  readonly policy: Policy;
  readonly document: Values;
  /** As a stack registered it; undefined for what a workload's template makes. */
  readonly registered: PolicyDocument | undefined;
}

/** A role that has a boundary. */
export type Bounded = Role & { readonly boundary: string };

/** The document of a policy of the model. */
export const documentOf = ({ statements }: Policy): Values => ({
  Version: "2012-10-17",
  Statement: statements.map(({ content }) => content),
});

const same = (policy: Policy, { statements }: PolicyDocument): boolean =>
  isDeepStrictEqual(
    policy.statements.map(({ content }) => content),
    statements,
  );

/** The document that a stack registered for a policy of the model. */
function registeredAs(
  documents: readonly PolicyDocument[],
  owner: string,
  policy: Policy,
): PolicyDocument | undefined {
  const name = owner.split("/").at(-1);
  return documents.find((each) => {
    const { resource, kind } = each;
    if (!same(policy, each)) return false;
    if (kind === "inline")
      return (
        policy.attached === "identity" &&
        text(resource.inputs, "role") === name &&
        owner.includes(`::${accountOf(resource)}:`)
      );
    if (kind === "managed") return policy.attached === "identity" && arnOf(resource) === owner;
    if (kind === "trust") return policy.attached === "trust" && arnOf(resource) === owner;
    return kind === policy.attached; // these name what they are attached to, so no two are the same
  });
}

function* owned({ roles, managed, guarded }: AccessModel): Iterable<readonly [owner: string, Policy]> {
  for (const [arn, policy] of managed) yield [arn, policy];
  for (const { arn, trust, identity } of roles.values()) {
    yield [arn, trust];
    for (const policy of identity) yield [arn, policy];
  }
  for (const { arn, policy } of guarded.values()) if (policy) yield [arn, policy];
}

/**
 * Every policy that a stack or a workload's template writes, once. What AWS writes itself is left out, and so is what
 * stands for a managed policy that no stack makes.
 */
export function subjects({ model, record, deployments }: World): Subject[] {
  const documents = policyDocuments(record);
  const templates = new Set(deployments.flatMap(({ resources }) => resources.map(({ arn }) => arn)));
  const found = new Map<Policy, Subject>();
  for (const [owner, policy] of owned(model)) {
    if (found.has(policy)) continue; // a managed policy that roles have as well
    const registered = registeredAs(documents, owner, policy);
    const { name, attached } = policy;
    const ours = registered !== undefined || (templates.has(owner) && attached !== "logGroup");
    if (ours) found.set(policy, { name, attached, owner, policy, document: documentOf(policy), registered });
  }
  return [...found.values()];
}

/** What a template writes as if a stack had registered it. */
export function asRegistered({
  name,
  owner,
  document,
  attached,
  policy: { statements },
}: Subject): PolicyDocument {
  const resource: Resource = {
    ...{ stack: "template", type: attached, name, urn: owner, id: owner, parent: "" },
    ...{ custom: true, remote: false, protect: false, provider: undefined, region: undefined, dependsOn: [] },
    account: owner.split(":")[4],
    inputs: { role: owner.split("/").at(-1) },
    outputs: { arn: owner },
  };
  const contents = statements.map(({ content }) => content);
  const [kind, text] = [attached as PolicyDocument["kind"], JSON.stringify(document)];
  return { resource, kind, text, content: document, statements: contents };
}

/** Every role whose boundary can be taken away. */
export const boundedRoles = ({ model }: World): Bounded[] =>
  [...model.roles.values()].filter((role): role is Bounded => role.boundary !== undefined);
