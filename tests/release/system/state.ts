/** What is true in the end, as an administrator sees it. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeStacksCommand, ListChangeSetsCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { bucketOf, type System } from "./system";

export async function stackOf(system: System, account: string, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await system.aws
      .cloudFormation(account)
      .send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    if (/does not exist/.test(String(error))) return undefined;
    throw error;
  }
}

/** `UPDATE_COMPLETE <run>`: a stack's status, and whose release it has. */
export async function live(system: System, account: string, name: string): Promise<string> {
  const stack = await stackOf(system, account, name);
  const release = stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === "Release")?.ParameterValue;
  return stack ? `${stack.StackStatus} ${release}` : "none";
}

/** Names of change sets that could still be executed. */
export async function changeSets(system: System, account: string, name: string): Promise<string[]> {
  if (!(await stackOf(system, account, name))) return [];
  const { Summaries = [] } = await system.aws
    .cloudFormation(account)
    .send(new ListChangeSetsCommand({ StackName: name }));
  return Summaries.filter(({ ExecutionStatus }) => ExecutionStatus === "AVAILABLE").map(
    ({ ChangeSetName = "" }) => ChangeSetName,
  );
}

interface Recorded {
  readonly commit: string;
  readonly codeDigest: string;
  readonly releaseSha256: string;
  readonly run: string;
}

/** What Promote has recorded of an environment, newest first. */
export async function recorded(
  system: System,
  pipeline: string,
  environment: string,
): Promise<readonly Recorded[]> {
  const key = `kept/${pipeline}/environments/${environment}.json`;
  const found = await system.aws.objects.get(bucketOf(system), key);
  return found ? (JSON.parse(found.toString()) as { releases: Recorded[] }).releases : [];
}

const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");

/** What is wrong with the files of a kept release: each must be what its list of sums says, and the list what the record says. */
export async function keptProblems(system: System, pipeline: string, release: Recorded): Promise<string[]> {
  const { objects } = system.aws;
  const [bucket, folder] = [bucketOf(system), `kept/${pipeline}/${release.commit}/`];
  const sums = await objects.get(bucket, `${folder}SHA256SUMS`);
  if (!sums) return [`${folder} has no SHA256SUMS`];
  const problems = sha256(sums) === release.releaseSha256 ? [] : [`${folder}SHA256SUMS is another's`];
  const listed = new Map(
    sums
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const there = (await objects.list(bucket, folder)).map((key) => key.slice(folder.length));
  for (const name of there.filter((each) => each !== "SHA256SUMS" && !listed.has(each)))
    problems.push(`${folder}${name} is not listed`);
  for (const [name, sum] of listed) {
    const body = await objects.get(bucket, folder + name);
    if (!body || sha256(body) !== sum) problems.push(`${folder}${name} is not what the list says`);
  }
  if (listed.size === 0) problems.push(`${folder} lists nothing`);
  return problems;
}

/** What AWS's keys and signatures look like, and a registry's login. */
const CREDENTIALS =
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b|X-Amz-(Signature|Security-Token)=|aws_secret_access_key|"auth": *"[^"]+"/i;

/** Credentials in texts, by file: each that was handed out, and what looks like one. */
export function credentialsIn(texts: Readonly<Record<string, string>>, secrets: readonly string[]): string[] {
  return Object.entries(texts).flatMap(([name, text]) => [
    ...secrets.filter((each) => each.length > 8 && text.includes(each)).map(() => `${name} holds a secret`),
    ...(CREDENTIALS.test(text) ? [`${name} holds what looks like a credential`] : []),
  ]);
}

/** The logs of all builds. */
export const logsOf = ({ logs }: System): Record<string, string> =>
  Object.fromEntries(
    readdirSync(logs)
      .filter((name) => name.endsWith(".log"))
      .map((name) => [name, readFileSync(join(logs, name), "utf8")]),
  );
