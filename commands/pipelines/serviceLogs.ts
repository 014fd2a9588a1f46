/** `npm run logs -- --service`: what the service itself says, in an environment's account. */
import { type CloudFormationClient, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { workloadName } from "../../components/names";
import type { EnvironmentSettings, ReleasedEnvironment } from "../../stacks/settings/model";
import type { Delivery, Part } from "../delivery";
import { count, harmless } from "../format";
import { messageOf, Refusal } from "../refusal";
import { allowed } from "./denial";
import type { Desk } from "./desk";
import { type PipelinePlace, reach } from "./places";

/** How far back it begins, and between two looks at what is written just now, in milliseconds. */
const BACK = 60 * 60 * 1000;
const DISTANCE = 5000;
/** CloudWatch may tell of an event some time after it has its time stamp. */
const LATE = 60_000;
/** As much as people read of what there is already: the newest. */
const MOST = 200;

const GROUP = "AWS::Logs::LogGroup";

/** The log groups of the service's CloudFormation stack; a service whose template owns none has none here. */
async function groupsOf(client: CloudFormationClient, StackName: string): Promise<string[]> {
  const groups: string[] = [];
  try {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
      for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === GROUP && PhysicalResourceId !== undefined) groups.push(PhysicalResourceId);
  } catch (error) {
    if (/does not exist/.test(messageOf(error)))
      throw new Refusal(`CloudFormation stack ${StackName} is not there: nothing was released there so far`);
    throw error;
  }
  if (groups.length === 0)
    throw new Refusal(
      `CloudFormation stack ${StackName} has no log group (${GROUP}): its template declares none, so its logs are not found by it`,
    );
  return groups.sort();
}

/** A line of one of the groups. */
interface Line {
  readonly id: string;
  readonly at: number;
  readonly text: string;
}

const lineOf =
  (prefix: string) =>
  ({ eventId = "", timestamp = 0, message = "" }: FilteredLogEvent): Line => ({
    id: `${prefix} ${eventId}`,
    at: timestamp,
    text: `${new Date(timestamp).toISOString().slice(0, 19).replace("T", " ")} ${prefix}${message.trimEnd()}`,
  });

/** What was written since then, of all groups, in the order of its time. */
async function linesSince(
  client: CloudWatchLogsClient,
  groups: readonly string[],
  startTime: number,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const logGroupName of groups) {
    const prefix = groups.length > 1 ? `[${logGroupName.split("/").at(-1) ?? ""}] ` : "";
    const pages = paginateFilterLogEvents({ client }, { logGroupName, startTime });
    for await (const { events = [] } of pages) lines.push(...events.map(lineOf(prefix)));
  }
  return lines.sort((one, other) => one.at - other.at);
}

/** The stack file of an environment, whose credentials its account is asked with. */
function partOf(delivery: Delivery, environment: ReleasedEnvironment): Part<EnvironmentSettings> {
  const part = delivery.environments.find(({ settings }) => settings.environment === environment.name);
  if (!part)
    throw new Refusal(
      `environment ${environment.name} has no stack file, whose credentials its account is asked with`,
    );
  return part;
}

/** Prints what the service has said in the last hour and, where that is wanted, what it says from then on. Returns 0. */
export async function serviceLogs(
  desk: Desk,
  delivery: Delivery,
  { pipeline }: PipelinePlace,
  environment: ReleasedEnvironment,
  { follow, profile }: { readonly follow: boolean; readonly profile?: string },
): Promise<number> {
  const { ownersFunction, ownersService } = environment;
  if (ownersService)
    throw new Refusal(
      `service ${ownersService.name} of cluster ${ownersService.cluster} is another stack's, whose task definition says where it logs: ` +
        "ask its owner, then 'aws logs tail LOG-GROUP' there",
    );
  const part = partOf(delivery, environment);
  const place = await reach(desk.aws, part, profile);
  const name = workloadName(pipeline.id, environment.name);
  const { account } = part.settings.provider;
  const rights =
    `it takes cloudformation:ListStackResources and logs:FilterLogEvents in account ${account}: ` +
    "ask who administers it, or give --profile NAME (the project's own roles for people read no log of a service)";
  const groups = ownersFunction
    ? [`/aws/lambda/${ownersFunction.name}`] // unless its owner has it log elsewhere
    : await allowed(`look for the logs of ${name}`, rights, () =>
        groupsOf(desk.aws.cloudFormation(place), name),
      );
  const client = desk.aws.logs(place);
  const read = (since: number) =>
    allowed(`read the logs of ${name}`, rights, () => linesSince(client, groups, since));
  const begun = desk.now().getTime() - BACK;
  const first = await read(begun);
  const shown = first.slice(-MOST);
  desk.say(
    `${name} in account ${account}: ${groups.join(", ")}; ${count(shown.length, "line")} of the last hour` +
      (shown.length < first.length ? `, ${first.length - shown.length} earlier ones left out` : ""),
  );
  const told = new Set(first.map(({ id }) => id));
  shown.forEach(({ text }) => desk.say(harmless(text)));
  if (!follow) return 0;
  const patience = desk.patience();
  let newest = first.at(-1)?.at ?? begun;
  try {
    while (await patience.wait(DISTANCE)) {
      const lines = (await read(Math.max(begun, newest - LATE))).filter(({ id }) => !told.has(id));
      for (const { id, at, text } of lines) {
        told.add(id);
        newest = Math.max(newest, at);
        desk.say(harmless(text));
      }
    }
  } finally {
    patience.close();
  }
  return 0;
}
