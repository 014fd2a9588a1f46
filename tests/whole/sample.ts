import assert from "node:assert/strict";

/**
 * A sample in `npm test`, all of them in `npm run test:whole`. Only a file whose name ends in `.sampled.test.ts` may
 * take one: these run in both.
 */
export function sampled<Item>(
  items: readonly Item[],
  isSample: (item: Item, index: number) => boolean,
): readonly Item[] {
  const sample = items.filter(isSample);
  assert.ok(sample.length > 0, "the sample is empty");
  return process.env["WHOLE"] === "true" ? items : sample;
}
