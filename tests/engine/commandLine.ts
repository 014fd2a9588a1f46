/** The Pulumi CLI itself, in a world's folder. */
import { type ChildProcess, spawn } from "node:child_process";
import type { World } from "./world";

export interface Ended {
  /** Exit code; null for a process that was killed. */
  readonly code: number | null;
  /** Everything it printed, in order, without colours. */
  readonly output: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `pulumi` with these arguments, as nobody at a terminal would. */
export function start(
  world: World,
  args: readonly string[],
  variables: Record<string, string> = {},
): Started {
  const process = spawn(
    "bash",
    ["-c", 'exec "$0" "$@" 2>&1', "pulumi", ...args, "--non-interactive", "--color=never"],
    {
      cwd: world.project,
      env: { ...globalThis.process.env, ...world.environment, ...variables },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true, // a group of its own: killed with the providers that it started, or without
    },
  );
  let output = "";
  process.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    process.once("error", reject);
    process.once("close", (code) => resolve({ code, output }));
  });
  return { process, ended };
}

export const pulumi = (world: World, ...args: string[]): Promise<Ended> => start(world, args).ended;
