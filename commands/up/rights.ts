/** Which rights an `up` would let grow or shrink, beside what is up or what a file has. */
import { join } from "node:path";
import { readResources, recordOf, rememberedRun } from "../../rehearsal/growth/before";
import { acknowledge, FILE, type Judged, readAcknowledged } from "../../rehearsal/growth/acknowledged";
import { type ChangeClass, growthOf } from "../../rehearsal/growth/growth";
import { growthLines } from "../../rehearsal/growth/lines";
import { firstSentence, isRefusal } from "../../rehearsal/bringUp/commandLine";
import { stacksOf } from "../../rehearsal/bringUp/stacksOf";
import { allResources, type Rehearsed } from "../../rehearsal/record/record";
import { UnusableFile } from "../../rehearsal/record/yamlFile";
import type { State } from "../engine/engine";
import { digestOf } from "./steps";

/** What a file of `npm run resources` has. Throws UnusableFile for one that cannot be read. */
export const fromFile = (path: string, name: string): Rehearsed => recordOf(readResources(path, name));

/** What Pulumi remembers of the stacks that are up. */
export const fromStates = (states: ReadonlyMap<string, State>): Rehearsed =>
  [...states].flatMap(([stack, { resources }]) =>
    resources.length > 0 ? [rememberedRun(stack, resources)] : [],
  );

/** Digest of all that the stacks of a folder register, with what a preview does not know yet. */
export async function programOf(folder: string): Promise<string> {
  const { record } = await stacksOf(folder);
  const known = allResources(record).map(({ urn, inputs, protect }) => digestOf([urn, inputs, protect]));
  return digestOf(known.sort());
}

/** What is acknowledged; an entry that matches nothing is named, and counts for nothing. */
function judged(
  folder: string,
  classes: readonly ChangeClass[],
): Judged & { readonly wrong: readonly string[] } {
  try {
    return { ...acknowledge(classes, readAcknowledged(join(folder, FILE))), wrong: [] };
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    return { ...acknowledge(classes, []), wrong: [error.message] };
  }
}

/** What an up would do to the rights. */
export interface Rights {
  readonly lines: readonly string[];
  /** Whether one grows, wanted or not, or that is not known. */
  readonly grow: boolean;
}

/** The rights that the stacks of a folder have and that were not there before, or no longer. */
export async function rightsSince(folder: string, before: Rehearsed): Promise<Rights> {
  if (before.length === 0)
    return {
      lines: ["Nothing is up yet: all rights are new; npm run access -- matrix lists them."],
      grow: true,
    };
  try {
    const { record } = await stacksOf(folder);
    const classes = await growthOf(before, record);
    const { wrong, ...all } = judged(folder, classes);
    return { lines: [...growthLines(classes, all), ...wrong], grow: classes.some(({ grows }) => grows) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { lines: [`Whether rights grow is not known: ${firstSentence(error)}`], grow: true };
  }
}
