import { isDeepStrictEqual } from "node:util";
import { text } from "../../../packages/iam/src/json";
import { policiesOf, type Role } from "../../../packages/iam/src/model";
import type { PolicyUnderTest } from "../../../packages/iam/src/mutation/policyJudge";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import { policyDocuments } from "../../aws/policyDocuments";
import type { PolicyDocument } from "../../record/policyDocuments";
import { accountOf, arnOf } from "../estate/collect";
import type { World } from "../estate/world";

/** A role that has a boundary. */
export type Bounded = Role & { readonly boundary: string };

/** Whether a stack registered this document for a policy of the model. */
function isOf(document: PolicyDocument, owner: string, { attached, statements }: Policy): boolean {
  const { resource, kind } = document;
  const written = statements.map(({ content }) => content);
  if (!isDeepStrictEqual(written, document.statements)) return false;
  if (kind === "trust") return attached === "trust" && arnOf(resource) === owner;
  if (kind === "managed") return attached === "identity" && arnOf(resource) === owner;
  if (kind !== "inline") return kind === attached; // these name what they are attached to, so no two are the same
  const name = text(resource.inputs, "role");
  const isRole = owner.split("/").at(-1) === name && owner.includes(`::${accountOf(resource)}:`);
  return attached === "identity" && isRole;
}

/** One policy that is changed, with the document that a stack registered; none of what a template makes. */
export interface Subject extends PolicyUnderTest {
  readonly registered: PolicyDocument | undefined;
}

/** What a template forbids on what it makes, the access matrix leaves out. */
const isInMatrix = ({ attached, statements }: Policy): boolean =>
  attached !== "logGroup" &&
  (attached === "identity" || attached === "trust" || statements.every(({ effect }) => effect === "Allow"));

/**
 * Every policy that a stack or a workload's template writes, once. What AWS writes itself is left out, and so is what
 * stands for a managed policy that no stack makes. What a template writes has its conditions in the boundary beside it.
 */
export function subjects({ model, record, deployments, added }: World): Subject[] {
  const documents = policyDocuments(record);
  const templates = new Set(
    [...deployments, ...added].flatMap(({ resources }) => resources.map(({ arn }) => arn)),
  );
  return [...policiesOf(model)].flatMap(([policy, owner]) => {
    const registered = documents.find((each) => isOf(each, owner, policy));
    const byTemplate = templates.has(owner) && isInMatrix(policy);
    return registered || byTemplate ? [{ owner, policy, unconditional: !registered, registered }] : [];
  });
}

/** Every role whose boundary can be taken away. */
export const boundedRoles = ({ model }: World): Bounded[] =>
  [...model.roles.values()].filter((role): role is Bounded => role.boundary !== undefined);
