import type { PolicyDocument } from "../../record/policyDocuments";
import { label, type Resource } from "../../record/record";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { map, text } from "../../../packages/iam/src/json";

/** Account that a resource is in; there is no access without one. */
export const accountOf = (resource: Resource): string =>
  resource.account ?? notKnown(`${label(resource)} is bound to no account: its provider names none`);

/** Its ARN in AWS; awsx answers with the repository as one object. */
export const arnOf = (resource: Resource): string =>
  text(resource.outputs, "arn") ??
  text(map(resource.outputs["repository"]), "arn") ??
  notKnown(`${label(resource)} has no ARN in the record`);

/** Adds to a map; two of the same would hide one. */
export function add<Value>(to: Map<string, Value>, key: string, value: Value): void {
  if (to.has(key)) notKnown(`${key} is there twice`);
  to.set(key, value);
}

/** What the documents of one kind are attached to, by a key that both sides know. */
export function attachedTo(documents: readonly PolicyDocument[], kind: string, property: string) {
  const found = new Map<string, PolicyDocument[]>();
  for (const each of documents.filter((document) => document.kind === kind)) {
    const key = `${accountOf(each.resource)} ${each.resource.region} ${text(each.resource.inputs, property) ?? notKnown(`${label(each.resource)} has no ${property}`)}`;
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  return found;
}
