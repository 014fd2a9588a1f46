import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Pipeline, ToolingSettings } from "../../stacks/settings";
import { readSettings } from "../../stacks/settingsReader";
import type { Folder } from "../stackFiles";

/** What is released, and by which pipeline. */
export interface Service {
  readonly settings: ToolingSettings;
  readonly pipeline: Pipeline;
  /** Its folder. */
  readonly folder: string;
}

/** Tooling's settings; undefined where no stack of the folder has any that can be read. */
function toolingSettings({ project, stacks }: Folder): ToolingSettings | undefined {
  for (const { stack, config } of stacks) {
    const { settings } = readSettings({ organization: "organization", project, stack, config });
    if (settings?.kind === "tooling") return settings;
  }
  return undefined;
}

/** The source of a whole project, which is no service, has a package.json too. */
const isService = (folder: string, directory: string): boolean =>
  existsSync(resolve(folder, directory === "." ? "template.yaml" : "package.json"));

/** Every pipeline whose service is here, and those whose service is not, with the reason. */
export interface Services {
  readonly found: readonly Service[];
  readonly missing: readonly { readonly pipeline: string; readonly why: string }[];
}

/** The service of each pipeline, in the order of settings; `app` is that of the one that `findService` finds. */
export function findServices(folder: Folder, places: readonly string[], app: string | undefined): Services {
  const settings = toolingSettings(folder);
  const released = app === undefined ? undefined : findService(folder, places, app);
  const found: Service[] = [];
  const missing: { pipeline: string; why: string }[] = [];
  for (const pipeline of settings?.pipelines ?? []) {
    const { name } = pipeline.id;
    const place = places.find((each) => isService(resolve(each, pipeline.directory), pipeline.directory));
    if (settings && typeof released === "object" && released.pipeline.id.name === name)
      found.push({ settings, pipeline, folder: released.folder });
    else if (settings && place !== undefined)
      found.push({ settings, pipeline, folder: resolve(place, pipeline.directory) });
    else missing.push({ pipeline: name, why: `its folder ${pipeline.directory} is not here` });
  }
  return { found, missing };
}

/**
 * The service to release: `app` where it is given, otherwise the directory of the first pipeline that is in one of
 * the places. Text says why there is none.
 */
export function findService(
  folder: Folder,
  places: readonly string[],
  app: string | undefined,
): Service | string {
  const settings = toolingSettings(folder);
  const [first] = settings?.pipelines ?? [];
  if (!settings || !first) return "no stack of kind tooling has a pipeline";
  const candidates = settings.pipelines.flatMap((pipeline) =>
    places.map((place) => ({ settings, pipeline, place, folder: resolve(place, pipeline.directory) })),
  );
  if (app !== undefined) {
    const pipeline = candidates.find((each) => each.folder === app)?.pipeline ?? first;
    return { settings, pipeline, folder: app };
  }
  const found = candidates.find(({ place, pipeline: { directory } }) =>
    isService(resolve(place, directory), directory),
  );
  if (found) return found;
  return `no service is here: ${candidates.map((each) => each.folder).join(", ")}; npm start -- --app DIR names one`;
}
