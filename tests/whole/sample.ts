/**
 * What takes long: all of it in `npm run test:whole`, a sample in `npm test`. Only a file whose name ends in
 * `.sampled.test.ts` may leave something out: these run in both.
 */
import assert from "node:assert/strict";

const WHOLE = process.env["WHOLE"] === "true";

/** Those that are tried here. */
export function sampled<Item>(
  items: readonly Item[],
  isSample: (item: Item, index: number) => boolean,
): readonly Item[] {
  const sample = items.filter(isSample);
  assert.ok(sample.length > 0, "the sample is empty");
  return WHOLE ? items : sample;
}

/** A test that is no part of the sample. */
export function whole(title: string, test: () => void | Promise<void>): void {
  if (WHOLE) it(title, test);
}
