import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { WORKLOADS } from "../../../components/workloads/list";
import { codeAlone } from "../../../components/workloads/workload";
import type { Pipeline, ToolingSettings } from "../../../stacks/settings/model";
import { readSettings } from "../../../stacks/settings/read";
import type { Folder } from "../../record/stackFiles";

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

/** Names of the pipelines; undefined where settings cannot be read. */
export const pipelineNames = (folder: Folder): string[] | undefined =>
  toolingSettings(folder)?.pipelines.map(({ id }) => id.name);

/** Whether a service can be packaged by its own script. */
function hasPackageScript(file: string): boolean {
  const { scripts } = JSON.parse(readFileSync(file, "utf8")) as { scripts?: Record<string, unknown> };
  return scripts?.["package"] !== undefined;
}

/** Folder of a pipeline's service in one of the places. The source of a whole project, which is none, has a package.json too. */
function folderOf(
  { directory, template, workload }: Pipeline,
  places: readonly string[],
): string | undefined {
  return places
    .map((place) => resolve(place, directory))
    .find((folder) => {
      const file = resolve(folder, "package.json");
      const own = existsSync(resolve(folder, "delivery.yaml"));
      if (directory !== "." || own || !existsSync(file)) return own || existsSync(file);
      return WORKLOADS[workload].packaging === "serverless"
        ? hasPackageScript(file)
        : existsSync(resolve(folder, template));
    });
}

/** Every pipeline whose service is here, and those whose service is not, with the reason. */
export interface Services {
  readonly found: readonly Service[];
  readonly missing: readonly { readonly pipeline: string; readonly why: string }[];
}

/**
 * The service of each pipeline, in the order of settings; `app` is that of the one that `findService` finds with the
 * same arguments.
 */
export function findServices(
  folder: Folder,
  places: readonly string[],
  app: string | undefined,
  pipelineName?: string,
): Services {
  const settings = toolingSettings(folder);
  const released = app === undefined ? undefined : findService(folder, places, app, pipelineName);
  const found: Service[] = [];
  const missing: { pipeline: string; why: string }[] = [];
  for (const pipeline of settings?.pipelines ?? []) {
    const { name } = pipeline.id;
    const own = folderOf(pipeline, places);
    if (settings && typeof released === "object" && released.pipeline.id.name === name)
      found.push({ settings, pipeline, folder: released.folder });
    else if (settings && own !== undefined) found.push({ settings, pipeline, folder: own });
    else missing.push({ pipeline: name, why: `its folder ${pipeline.directory} is not here` });
  }
  return { found, missing };
}

/**
 * The service to release: `app` where it is given, otherwise the directory of the first pipeline that is in one of
 * the places; `pipelineName` leaves only the pipeline of that name. Text says why there is none.
 */
export function findService(
  folder: Folder,
  places: readonly string[],
  app: string | undefined,
  pipelineName?: string,
): Service | string {
  const settings = toolingSettings(folder);
  const asked = (settings?.pipelines ?? []).filter(({ id }) => [id.name, undefined].includes(pipelineName));
  // What runs the code of the others is configured by a stack that is not here.
  const pipelines = asked.filter(({ workload }) => !codeAlone(WORKLOADS[workload]));
  if (asked.length > 0 && pipelines.length === 0)
    return (
      `pipeline ${asked.map(({ id }) => id.name).join(", ")} releases code alone: the functions that run it are configured by a stack ` +
      "that is not here"
    );
  const [first] = pipelines;
  if (!settings || !first) {
    const names = (settings?.pipelines ?? []).map(({ id }) => id.name).join(", ");
    return names
      ? `no pipeline is called ${pipelineName}; there are ${names}`
      : "no stack of kind tooling has a pipeline";
  }
  const looked = pipelines.flatMap(({ directory }) => places.map((place) => resolve(place, directory)));
  if (app !== undefined) {
    const pipeline =
      pipelines.find(({ directory }) => places.some((place) => resolve(place, directory) === app)) ?? first;
    return { settings, pipeline, folder: app };
  }
  for (const pipeline of pipelines) {
    const own = folderOf(pipeline, places);
    if (own !== undefined) return { settings, pipeline, folder: own };
  }
  return `no service is here: ${looked.join(", ")}; npm start -- --app DIR names one`;
}
