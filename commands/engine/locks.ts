/** Who holds a stack: an update that is running, or one that was killed. */
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { fromIni, fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** From what the CLI says of a stack that another holds: `alice@host (pid 42) since 2026-…`; undefined for anything else. */
export function lockHolder(message: string): string | undefined {
  if (/\[409\] Conflict: Another update is currently in progress/.test(message)) {
    return "another update (Pulumi Cloud's page of the stack says whose)";
  }
  if (!message.includes("the stack is currently locked by")) return undefined;
  const holders = [...message.matchAll(/created by (\S+ \(pid \d+\)) at (\S+)/g)];
  return holders.map(([, who, when]) => `${who} since ${when}`).join(", ") || "another update";
}

const lock = z.object({ pid: z.number(), username: z.string(), hostname: z.string(), timestamp: z.string() });

/** What a lock file says. */
export function holderIn(content: string): string {
  const { pid, username, hostname, timestamp } = lock.parse(JSON.parse(content));
  return `${username}@${hostname} (pid ${pid}) since ${timestamp.replace(/\.\d+/, "")}`;
}

/** Where a backend that is a folder or a bucket keeps the locks of a stack. */
const folderOf = (project: string, stack: string) => `.pulumi/locks/organization/${project}/${stack}`;

/** Contents of the lock files in a folder. */
function locksInFolder(root: string, folder: string): string[] {
  const path = join(root.replace(/^~(?=$|\/)/, homedir()), folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => file.endsWith(".json"))
    .map((file) => readFileSync(join(path, file), "utf8"));
}

/** Contents of the lock files in a bucket. */
export async function locksInBucket(client: S3Client, Bucket: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: `${folder}/` })) {
    for (const { Key = "" } of Contents.filter(({ Key }) => Key?.endsWith(".json"))) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      found.push((await Body?.transformToString()) ?? "");
    }
  }
  return found;
}

/** Client for an S3 backend's URL, as its query has it. */
function backendClient(query: URLSearchParams): S3Client {
  const region = query.get("region");
  const endpoint = query.get("endpoint");
  const profile = query.get("profile");
  return new S3Client({
    credentials: profile === null ? fromNodeProviderChain() : fromIni({ profile }),
    forcePathStyle: query.get("s3ForcePathStyle") === "true",
    followRegionRedirects: true,
    ...(region !== null && { region }),
    ...(endpoint !== null && { endpoint: /^https?:/.test(endpoint) ? endpoint : `https://${endpoint}` }),
  });
}

/** Holders of a stack, where the backend is a folder or an S3 bucket; undefined where locks cannot be looked up. */
export async function lockHolders(
  url: string,
  project: string,
  stack: string,
): Promise<string[] | undefined> {
  const [, scheme, rest = "", query = ""] = /^(file|s3):\/\/([^?]*)\??(.*)$/.exec(url) ?? [];
  const folder = folderOf(project, stack);
  if (scheme === "file") return locksInFolder(rest, folder).map(holderIn);
  if (scheme !== "s3") return undefined;
  const [bucket = "", ...prefix] = rest.split("/").filter((part) => part !== "");
  const client = backendClient(new URLSearchParams(query));
  return (await locksInBucket(client, bucket, [...prefix, folder].join("/"))).map(holderIn);
}
