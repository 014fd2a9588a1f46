import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import program from "../../index";
import { ofType, type Rehearsed, type Resource, label } from "../../rehearsal/record/record";
import { type Values, list, map } from "../../packages/iam/src/json";
import { type Act1, findingsOf, rehearse } from "../../rehearsal/bringUp/check";
import { RULES } from "../../rehearsal/rules/all";
import { judge, type Rule } from "../../rehearsal/rules/rule";
import { type Folder, readStackFiles } from "../../rehearsal/record/stackFiles";

export const ROOT = resolve(__dirname, "../..");
export const SAMPLE = readStackFiles(ROOT, join(ROOT, "Pulumi.yaml"));

type Change = (resource: Resource) => Resource;

const samples = new Map<Folder, Promise<Act1>>();
/** The unbroken sample, or other stack files, rehearsed once for all tests. */
export function unbroken(folder = SAMPLE): Promise<Act1> {
  const known = samples.get(folder) ?? rehearse(folder, { program });
  samples.set(folder, known);
  return known;
}

/** What a test breaks, and the findings that this and nothing else leads to. */
export interface Broken {
  readonly changes: readonly (readonly [Resource, Change])[];
  readonly found: readonly (readonly [Resource, string])[];
  /** What another rule, that comes later, finds in the same thing. */
  readonly others?: readonly (readonly [Rule, Resource, string])[];
}

/** Breaks a rule in the record of the real stacks: exactly the findings that are given must appear, by all rules. */
export function breaks(rule: Rule, title: string, how: (record: Rehearsed) => Broken, folder = SAMPLE): void {
  it(`${rule.id}: ${title}`, async () => {
    const { runs } = await unbroken(folder);
    const { changes, found, others = [] } = how(runs);
    const byUrn = new Map(changes.map(([{ urn }, change]) => [urn, change]));
    const altered = runs.map((run) => ({
      ...run,
      resources: run.resources.map((resource) => byUrn.get(resource.urn)?.(resource) ?? resource),
    }));
    const findings = findingsOf(judge(altered, RULES));
    const all = [...found.map(([resource, message]) => [rule, resource, message] as const), ...others];
    assert.deepEqual(
      findings,
      all.map(([{ id, title, source }, resource, message]) => ({
        stack: resource.stack,
        resource: label(resource),
        message,
        rule: { id, title, source },
      })),
    );
  });
}

/** One resource and one finding on it: most rules need no more. */
export const one = (resource: Resource, change: Change, message: string): Broken => ({
  changes: [[resource, change]],
  found: [[resource, message]],
});

/** The first resource of a type that a test is about; fails where the stacks have none. */
export function first(
  record: Rehearsed,
  type: string,
  which: (resource: Resource) => boolean = () => true,
): Resource {
  const found = ofType(record, type).find(which);
  assert.ok(found, `the sample has no such ${type}`);
  return found;
}

export const inputs =
  (values: Values): Change =>
  (resource) => ({ ...resource, inputs: { ...resource.inputs, ...values } });

export const outputs =
  (values: Values): Change =>
  (resource) => ({ ...resource, outputs: { ...resource.outputs, ...values } });

/** Changes the document in a property, whether it was registered as text or as an object. */
export const document =
  (change: (content: Values) => Values, property = "policy"): Change =>
  (resource) => {
    const written = resource.inputs[property];
    const content = map(typeof written === "string" ? JSON.parse(written) : written);
    return inputs({ [property]: JSON.stringify(change(content)) })(resource);
  };

/** Adds a statement to a document. */
export const statement = (extra: Values, property?: string): Change =>
  document((content) => ({ ...content, Statement: [...list(content["Statement"]), extra] }), property);

/** Changes the stages of a pipeline. */
export const stages =
  (change: (stages: readonly Values[]) => readonly Values[]): Change =>
  (resource) =>
    inputs({ stages: change(list(resource.inputs["stages"]).map(map)) })(resource);

/** Changes the first action for which `which` holds. */
export const action = (which: (action: Values) => boolean, change: (action: Values) => Values): Change =>
  stages((all) => {
    const stageActions = all.map((stage) => list(stage["actions"]).map(map));
    const target = stageActions.flat().find(which);
    return all.map((stage, index) => ({
      ...stage,
      actions: stageActions[index]?.map((each) => (each === target ? change(each) : each)) ?? [],
    }));
  });

export const configuration =
  (values: Values) =>
  (action: Values): Values => ({
    ...action,
    configuration: { ...map(action["configuration"]), ...values },
  });
