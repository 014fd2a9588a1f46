/** The waves in which an up that nobody watches brings environments up: first those that pipelines release to first. Pure. */
import type { EnvironmentSettings, Pipeline } from "../../stacks/settings/model";
import { type Delivery, type Part, toolingOf } from "../delivery";

/** Environments of a pipeline that are released together, in their order. */
function stepsOf({ environments }: Pick<Pipeline, "environments">): string[][] {
  const steps: { readonly wave: string | undefined; readonly names: string[] }[] = [];
  for (const { name, wave } of environments) {
    const last = steps.at(-1);
    if (last && wave !== undefined && last.wave === wave) last.names.push(name);
    else steps.push({ wave, names: [name] });
  }
  return steps.map(({ names }) => names);
}

/** By environment how many others, one after the other, any pipelines release to before it. */
export function places(pipelines: readonly Pick<Pipeline, "environments">[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const all = pipelines.map(stepsOf);
  // What one pipeline says of an environment moves those that come after it in another. Pipelines that contradict each other, test
  // before prod and prod before test, would move them for ever.
  for (let rounds = new Set(all.flat(2)).size; rounds > 0; rounds--)
    for (const steps of all) {
      let least = 0;
      for (const names of steps) {
        const place = Math.max(least, ...names.map((name) => found.get(name) ?? 0));
        for (const name of names) found.set(name, place);
        least = place + 1;
      }
    }
  return found;
}

/** These in waves. Environments that no pipeline releases to come last. */
export function wavesOf(
  delivery: Delivery,
  parts: readonly Part<EnvironmentSettings>[],
): Part<EnvironmentSettings>[][] {
  const byTooling = new Map(
    delivery.tooling.map(({ stack, settings }) => [stack, places(settings.pipelines)] as const),
  );
  const placeOf = (part: Part<EnvironmentSettings>): number =>
    byTooling.get(toolingOf(delivery, part)?.stack ?? "")?.get(part.settings.environment) ?? Infinity;
  const numbers = [...new Set(parts.map(placeOf))].sort((one, other) => (one < other ? -1 : 1));
  return numbers.map((number) => parts.filter((part) => placeOf(part) === number));
}
