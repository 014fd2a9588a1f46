import { tryThreats, type ThreatResult } from "../../../../rehearsal/access/threats/run";
import { makeWorld, type World } from "../../../../rehearsal/access/estate/world";
import type { Rehearsed } from "../../../../rehearsal/record/record";
import { ROOT, SAMPLE, unbroken } from "../../sample";

/** What there is with a record in place of the sample's own. */
export const worldOf = (record: Rehearsed): Promise<World> =>
  makeWorld(SAMPLE, record, { places: [ROOT], app: undefined });

interface Sample {
  world: World;
  results: readonly ThreatResult[];
}
let made: Promise<Sample> | undefined;
const make = async (): Promise<Sample> => {
  const world = await worldOf((await unbroken()).runs);
  return { world, results: tryThreats(world) };
};
/** The sample's world, and how scenarios end there; there while the tests of a file run that calls `withSample`. */
export const sample = {} as Sample;
export function withSample(): void {
  before(async () => {
    Object.assign(sample, await (made ??= make()));
  });
  after(() => Object.assign(sample, { world: undefined, results: undefined })); // the next file has to say itself that it needs it
}
