import { didYouMean } from "../stacks/settings/problems";
import { printable } from "./format";
import { Refusal } from "./refusal";

/** One of these; a Refusal that names the nearest otherwise. */
export function oneOf<T extends string>(what: string, written: string, known: readonly T[]): T {
  const found = known.find((each) => each === written);
  if (found !== undefined) return found;
  const name = printable(written);
  throw new Refusal(`there is no ${what} ${name}: ${didYouMean(name, known)}allowed are ${known.join(", ")}`);
}
