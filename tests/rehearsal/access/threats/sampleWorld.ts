import { tryThreats, type ThreatResult } from "../../../../rehearsal/access/threats/run";
import { makeWorld, type World } from "../../../../rehearsal/access/estate/world";
import type { Rehearsed } from "../../../../rehearsal/record/record";
import { ROOT, SAMPLE, unbroken } from "../../sample";

/** What there is with a record in place of the sample's own. */
export const worldOf = (record: Rehearsed): Promise<World> =>
  makeWorld(SAMPLE, record, { places: [ROOT], app: undefined });

/** The sample's world, and how scenarios end there; there once the tests run. */
export const sample = {} as { world: World; results: readonly ThreatResult[] };
before(async () => {
  sample.world = await worldOf((await unbroken()).runs);
  sample.results = tryThreats(sample.world);
});
