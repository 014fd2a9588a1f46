import assert from "node:assert/strict";
import { NotKnown } from "../src/policy/notKnown";
import { allow, answer, type Context } from "./asked";

/** What a condition makes of a request's context. */
export const holds = (condition: object, context: Context): string =>
  answer({ identity: allow({ Condition: condition }), context }) === "allowed" ? "match" : "no match";

/** An operator, what the policy says, what the request has (undefined: no such key), and whether it holds. */
export type Row = readonly [
  operator: string,
  expected: unknown,
  actual: string | readonly string[] | undefined,
  result: boolean,
];

/** A test of the rows for one key; the title names the page of AWS's documentation. */
export const table = (title: string, page: string, key: string, rows: readonly Row[]) =>
  it(`${title} (${page})`, () => {
    for (const [operator, expected, actual, result] of rows) {
      const shown = `${operator} ${JSON.stringify(expected)} and ${JSON.stringify(actual)}`;
      const found = holds({ [operator]: { [key]: expected } }, { [key]: actual });
      assert.equal(found, result ? "match" : "no match", shown);
    }
  });

/** A test that a condition is refused, with these words. */
export const refused = (title: string, page: string, condition: object, context: Context, message: RegExp) =>
  it(`${title} (${page})`, () => {
    const right = (error: unknown) => error instanceof NotKnown && message.test(error.message);
    assert.throws(() => holds(condition, context), right);
  });

/** A condition on s3:prefix. */
export const prefix = (operator: string, value: unknown = "a") => ({ [operator]: { "s3:prefix": value } });

export const PAGE = "reference_policies_elements_condition_operators";
