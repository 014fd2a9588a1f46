/**
 * Whether pushes start a pipeline whose source is behind a connection, and what makes them.
 *
 * "You must provide the connection ARN of a connection that has already gone through the installation handshake.
 * Otherwise, the pipeline is not triggered" (CodePipeline user guide, CodeStarSourceConnection). A pipeline that was saved
 * while its connection was PENDING hears of no push, not even once a person has authorised it (pulumi/pulumi-aws#2167).
 * So it is saved again, as it is. That stops its runs and leaves CodePipeline nothing to roll back to, so it is done once, and
 * never during a run. AWS tells neither when a connection was authorised nor what a trigger hears of. What is known:
 * - a run that a push has started, and a first run that has fetched its source: the connection worked when the pipeline was
 *   made;
 * - a tag of the pipeline with the connection for which it was saved again. Everybody sees it who works with the stack, it
 *   goes with the pipeline, another connection makes it void, and the stack's provider leaves it alone (stacks/account.ts).
 */
import {
  type CodePipelineClient,
  GetPipelineCommand,
  ListTagsForResourceCommand,
  paginateListPipelineExecutions,
  type PipelineExecutionSummary,
  PipelineNotFoundException,
  TagResourceCommand,
  UpdatePipelineCommand,
} from "@aws-sdk/client-codepipeline";
import { CONNECTION_TAG } from "../../components/names";

/** A pipeline that has its source behind a connection. */
export interface Connected {
  readonly pipeline: string;
  readonly pipelineArn: string;
  /** When it was saved last. */
  readonly updated: Date;
  readonly connection: string;
}

/** What AWS has under this name; undefined where it is not there, or where its source is behind no connection. */
export async function connectedPipeline(
  client: CodePipelineClient,
  pipeline: string,
): Promise<Connected | undefined> {
  try {
    const answer = await client.send(new GetPipelineCommand({ name: pipeline }));
    const actions = (answer.pipeline?.stages ?? []).flatMap(({ actions = [] }) => actions);
    const source = actions.find(({ actionTypeId }) => actionTypeId?.provider === "CodeStarSourceConnection");
    const connection = source?.configuration?.["ConnectionArn"];
    const { pipelineArn = "", updated = new Date(0) } = answer.metadata ?? {};
    return connection === undefined ? undefined : { pipeline, pipelineArn, updated, connection };
  } catch (error) {
    if (error instanceof PipelineNotFoundException) return undefined;
    throw error;
  }
}

/** The tag's value while a pipeline is being saved. */
const SAVING = "saving";

async function remembered(client: CodePipelineClient, resourceArn: string): Promise<string | undefined> {
  // A page of 100 has all: a resource has 50 tags at most.
  const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn, maxResults: 100 }));
  return tags.find(({ key }) => key === CONNECTION_TAG)?.value;
}

const remember = (client: CodePipelineClient, resourceArn: string, value: string) =>
  client.send(new TagResourceCommand({ resourceArn, tags: [{ key: CONNECTION_TAG, value }] }));

/** Whether this run shows that the connection worked when the pipeline was made, or that its trigger works. */
const proves = ({ trigger, sourceRevisions = [] }: PipelineExecutionSummary): boolean =>
  trigger?.triggerType === "WebhookV2" ||
  trigger?.triggerType === "Webhook" ||
  (trigger?.triggerType === "CreatePipeline" && sourceRevisions.length > 0);

const underWay = ({ status }: PipelineExecutionSummary): boolean =>
  status === "InProgress" || status === "Stopping";

/** Saves a pipeline as it is: `metadata`, which UpdatePipeline does not take, is apart from what GetPipeline calls so. */
export async function saveAgain(client: CodePipelineClient, name: string): Promise<void> {
  const { pipeline } = await client.send(new GetPipelineCommand({ name })); // at once before, so that nothing comes between
  await client.send(new UpdatePipelineCommand({ pipeline }));
}

/** Known to be started by pushes; saved again just now; or not saved, since this run is under way. */
export type Pushes =
  { readonly state: "known" | "saved" } | { readonly state: "running"; readonly run: string };

/** Sees to it that pushes start a pipeline whose connection is authorised. */
export async function seeToPushes(
  client: CodePipelineClient,
  { pipeline, pipelineArn, updated, connection }: Connected,
): Promise<Pushes> {
  const tag = await remembered(client, pipelineArn);
  if (tag === connection) return { state: "known" };
  // Earlier runs of a pipeline that was saved again for another connection tell nothing of this one.
  const since = tag === undefined ? new Date(0) : updated;
  const runs: PipelineExecutionSummary[] = [];
  for await (const page of paginateListPipelineExecutions({ client }, { pipelineName: pipeline })) {
    runs.push(...(page.pipelineExecutionSummaries ?? []));
    if (runs.some((run) => proves(run) && (run.startTime ?? since) > since)) {
      // Those who may not write it down only look the runs up again the next time.
      await remember(client, pipelineArn, connection).catch(() => undefined);
      return { state: "known" };
    }
  }
  const running = runs.find(underWay);
  if (running) return { state: "running", run: running.pipelineExecutionId ?? "" };
  // First this, so that nobody saves it who cannot write that down, and would save it each time.
  await remember(client, pipelineArn, SAVING);
  await saveAgain(client, pipeline);
  await remember(client, pipelineArn, connection);
  return { state: "saved" };
}
