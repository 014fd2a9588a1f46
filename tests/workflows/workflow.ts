/** Workflows, as GitHub reads them, and their scripts, run by bash with commands of the test's own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { parse } from "yaml";
import { folderWith } from "../folders";
import { ROOT } from "../rehearsal/sample";

export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly strategy?: unknown;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const textOf = (name: string): string => readFileSync(join(ROOT, ".github/workflows", name), "utf8");
export const stepsOf = ({ jobs }: Workflow): readonly Step[] =>
  Object.values(jobs).flatMap(({ steps }) => steps);

/** The workflow of previews. */
export const TEXT = textOf("preview.yml");
export const WORKFLOW = parse(TEXT) as Workflow;
export const STEPS = stepsOf(WORKFLOW);

/** What a script did. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
  /** Where it ran. */
  readonly at: string;
  /** Arguments of each command of the test's own, in order. */
  readonly calls: readonly string[];
}

/**
 * Runs the script of the step of that name in a new folder, which is also RUNNER_TEMP. Each of `commands` is the body
 * of a shell script in the way of the real command; `files` are there by their paths.
 */
export function run(
  name: string,
  env: Readonly<Record<string, string>>,
  commands: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  workflow: Workflow = WORKFLOW,
): Ran {
  const script = stepsOf(workflow).find((each) => each.name === name)?.run ?? assert.fail(`no step ${name}`);
  const at = folderWith({ "script.sh": script, calls: "" });
  const bin = join(at, "bin");
  mkdirSync(bin);
  for (const [command, body] of Object.entries(commands)) {
    writeFileSync(join(bin, command), `#!/bin/sh\necho "${command} $*" >> "$CALLS"\n${body}\n`);
    chmodSync(join(bin, command), 0o755);
  }
  mkdirSync(join(at, "previews"));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(at, dirname(file)), { recursive: true });
    writeFileSync(join(at, file), content);
  }
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "script.sh"],
    {
      cwd: at,
      encoding: "utf8",
      env: {
        PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
        CALLS: join(at, "calls"),
        RUNNER_TEMP: at,
        ...env,
      },
    },
  );
  const calls = readFileSync(join(at, "calls"), "utf8").split("\n").slice(0, -1);
  return { code: status, output: stdout + stderr, at, calls };
}
