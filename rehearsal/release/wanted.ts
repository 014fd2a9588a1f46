import { didYouMean } from "../../stacks/settings/problems";
import type { Folder } from "../record/stackFiles";
import { UnusableFile } from "../record/yamlFile";
import { findService, pipelineNames } from "./emulator/service";
import { commitOf } from "./pipeline/revision";
import { Stopped } from "./stopped";

/** What options say of the release that is wanted. */
export interface Wanted {
  readonly app: string | undefined;
  readonly pipeline: string | undefined;
  readonly from: string | undefined;
}

/** Refuses a pipeline or a commit that there is not: before minutes are spent, not after them. */
export function checkRelease(
  folder: Folder,
  places: readonly string[],
  { app, pipeline, from }: Wanted,
): void {
  const known = pipelineNames(folder);
  if (known === undefined) return; // the bring-up says what is wrong with the settings
  if (pipeline !== undefined && !known.includes(pipeline))
    throw new UnusableFile(
      `--pipeline ${pipeline}: there is none of this name; ${didYouMean(pipeline, known)}there are ${known.join(", ")}`,
    );
  const service = findService(folder, places, app, pipeline);
  if (from === undefined || typeof service === "string") return;
  try {
    commitOf(service.folder, from);
  } catch (error) {
    if (error instanceof Stopped) throw new UnusableFile(`${error.message}; ${error.next}`);
    throw error;
  }
}
