/** The policies that the stacks registered, wherever a type has them. */
import { list, map, texts } from "../../packages/iam/src/json";
import { covers, parsePolicy, type PolicyDocument } from "../record/policyDocuments";
import { allResources, type Rehearsed, type Resource } from "../record/record";
import { pulumiType } from "./registry";

const documentsOf = (type: string) => {
  const carries = pulumiType(type)?.carries ?? "nothing";
  return carries === "nothing" ? [] : (carries.documents ?? []);
};

const collect = (record: Rehearsed): PolicyDocument[] =>
  allResources(record).flatMap((resource) =>
    documentsOf(resource.type).flatMap(([property, kind]) => {
      const value = resource.inputs[property];
      if (value === undefined) return [];
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const content = parsePolicy(text);
      return [{ resource, kind, text, content, statements: list(content?.["Statement"]).map(map) }];
    }),
  );

const collected = new WeakMap<Rehearsed, readonly PolicyDocument[]>();

/** Every policy of every stack, in order; parsed once for a record. */
export function policyDocuments(record: Rehearsed): readonly PolicyDocument[] {
  const known = collected.get(record) ?? collect(record);
  collected.set(record, known);
  return known;
}

/**
 * Whether a role's own policies allow an action on a resource: a plain match of Allow statements. Denies,
 * conditions and boundaries are not looked at; that takes the evaluator of the access report.
 */
export function identityAllows(record: Rehearsed, role: Resource, action: string, resource: string): boolean {
  const own = policyDocuments(record).filter(
    ({ kind, resource: { stack, inputs } }) =>
      kind === "inline" && stack === role.stack && inputs["role"] === role.outputs["name"],
  );
  return own
    .flatMap(({ statements }) => statements)
    .some(
      (statement) =>
        statement["Effect"] === "Allow" &&
        texts(statement["Action"]).some((each) => covers(each.toLowerCase(), action.toLowerCase())) &&
        texts(statement["Resource"]).some((each) => covers(each, resource)),
    );
}
