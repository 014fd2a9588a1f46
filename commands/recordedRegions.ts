/** A stack's Region is part of where its things are: what is up is not moved by another one in the settings. */
import { allParts, type Delivery, toolingOf } from "./delivery";
import { realResources, type State } from "./engine/engine";
import { regionOf } from "./failover/moving";
import { Refusal } from "./refusal";

export interface Moved {
  readonly stack: string;
  readonly problem: string;
  readonly fix: string;
}

/** The Region that a stack was brought up in; undefined where nothing is up. */
const recordedRegion = (state: State | undefined): string | undefined =>
  state && realResources(state).length > 0
    ? regionOf({ deployment: { resources: [...state.resources] } })
    : undefined;

/** Stacks that are up in another Region than settings say, their own or tooling's list of environments. */
export function movedInPlace(delivery: Delivery, states: ReadonlyMap<string, State>): Moved[] {
  const listed = delivery.environments.flatMap((part) => {
    const tooling = toolingOf(delivery, part);
    const own = tooling?.settings.environments.find(({ name }) => name === part.settings.environment);
    if (!tooling || !own) return [];
    const region = own.region ?? tooling.settings.provider.region;
    return [{ part, region, where: `environments[].region of stack ${tooling.stack}` }];
  });
  const own = allParts(delivery).map((part) => ({
    ...{ part, region: part.settings.provider.region, where: "aws:region" },
  }));
  return [...own, ...listed].flatMap(({ part: { stack, settings }, region, where }) => {
    const recorded = recordedRegion(states.get(stack));
    if (recorded === undefined || recorded === region) return [];
    const elsewhere =
      settings.kind === "environment"
        ? `to move it, list a new environment with another name, or take this one down first: npm run down -- ${stack}`
        : "to move it, see npm run failover -- --help, or take all stacks down first: npm run down";
    return [
      {
        stack,
        problem: `is in Region ${region} by ${where}, but was brought up in ${recorded}, where what it has would stay`,
        fix: `set it back to ${recorded}; ${elsewhere}`,
      },
    ];
  });
}

/** Refuses to go on over a Region that was changed in place. */
export function checkRegions(delivery: Delivery, states: ReadonlyMap<string, State>): void {
  const moved = movedInPlace(delivery, states);
  if (moved.length > 0)
    throw new Refusal(moved.map(({ stack, problem, fix }) => `${stack}: ${problem}: ${fix}`).join("\n"));
}
