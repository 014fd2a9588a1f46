import { type MutatorName, mutants } from "../../src/mutation/mutators";
import { document } from "../asked";
import type { Values } from "../../src/json";

export const OUTSIDE = { stranger: "arn:aws:iam::999999999999:root" };

export type Made = readonly [mutator: string, direction: string, name: string, statement: Values | undefined];

/** All mutants of one statement, in order. */
export const made = (statement: Values): Made[] =>
  mutants(document(statement), OUTSIDE).map(({ mutator, direction, name, statement: changed }) => [
    mutator,
    direction,
    name,
    changed,
  ]);

/** What some mutators make of one statement. */
export const madeBy = (statement: Values, ...mutators: readonly MutatorName[]): Made[] =>
  made(statement).filter(([mutator]) => mutators.some((each) => each === mutator));
