/** What of a batch a function failed on. */
import { isDeepStrictEqual } from "node:util";
import { list, map, text } from "../../../../packages/iam/src/json";

/**
 * The part of a batch that a function failed on, in order: all where it says nothing that counts, or was not asked.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedOf<Item>(
  answer: { readonly result: unknown } | undefined,
  partial: boolean,
  batch: readonly Item[],
  idOf: (item: Item) => string,
): readonly Item[] {
  if (!answer) return batch;
  if (!partial) return [];
  const { result } = answer;
  if (result === null || isDeepStrictEqual(result, {})) return [];
  const said = map(result)["batchItemFailures"];
  if (said === null) return [];
  if (!Array.isArray(said)) return batch;
  const ids = list(said).map((each) => text(map(each), "itemIdentifier"));
  const failed = batch.filter((each) => ids.includes(idOf(each)));
  return failed.length === new Set(ids).size ? failed : batch;
}
