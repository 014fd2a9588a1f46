import assert from "node:assert/strict";
import { assertCompleted, fails, up } from "./worlds";
import type { World } from "./world";

/** Lets these creates fail, whatever comes before them, and everything go on that does not depend on one. */
export async function without(
  world: World,
  stack: string,
  urns: readonly string[],
  creates: readonly string[],
) {
  world.inject(
    ...urns.map((urn) => ({ op: "create", urn: withoutStack(urn), when: "before", then: "fail" }) as const),
  );
  const { errors } = await fails(world, stack, "up", { continueOnError: true });
  assert.ok(errors.includes("injected fault: fail before create"), errors.join("; "));
  const refused = world.writes().filter(({ op }) => op === "refused");
  assert.deepEqual(refused, [], `AWS needed one of ${urns.join(", ")}, and nothing said so to the engine`);
  world.inject();
  await up(world, stack);
  await assertCompleted(world, stack, creates);
}

const withoutStack = (urn: string): string => urn.slice(urn.indexOf("::"));
