import type { ChildProcess } from "node:child_process";
import { devNull } from "node:os";

/** Process groups that are running for the rehearsal. */
const groups = new Set<number>();

function end(group: number): void {
  try {
    process.kill(-group, "SIGKILL"); // what the process started goes with it
  } catch {
    // it has ended by itself
  }
}

const endAll = (): void => groups.forEach(end);

/**
 * Sees to it that a child ends with this process, and with it all that it started. It must lead a group of its
 * own (`detached`). Returns what ends it at once.
 */
export function tie(child: ChildProcess): () => void {
  const { pid } = child;
  if (pid === undefined) return () => undefined;
  if (groups.size === 0) process.once("exit", endAll);
  groups.add(pid);
  const stop = (): void => {
    end(pid);
    groups.delete(pid);
    if (groups.size === 0) process.off("exit", endAll);
  };
  child.once("exit", stop); // what it left behind
  return stop;
}

/** Settings of this machine that npm needs to reach its registry, or to do without. */
const NPM =
  /^npm_config_(registry|cache|userconfig|offline|prefer_offline|proxy|https_proxy|noproxy|cafile|strict_ssl)$/i;
const MACHINE =
  /^(path|home|user|logname|shell|lang|lc_all|tmpdir|temp|tmp|tz|systemroot|comspec|pathext|appdata|localappdata|userprofile|(https?|no)_proxy|node_extra_ca_certs)$/i;

/** What a child is told of this process's environment: nothing of AWS's, of npm's run or of Node's options. */
export const cleanEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && (MACHINE.test(name) || NPM.test(name)) ? [[name, value]] : [],
    ),
  );

/** Nothing listens here: a call to any other service of AWS's fails at once, on this machine. */
const NOWHERE = "http://127.0.0.1:1";

/** Addresses of what stands for AWS's services. */
export interface StandIns {
  readonly tables: string;
  /** Queues, topics and buses. */
  readonly events: string;
  /** Buckets. */
  readonly objects: string;
}

/** Variables of every function besides its template's: what stands for its tables, buckets, queues and events, and no way to AWS. */
export const functionEnvironment = ({ tables, events, objects }: StandIns): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(cleanEnvironment()).filter(([name]) => /^(path|systemroot|temp|tmp|tmpdir)$/i.test(name)),
  ),
  AWS_ACCESS_KEY_ID: "rehearsal",
  AWS_SECRET_ACCESS_KEY: "rehearsal",
  AWS_ENDPOINT_URL: NOWHERE,
  AWS_ENDPOINT_URL_DYNAMODB: tables,
  AWS_ENDPOINT_URL_S3: objects,
  AWS_ENDPOINT_URL_SQS: events,
  AWS_ENDPOINT_URL_SNS: events,
  AWS_ENDPOINT_URL_EVENTBRIDGE: events,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  LANG: "en_US.UTF-8",
  TZ: ":UTC",
});
