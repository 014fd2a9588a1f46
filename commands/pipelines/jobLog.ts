/** Logs of the jobs, in tooling's account. */
import { type CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { messageOf } from "../refusal";
import { printable } from "../format";

/** Where CodeBuild writes what a build says. */
const placeOf = (build: string) => {
  const [job = "", stream = ""] = build.split(":");
  return { logGroupName: `/aws/codebuild/${job}`, logStreamName: stream };
};

/** Lines that came after `token`, and the token for those that come after them; of a log that is not begun none. */
export async function readLog(
  client: CloudWatchLogsClient,
  build: string,
  token?: string,
): Promise<{ lines: string[]; token: string | undefined }> {
  const lines: string[] = [];
  let nextToken = token;
  for (;;) {
    try {
      const { events = [], nextForwardToken } = await client.send(
        new GetLogEventsCommand({
          ...placeOf(build),
          startFromHead: true,
          ...(nextToken !== undefined && { nextToken }),
        }),
      );
      lines.push(...events.map(({ message = "" }) => message.replace(/\n$/, "")));
      // The same token again means that this is the end for now.
      if (nextForwardToken === undefined || nextForwardToken === nextToken)
        return { lines, token: nextToken };
      nextToken = nextForwardToken;
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException")
        return { lines, token: nextToken };
      throw error;
    }
  }
}

/** As many of a job's last lines as one call gives. */
const END = 10_000;

/** The job's own last `error: ` line; undefined where it has none, or where its log may not be read. */
export async function errorLine(client: CloudWatchLogsClient, build: string): Promise<string | undefined> {
  try {
    const { events = [] } = await client.send(new GetLogEventsCommand({ ...placeOf(build), limit: END }));
    const [line] = events
      .map(({ message = "" }) => message)
      .filter((message) => message.startsWith("error: "))
      .slice(-1);
    return line === undefined ? undefined : printable(line);
  } catch (error) {
    return /AccessDenied/.test(error instanceof Error ? error.name : messageOf(error))
      ? "(its log may not be read with these rights)"
      : undefined;
  }
}
