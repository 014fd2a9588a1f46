import assert from "node:assert/strict";
import { conditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { accessModel, type ModelOptions } from "../../../rehearsal/access/estate/model";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { ofType, type Rehearsed, type Resource } from "../../../rehearsal/record/record";
import { unbroken } from "../sample";
import type { Values } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";

/** A record with some resources changed, and more of them. */
export const changed = (
  record: Rehearsed,
  change: (resource: Resource) => Resource | undefined,
  ...more: readonly Partial<Resource>[]
): Rehearsed =>
  record.map((run, index) => {
    const [first] = run.resources.filter(({ custom }) => custom);
    assert.ok(first);
    const added = index === 0 ? more.map((each) => ({ ...first, name: "extra", ...each })) : [];
    return { ...run, resources: [...run.resources.flatMap((each) => change(each) ?? []), ...added] };
  });

export const same = (resource: Resource): Resource => resource;

export const build = async (record: Rehearsed, options: Partial<ModelOptions> = {}): Promise<AccessModel> =>
  accessModel(record, { keys: await conditionKeys(), ...options });

let model: Promise<AccessModel> | undefined;
/** The model of the unbroken sample, made once for all tests. */
export const sampleModel = (): Promise<AccessModel> => (model ??= unbroken().then(({ runs }) => build(runs)));

/** The one resource of a type, or the one of that name. */
export function one(record: Rehearsed, type: string, name?: string): Resource {
  const found = ofType(record, type).find((each) => name === undefined || each.name === name);
  assert.ok(found, `the sample has no ${type} ${name ?? ""}`);
  return found;
}

/** Adds inputs to all resources of a type. */
export const withInputs =
  (type: string, inputs: Values) =>
  (resource: Resource): Resource =>
    resource.type === type ? { ...resource, inputs: { ...resource.inputs, ...inputs } } : resource;

export async function refuses(record: Rehearsed, message: RegExp, options: Partial<ModelOptions> = {}) {
  await assert.rejects(
    () => build(record, options),
    (error) => error instanceof NotKnown && message.test(error.message),
  );
}
