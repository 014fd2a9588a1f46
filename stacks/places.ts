/** Where a pipeline's workload is deployed: what its policies there are measured and counted by. Pure. */
import { branchName, BRANCHES, SESSION_BRANCH } from "../components/names";
import { type WorkloadSite, workloadSiteOf } from "../components/workloads/workload";
import type { Pipeline, ToolingSettings } from "./settings/model";

type Placed = Pick<Pipeline, "id" | "environments" | "branches">;

/** In one environment. */
export const placeIn = (
  { scope }: Pick<ToolingSettings, "scope">,
  { id }: Pick<Pipeline, "id">,
  { name, account }: { readonly name: string; readonly account: string },
): WorkloadSite => workloadSiteOf({ scope, account, pipeline: id, environment: name });

/** In an account that has the stacks of its branches. */
export const placeOfBranches = (
  settings: Pick<ToolingSettings, "scope">,
  { id }: Pick<Pipeline, "id">,
  account: string,
): WorkloadSite => ({
  ...placeIn(settings, { id }, { name: BRANCHES, account }),
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
    .map(({ account }) => placeOfBranches(settings, pipeline, account)),
];
