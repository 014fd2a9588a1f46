/** The CloudFormation stacks of branches: nobody knows their names beforehand, so they are looked for. */
import { type CloudFormationClient, paginateListStacks, StackStatus } from "@aws-sdk/client-cloudformation";
import { branchName } from "../../components/names";
import type { EnvironmentSettings } from "../../stacks/settings/model";
import { type Delivery, type Part, toolingOf } from "../delivery";
import type { State } from "../engine/engine";

/** What the names of an environment's branches begin with: as settings have it, and as it came up. */
function prefixes(delivery: Delivery, part: Part<EnvironmentSettings>, state: State | undefined): string[] {
  const { environment } = part.settings;
  const listed = (toolingOf(delivery, part)?.settings.pipelines ?? [])
    .filter(({ branches }) => branches?.environment === environment)
    .map(({ id }) => branchName(id, ""));
  const made = Object.values(state?.outputs["branches"] ?? {}).flatMap((each: unknown) =>
    typeof each === "object" && each !== null && "stackNames" in each
      ? [String(each.stackNames).replace(/\*$/, "")]
      : [],
  );
  return [...new Set([...made, ...listed])];
}

/** Names of the branches' stacks that there are; AWS is not asked where there can be none. */
export async function branchStacks(
  client: CloudFormationClient,
  delivery: Delivery,
  part: Part<EnvironmentSettings>,
  state: State | undefined,
): Promise<string[]> {
  const begins = prefixes(delivery, part, state);
  if (begins.length === 0) return [];
  const StackStatusFilter = Object.values(StackStatus).filter((status) => status !== "DELETE_COMPLETE");
  const names: string[] = [];
  for await (const { StackSummaries = [] } of paginateListStacks({ client }, { StackStatusFilter })) {
    names.push(...StackSummaries.map(({ StackName = "" }) => StackName));
  }
  return names
    .filter((name) =>
      begins.some((prefix) => name.startsWith(prefix) && /^[0-9a-f]{8}$/.test(name.slice(prefix.length))),
    )
    .sort();
}
