/** Where a pipeline's workload is deployed: what its policies there are measured and counted by. Pure. */
import { branchName, BRANCHES, inRegion, SESSION_BRANCH } from "../components/names";
import type { PipelineEnvironment } from "../components/stage";
import { type WorkloadSite, workloadSiteOf } from "../components/workloads/workload";
import type { Pipeline, ToolingSettings } from "./settings/model";

type Place = Pick<PipelineEnvironment, "name" | "account" | "region" | "functionNetwork">;
type Placed = Pick<Pipeline, "id" | "environments" | "branches">;

/** In one environment. */
export const placeIn = (
  { scope }: Pick<ToolingSettings, "scope">,
  { id }: Pick<Pipeline, "id">,
  place: Place,
): WorkloadSite =>
  workloadSiteOf({
    ...place,
    scope: inRegion(scope, place.region),
    pipeline: id,
    environment: place.name,
  });

/** The environment that has the stacks of its branches: as the pipeline itself releases to it, if it does. */
export const environmentOfBranches = (
  { environments: all }: Pick<ToolingSettings, "environments">,
  { environments, branches }: Placed,
) => [...environments, ...all].find(({ name }) => name === branches?.environment);

/** In an account that has the stacks of its branches. */
export const placeOfBranches = (
  settings: Pick<ToolingSettings, "scope">,
  { id }: Pick<Pipeline, "id">,
  place: Place,
): WorkloadSite => ({
  ...placeIn(settings, { id }, { ...place, name: BRANCHES }),
  host: place.name,
  name: branchName(id, SESSION_BRANCH),
});

/** In all of them. */
export const places = (
  settings: Pick<ToolingSettings, "scope" | "environments">,
  pipeline: Placed,
): WorkloadSite[] => [
  ...pipeline.environments.map((each) => placeIn(settings, pipeline, each)),
  ...settings.environments
    .filter(({ name }) => name === pipeline.branches?.environment)
    .map((each) => placeOfBranches(settings, pipeline, each)),
];
