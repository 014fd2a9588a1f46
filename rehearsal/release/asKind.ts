/** A service is tried as another kind than settings say: for one that has no pipeline yet. */
import { TEMPLATE_KINDS, type WorkloadKind, WORKLOADS } from "../../components/workloads/list";
import { didYouMean } from "../../stacks/settings/problems";
import type { Folder } from "../record/stackFiles";
import { UnusableFile } from "../record/yamlFile";
import { findService } from "./emulator/service";
import type { Wanted } from "./wanted";

type Entry = Readonly<Record<string, unknown>>;

/** What another kind may refuse, or what speaks of another service's files. */
const OF_THE_OTHER = ["template", "branches", "uses", "transforms", "permissions", "shortJobs"];

function kindOf(written: string): WorkloadKind {
  const kinds = TEMPLATE_KINDS;
  const found = kinds.find((each) => each === written);
  if (found !== undefined) return found;
  throw new UnusableFile(
    `--workload ${written}: there is none of this name; ${didYouMean(written, kinds)}there are ${kinds.join(", ")}`,
  );
}

/** The settings, with the pipeline that releases `app` of the kind that is asked for, and a platform where that needs one. */
export function asKind(folder: Folder, places: readonly string[], wanted: Wanted, written: string): Folder {
  const kind = kindOf(written);
  if (wanted.app === undefined)
    throw new UnusableFile(
      `--workload ${kind}: says of which kind the service of --app is; give --app DIR too`,
    );
  const service = findService(folder, places, wanted.app, wanted.pipeline);
  if (typeof service === "string") return folder; // what follows says why there is none
  const { name } = service.pipeline.id;
  const key = (setting: string): string => `${folder.project}:${setting}`;
  const changed = (text: string | undefined, change: (entry: Entry) => Entry): string =>
    JSON.stringify((JSON.parse(text ?? "[]") as Entry[]).map(change));
  const stacks = folder.stacks.map((stack) => {
    const { [key("pipelines")]: pipelines, [key("environments")]: environments } = stack.config;
    if (pipelines === undefined) return stack;
    const config = {
      ...stack.config,
      [key("pipelines")]: changed(pipelines, (entry) =>
        entry["name"] === name
          ? {
              ...Object.fromEntries(Object.entries(entry).filter(([each]) => !OF_THE_OTHER.includes(each))),
              workload: kind,
            }
          : entry,
      ),
      ...(WORKLOADS[kind].platform && {
        [key("environments")]: changed(environments, (entry) => ({ platform: true, ...entry })),
      }),
    };
    return { ...stack, config };
  });
  return { ...folder, stacks };
}
