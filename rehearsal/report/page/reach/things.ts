import type { World } from "../../../access/estate/world";
import { askersOf } from "./askers";
import { askedOf } from "./asked";
import type { Thing } from "./thing";

/** Everything that has a place in a picture, in a fixed order. */
export const thingsOf = (world: World): Thing[] =>
  [...askersOf(world), ...askedOf(world)].map((each, index) => ({ id: `n${index + 1}`, ...each }));
