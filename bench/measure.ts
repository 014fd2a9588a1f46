import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "..");

/** One run of a command, from its start to its end. */
export interface Run {
  readonly seconds: number;
  /** Of all its Node.js processes together. */
  readonly cpuSeconds: number;
  /** Of the largest of them. */
  readonly megabytes: number;
}

export interface Command {
  /** Arguments of node. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command once. Throws when it fails: a run that did not do its work has no time. */
export async function measure({ args, env = {} }: Command): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-bench-"));
  const options = `${process.env["NODE_OPTIONS"] ?? ""} --require ${JSON.stringify(join(__dirname, "usage.cjs"))}`;
  try {
    const started = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env, NODE_OPTIONS: options, USAGE: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const [code] = (await once(child, "close")) as [number | null];
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}:\n${stderr || stdout}`);
    const used = readdirSync(folder).map(
      (name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Pick<Run, "megabytes" | "cpuSeconds">,
    );
    if (used.length === 0) throw new Error(`node ${args.join(" ")}: no process said what it took`);
    return {
      seconds,
      cpuSeconds: used.reduce((sum, each) => sum + each.cpuSeconds, 0),
      megabytes: Math.max(...used.map(({ megabytes }) => megabytes)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
