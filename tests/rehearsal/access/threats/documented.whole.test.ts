import assert from "node:assert/strict";
import { changedStatements } from "../../../../rehearsal/access/threats/change";
import { scenesOf } from "../../../../rehearsal/access/threats/run";
import { catalog, serviceOf } from "../../../../packages/iam/src/policy/catalog";
import { EXCEPTIONS } from "../lint/exceptions";
import {
  actionPatterns,
  isAskedOn,
  statementFaults,
} from "../../../../packages/iam/src/lint/statementFaults";
import { worldOf } from "../worlds";
import { sample, withSample } from "./sampleWorld";

withSample();

/** All scenarios with the sample's settings, and with every kind of workload. */
async function scenes() {
  const kinds = await worldOf("every kind of workload over one store");
  return [sample.world, kinds].flatMap((world) =>
    scenesOf(world).flatMap(({ scenario: { id }, scene }) =>
      "lacks" in scene ? [] : [{ id, model: world.model, ...scene }],
    ),
  );
}

/** What AWS documents differently from how it is asked, or another service's words for the same. */
const known = (action: string, resource: string): boolean =>
  EXCEPTIONS.some((each) => each.action.test(action) && each.on.test(resource.replace(/\*$/, "x"))) ||
  action.startsWith("apigateway:");

describe("access/threats as AWS documents calls and policies", () => {
  it("every step asks for an action that exists, on a resource that it is asked on", async () => {
    const steps = (await scenes()).flatMap(({ id, steps }) => steps.map((step) => ({ id, ...step })));
    const services = await catalog(steps.map(({ action }) => serviceOf(action)));
    const wrong = steps.filter(({ action, resource }) => {
      const [found] = services.covered(action);
      return found?.name !== action || !(isAskedOn(found, resource) || known(action, resource));
    });
    assert.ok(steps.length > 100);
    assert.deepEqual(
      wrong.map(({ id, action, resource }) => [id, action, resource]),
      [],
    );
  });

  it("every changed statement is one that AWS would take", async () => {
    const statements = (await scenes()).flatMap(({ id, change, model }) =>
      changedStatements(model, change)
        .filter((each) => each["Sid"] === change.sid)
        .map((statement) => ({ id, statement })),
    );
    const services = await catalog(
      statements.flatMap(({ statement }) => actionPatterns(statement).map(serviceOf)),
    );
    const faults = statements.flatMap(({ id, statement }) =>
      statementFaults(statement, services, sample.world.model.keys)
        .filter(({ action, on }) => !known(action, on))
        .map(({ message }) => [id, message]),
    );
    assert.ok(statements.length > 60);
    assert.deepEqual(faults, []);
  });

  it("no change is on what somebody has written himself", async () => {
    for (const { id, change, roles, guarded } of await scenes())
      assert.ok(![...roles, ...guarded].some(({ arn }) => arn === change.at), id);
  });
});
