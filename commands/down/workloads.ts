/** The CloudFormation stacks that the pipelines deployed: they go before the roles that can delete them. */
import {
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
  type StackResourceSummary,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { WORKLOAD_TAG, workloadName } from "../../components/names";
import { hasStack } from "../../components/stage";
import type { EnvironmentSettings } from "../../stacks/settings/model";
import { type Delivery, type Part, toolingOf } from "../delivery";
import type { State } from "../engine/engine";
import { messageOf, Refusal } from "../refusal";

type Client = Pick<CloudFormationClient, "send">;

/** Names of the stacks that pipelines may have deployed to an environment: as settings have it, and as it came up. */
export function workloadNames(
  delivery: Delivery,
  part: Part<EnvironmentSettings>,
  state: State | undefined,
): string[] {
  const { environment } = part.settings;
  const listed = (toolingOf(delivery, part)?.settings.pipelines ?? [])
    .filter(({ environments }) => environments.some((each) => each.name === environment && hasStack(each)))
    .map(({ id }) => workloadName(id, environment));
  const workloads = state?.outputs["workloads"] ?? {};
  const made = Object.values(workloads).flatMap((each: unknown) =>
    typeof each === "object" && each !== null && "stackName" in each ? [String(each.stackName)] : [],
  );
  return [...new Set([...made, ...listed])].sort();
}

/** The stack of this name or id; undefined where there is none. */
async function describe(client: Client, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    if (/does not exist/.test(messageOf(error))) return undefined;
    throw error;
  }
}

/** One that is there, and that this project's pipelines deployed. */
export interface Workload {
  readonly name: string;
  readonly id: string;
  /** Whether it has termination protection, as all that were deployed have. */
  readonly guarded: boolean;
}

/**
 * Those of these stacks that are there. Throws a Refusal for one that is somebody else's, or whose role is gone:
 * CloudFormation would delete it with a role that nobody can assume.
 */
export async function findWorkloads(
  client: Client,
  names: readonly string[],
  { project, stack, roleArns }: { project: string; stack: string; roleArns: readonly string[] },
): Promise<Workload[]> {
  const found = await Promise.all(names.map((name) => describe(client, name)));
  return found.flatMap((each) => {
    if (!each) return [];
    const { StackName: name = "", StackId: id = "", RoleARN: role, Tags = [] } = each;
    const tagged = Tags.some(({ Key, Value }) => Key === WORKLOAD_TAG && Value === name);
    if (!tagged || (role !== undefined && !role.endsWith(`/${project}-${name}-execution`))) {
      throw new Refusal(
        `${stack}: CloudFormation stack ${name} was not deployed by this project (role ${role ?? "none"}, ` +
          `${tagged ? "" : "no "}tag ${WORKLOAD_TAG}=${name}): delete or rename it yourself`,
      );
    }
    if (role !== undefined && !roleArns.includes(role)) {
      throw new Refusal(
        `${stack}: CloudFormation stack ${name} is still there, and ${role}, which it is deleted with, is not: ` +
          `npm run up -- ${stack}, then this again`,
      );
    }
    return [{ name, id, guarded: each.EnableTerminationProtection === true }];
  });
}

/** What is left of a stack that was deleted, by its template's own wish. */
export interface Retained {
  readonly type: string;
  readonly id: string;
}

async function resources(client: CloudFormationClient, id: string): Promise<StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: id })) {
    found.push(...(page.StackResourceSummaries ?? []));
  }
  return found;
}

/** How deleting is followed; `pause` throws when somebody does not want to wait any more. */
export interface Patience {
  readonly pause: () => Promise<void>;
  readonly tell: (phase: string) => void;
}

/** Deletes a stack, though it has termination protection, and waits for the end. Returns what its template retains. */
export async function deleteWorkload(
  client: CloudFormationClient,
  { name, id, guarded }: Workload,
  { pause, tell }: Patience,
): Promise<Retained[]> {
  const protection = { StackName: name, EnableTerminationProtection: false };
  if (guarded) await client.send(new UpdateTerminationProtectionCommand(protection));
  await client.send(new DeleteStackCommand({ StackName: name }));
  for (;;) {
    const stack = await describe(client, id);
    const status = stack?.StackStatus ?? "DELETE_COMPLETE";
    if (status === "DELETE_COMPLETE") break;
    if (status === "DELETE_FAILED") {
      const failed = (await resources(client, id)).filter(({ ResourceStatus }) => ResourceStatus === status);
      const reasons = failed.map(
        ({ LogicalResourceId, ResourceStatusReason = "" }) => `${LogicalResourceId}: ${ResourceStatusReason}`,
      );
      throw new Error(
        [`${name} cannot be deleted: ${stack?.StackStatusReason ?? status}`, ...reasons].join("\n  "),
      );
    }
    tell(status);
    await pause();
  }
  const kept = (await resources(client, id)).filter(
    // A function's versions go with it, whatever the template says.
    ({ ResourceStatus, ResourceType }) =>
      ResourceStatus === "DELETE_SKIPPED" && ResourceType !== "AWS::Lambda::Version",
  );
  return kept.map(({ ResourceType = "", PhysicalResourceId = "" }) => ({
    type: ResourceType,
    id: PhysicalResourceId,
  }));
}
