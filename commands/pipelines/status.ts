/** `npm run status`: what runs where. */
import type { Delivery } from "../delivery";
import { Refusal } from "../refusal";
import { allowed, policyOf } from "./denial";
import type { Desk } from "./desk";
import { type Overview, overview } from "./overview";
import { pipelinesNamed, reach } from "./places";
import { pipelineScreen } from "./screen";

export interface StatusOptions {
  readonly watch: boolean;
  readonly json: boolean;
  readonly branches: boolean;
  readonly profile?: string;
}

/** Between two looks, in milliseconds: a pipeline costs two calls, and an account has few in a second. */
const DISTANCE = 15_000;
/** Clears a terminal and its history of lines. */
const CLEAR = "\u001b[2J\u001b[3J\u001b[H";

/** Version of what `--json` writes. */
const VERSION = 1;

export async function status(
  desk: Desk,
  delivery: Delivery,
  names: readonly string[],
  { watch, json, branches, profile }: StatusOptions,
): Promise<number> {
  if (watch && json)
    throw new Refusal("--watch and --json exclude each other: one is for people, one for programs");
  const pipelines = pipelinesNamed(delivery, names);
  const places = new Map(
    await Promise.all(
      [...new Set(pipelines.map(({ part }) => part))].map(
        async (part) => [part.stack, await reach(desk.aws, part, profile)] as const,
      ),
    ),
  );
  const look = async (): Promise<Overview[]> => {
    const all: Overview[] = [];
    // One after the other: CodePipeline allows few calls in a second.
    for (const each of pipelines) {
      const place = places.get(each.part.stack);
      if (place)
        all.push(
          await allowed(`look at pipeline ${each.name}`, policyOf(each.part.stack, each.name), () =>
            overview(desk.aws, place, each, branches),
          ),
        );
    }
    return all;
  };
  const show = (all: readonly Overview[]): void => {
    const now = desk.now();
    if (json) return desk.say(JSON.stringify({ version: VERSION, at: now, pipelines: all }, undefined, 2));
    const view = { columns: desk.columns, colours: desk.terminal, now };
    const lines = all.flatMap((each, at) => [...(at > 0 ? [""] : []), ...pipelineScreen(each, view)]);
    desk.say(`${watch && desk.terminal ? CLEAR : ""}${lines.join("\n")}`);
  };
  let all = await look();
  show(all);
  if (watch) {
    const patience = desk.patience();
    try {
      while (await patience.wait(DISTANCE)) {
        all = await look();
        show(all);
      }
    } finally {
      patience.close();
    }
  }
  return all.some(({ up }) => up) ? 0 : 1;
}
