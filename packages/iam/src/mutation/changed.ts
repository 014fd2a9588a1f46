import type { ConditionKeys } from "../policy/conditionKeys";
import { type Decision, type Documents, evaluate } from "../evaluate/evaluate";
import type { Case } from "../evaluate/decide";
import { type Policy, policy } from "../policy/policies";
import { list, type Values } from "../json";
import type { Mutant } from "./mutators";

/** The document of a policy. */
export const documentOf = ({ statements }: Policy): Values => ({
  Version: "2012-10-17",
  Statement: statements.map(({ content }) => content),
});

/** A policy as a mutant has it: one that allows nothing where its only statement is gone. */
export const changedPolicy = (
  { name, attached }: Policy,
  { document }: Pick<Mutant, "document">,
  keys: ConditionKeys,
): Policy =>
  list(document["Statement"]).length === 0
    ? { name, attached, statements: [] }
    : policy(name, attached, document, keys);

/** Whether a policy has a say in a case. */
export const hasSay = (
  { documents: { identity, boundary, session, resource } }: Case,
  own: Policy,
): boolean => [...identity, boundary, session, resource].includes(own);

/** Decides a case with one policy in place of another. */
export function decideWith({ request, documents }: Case, own: Policy, other: Policy): Decision {
  const { identity, boundary, session, resource } = documents;
  const swapped = (each: Policy): Policy => (each === own ? other : each);
  const changed: Documents = {
    identity: identity.map(swapped),
    ...(boundary && { boundary: swapped(boundary) }),
    ...(session && { session: swapped(session) }),
    ...(resource && { resource: swapped(resource) }),
  };
  return evaluate(request, changed);
}
