/** The sample's stacks with single statements changed. */
import assert from "node:assert/strict";
import { parsePolicy } from "../../../../rehearsal/record/policyDocuments";
import type { Rehearsed, Resource } from "../../../../rehearsal/record/record";
import { unbroken } from "../../sample";
import { list, map, type Values } from "../../../../packages/iam/src/json";

type Change = (statement: Values) => Values | undefined;

/** A document with one statement changed, or without it. */
export function withStatement(document: unknown, sid: string, change: Change): Values {
  const content = parsePolicy(document) ?? {};
  const statements = list(content["Statement"]).map(map);
  assert.equal(
    statements.filter((each) => each["Sid"] === sid).length,
    1,
    `there is not one statement ${sid}`,
  );
  return {
    ...content,
    Statement: statements.flatMap((each) => (each["Sid"] === sid ? (change(each) ?? []) : [each])),
  };
}

/** The record of the sample, or another one, with one resource changed. */
export async function withResource(
  type: string,
  name: string,
  change: (resource: Resource) => Resource,
  record?: Rehearsed,
): Promise<Rehearsed> {
  const runs = record ?? (await unbroken()).runs;
  let found = 0;
  const changed = runs.map((run) => ({
    ...run,
    resources: run.resources.map((each) => {
      if (each.type !== type || each.name !== name) return each;
      found++;
      return change(each);
    }),
  }));
  assert.equal(found, 1, `there is not one ${type} ${name}`);
  return changed;
}

/** The same with one statement changed, or without it. */
export const withPolicy = (
  type: string,
  name: string,
  sid: string,
  change: Change,
  property = "policy",
  record?: Rehearsed,
): Promise<Rehearsed> => {
  const changed = (resource: Resource): Resource => {
    const written = JSON.stringify(withStatement(resource.inputs[property], sid, change));
    return { ...resource, inputs: { ...resource.inputs, [property]: written } };
  };
  return withResource(type, name, changed, record);
};
