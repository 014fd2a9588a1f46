import { factsOf } from "../../../../rehearsal/access/threats/inventory";
import { attack, type AttackResult } from "../../../../rehearsal/access/threats/attack";
import { makeWorld, type World } from "../../../../rehearsal/access/estate/world";
import type { Rehearsed } from "../../../../rehearsal/record/record";
import { ROOT, SAMPLE, unbroken } from "../../sample";
import type { Facts } from "../../../../rehearsal/access/threats/inventoryModel";

/** What there is with a record in place of the sample's own. */
export const worldOf = (record: Rehearsed): Promise<World> =>
  makeWorld(SAMPLE, record, { places: [ROOT], app: undefined });

/** The sample's world, what attacks find in it, and how they end; there once the tests run. */
export const sample = {} as { world: World; facts: Facts; results: readonly AttackResult[] };
before(async () => {
  sample.world = await worldOf((await unbroken()).runs);
  sample.facts = factsOf(sample.world);
  sample.results = await attack(sample.world);
});
