import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { run, tail } from "../command";
import { Stopped } from "../stopped";
import type { Packed, Packing } from "./packaging";

/** The commands of the build job, as CodeBuild gets them. */
const JOBS = resolve(__dirname, "../../../components/jobs/scripts");

/** What a script of the build job needs, tried by what it does. */
const TOOLS = {
  bash: "shopt -s inherit_errexit",
  "GNU find, touch and xargs": "for tool in find touch xargs; do $tool --version | grep -q GNU; done",
  zip: "command -v zip",
  jq: "command -v jq",
} as const;
/** What npm says without its registry. */
const OFFLINE = /^npm (error|ERR!).*\b(ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT)\b/;

export type Tool = keyof typeof TOOLS;

/** Those of some tools that this machine does not have. */
export async function missingTools(
  tools: readonly Tool[],
  { copy, log, signal }: Pick<Packing, "copy" | "log" | "signal">,
): Promise<Tool[]> {
  const missing: Tool[] = [];
  for (const tool of tools) {
    const words = ["bash", "-c", `set -e; ${TOOLS[tool]}`] as const;
    const there = await run({ words, folder: copy, log: log("tools"), signal }).catch((error: unknown) => {
      if (error instanceof Stopped) return { failed: true };
      throw error;
    });
    if (there.failed) missing.push(tool);
  }
  return missing;
}

/**
 * Has a script of the build job make the code, with the very functions that Build calls; returns the digest that it
 * hands on. Throws Stopped with what it says where it fails.
 */
export async function runJobScript(
  file: "serverless.sh" | "zip.sh",
  functions: readonly string[],
  packing: Packing,
  variables: Readonly<Record<string, string>>,
): Promise<Packed> {
  const { copy, release, log, signal } = packing;
  const result = log("digest");
  // Its own, since a job that is killed leaves its folder.
  const temporary = join(dirname(result), "tmp");
  mkdirSync(temporary, { recursive: true });
  const commands = [
    `source "$JOBS/common.sh"`,
    `source "$JOBS/delivery.sh"`,
    `source "$JOBS/steps.sh"`,
    `source "$JOBS/${file}"`,
    ...functions,
    "need CODE_DIGEST",
    `printf %s "$CODE_DIGEST" > "$RESULT"`,
  ].join("\n");
  const { failed, how, seconds } = await run({
    words: ["bash", "-c", commands],
    folder: copy,
    log: log("code"),
    signal,
    variables: { ...variables, JOBS, RESULT: result, TMPDIR: temporary, release },
  });
  if (failed || !existsSync(result)) {
    const lines = tail(log("code"));
    const offline = lines.some((line) => OFFLINE.test(line));
    throw new Stopped(
      `${file} of the build job failed (${how}): nothing was released` +
        (offline ? "; npm can't reach the packages that the service needs to be packaged" : ""),
      offline
        ? `start again with a network, or when npm has them in its cache; all of the output is in ${log("code")}`
        : `correct the service, then start again; all of the output is in ${log("code")}`,
      lines,
    );
  }
  const bundle = readFileSync(result, "utf8").replace(/^sha256:/, "");
  return { bundle, how: `${file}: SHA-256 ${bundle}, ${seconds.toFixed(1)} s`, notShown: [] };
}
