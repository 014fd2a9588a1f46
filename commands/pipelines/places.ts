/** Which pipeline and which environment somebody means, and with whose credentials it is asked about. */
import { PipelineNotFoundException } from "@aws-sdk/client-codepipeline";
import { branchPipeline } from "../../components/names";
import { didYouMean } from "../../stacks/settings/problems";
import type { Pipeline, ReleasedEnvironment, ToolingSettings } from "../../stacks/settings/model";
import { type Place, placeOf } from "../aws/accounts";
import type { Aws } from "../aws/clients";
import type { Delivery, Part } from "../delivery";
import { oneOf } from "../known";
import { checkAccounts } from "../preconditions";
import { Refusal } from "../refusal";

/** A pipeline, and the tooling stack that it is of. */
export interface PipelinePlace {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly part: Part<ToolingSettings>;
}

const placesIn = ({ tooling }: Delivery): PipelinePlace[] =>
  tooling.flatMap((part) =>
    part.settings.pipelines.map((pipeline) => ({ name: pipeline.id.name, pipeline, part })),
  );

/** The pipelines of these names; all, where none is named. */
export function pipelinesNamed(delivery: Delivery, names: readonly string[]): PipelinePlace[] {
  const places = placesIn(delivery);
  const known = places.map(({ name }) => name);
  for (const name of names) oneOf("pipeline", name, known);
  return names.length === 0 ? places : places.filter(({ name }) => names.includes(name));
}

/** The one pipeline of this name. `usage` says how the command is written. */
export function pipelineNamed(delivery: Delivery, name: string | undefined, usage: string): PipelinePlace {
  const known = placesIn(delivery).map((each) => each.name);
  if (name === undefined) throw new Refusal(`name the pipeline (${known.join(", ")}): ${usage}`);
  const [place, another] = pipelinesNamed(delivery, [name]);
  if (!place || another)
    throw new Refusal(`pipeline ${name} is in two stacks: run this where the stack files of one of them are`);
  return place;
}

/** An environment that the pipeline releases to. */
export function environmentNamed(
  { name, pipeline }: PipelinePlace,
  environment: string | undefined,
  usage: string,
): ReleasedEnvironment {
  const known = pipeline.environments.map((each) => each.name);
  if (environment === undefined) throw new Refusal(`name the environment (${known.join(", ")}): ${usage}`);
  const found = pipeline.environments.find((each) => each.name === environment);
  if (!found)
    throw new Refusal(
      `pipeline ${name} releases to no environment ${environment}: ${didYouMean(environment, known)}` +
        `its environments are ${known.join(", ")}`,
    );
  return found;
}

/** At most this many words belong behind a command. */
export function noMore(words: readonly string[], most: number, usage: string): void {
  const more = words[most];
  if (more !== undefined) throw new Refusal(`unexpected argument ${more}: ${usage}`);
}

/** Where to ask: by the stack's own credentials, or by a profile of whoever types. Refuses another account's. */
export async function reach(aws: Aws, part: Part, profile?: string): Promise<Place> {
  const provider =
    profile === undefined ? part.settings.provider : { ...part.settings.provider, profile, assumeRoles: [] };
  await checkAccounts(aws, [{ ...part, settings: { ...part.settings, provider } }]);
  return placeOf(provider);
}

/** What `ask` gives; a Refusal where the pipeline has not been brought up. */
export async function ifUp<T>({ name }: PipelinePlace, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof PipelineNotFoundException)
      throw new Refusal(`pipeline ${name} is not up yet: npm run up`);
    throw error;
  }
}

/** Name of the pipeline that releases branches; undefined where there is none. */
export const branchesOf = ({ pipeline }: PipelinePlace): string | undefined =>
  pipeline.branches && branchPipeline(pipeline.id).name;
