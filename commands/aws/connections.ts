/** Connections to GitHub and others: each works only once a person has authorised it. */
import { type CodeStarConnectionsClient, GetConnectionCommand } from "@aws-sdk/client-codestar-connections";
import { partition } from "../../components/names";
import type { ToolingSettings } from "../../stacks/settings/model";
import type { Part } from "../delivery";
import type { State } from "../engine/engine";

const TYPES = ["aws:codeconnections/connection:Connection", "aws:codestarconnections/connection:Connection"];
/** Status of a connection that a person has authorised. */
export const AVAILABLE = "AVAILABLE";

/** ARNs of the connections that a tooling stack's pipelines use: those in settings, and those that it made. */
export function connectionsOf({ settings }: Part<ToolingSettings>, state: State | undefined): string[] {
  const given = settings.pipelines.flatMap(({ source }) =>
    "connection" in source ? [source.connection] : [],
  );
  const made = (state?.resources ?? [])
    .filter(({ type }) => TYPES.includes(type))
    .map(({ outputs }) => String(outputs["arn"]));
  return [...new Set([...given, ...made])];
}

/** `PENDING`, `AVAILABLE` or `ERROR`. */
export async function connectionStatus(
  client: Pick<CodeStarConnectionsClient, "send">,
  ConnectionArn: string,
): Promise<string> {
  const { Connection } = await client.send(new GetConnectionCommand({ ConnectionArn }));
  return Connection?.ConnectionStatus ?? "unknown";
}

const CONSOLES: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** The console of a Region. */
export const consoleOf = (region: string): string => `https://${region}.${CONSOLES[partition(region)] ?? ""}`;

/** What a person does who authorises a connection: in the account that has it, which may share it with tooling's. */
export function authorising(connection: string, { scope }: ToolingSettings): string {
  const page = `open ${consoleOf(scope.region)}/codesuite/settings/connections?region=${scope.region} and choose Update pending connection`;
  const [, , , , owner = ""] = connection.split(":");
  return owner === scope.toolingAccount ? page : `in account ${owner}, which shares it, ${page}`;
}
