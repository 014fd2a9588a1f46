import { type Buildspec, PHASES, type PhaseName } from "./buildspec";
import type { Shell } from "./shell";

export interface PhaseResult {
  readonly phase: PhaseName;
  readonly status: "SUCCEEDED" | "FAILED";
  /** What CodeBuild says of it. */
  readonly message: string;
}

/** All commands until one fails, then those of `finally`, each. */
async function runPhase(shell: Shell, phase: NonNullable<Buildspec["phases"]["build"]>): Promise<string> {
  let message = "";
  const note = (command: string, code: number) => {
    message ||= `Error while executing command: ${command}. Reason: exit status ${code}`;
  };
  for (const command of phase.commands) {
    const code = await shell.run(command);
    if (code === 0) continue;
    note(command, code);
    break;
  }
  for (const command of phase.finally) {
    const code = await shell.run(command);
    if (code !== 0) note(command, code);
  }
  return message;
}

/**
 * The phases in their order: a failure ends the build, but after phase build post_build runs, unless it says ABORT.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export async function runPhases(shell: Shell, phases: Buildspec["phases"]): Promise<PhaseResult[]> {
  const results: PhaseResult[] = [];
  shell.set("CODEBUILD_BUILD_SUCCEEDING", "1");
  for (const name of PHASES) {
    const phase = phases[name];
    if (!phase) continue;
    shell.say(`Entering phase ${name.toUpperCase()}`);
    const message = await runPhase(shell, phase);
    const failed = message !== "";
    shell.say(`Phase complete: ${name.toUpperCase()} State: ${failed ? "FAILED" : "SUCCEEDED"}`);
    if (failed) shell.say(`Phase context status code: COMMAND_EXECUTION_ERROR Message: ${message}`);
    results.push({ phase: name, status: failed ? "FAILED" : "SUCCEEDED", message });
    if (!failed) continue;
    shell.set("CODEBUILD_BUILD_SUCCEEDING", "0");
    if (name !== "build" || phase["on-failure"] === "ABORT" || shell.killed) break;
  }
  return results;
}
