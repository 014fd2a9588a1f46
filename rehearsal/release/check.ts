import { createInterface } from "node:readline/promises";
import type { Rehearsed } from "../record/record";
import { styleText } from "node:util";
import type { Folder } from "../record/stackFiles";
import { release } from "./pipeline/release";
import type { Answer, Question } from "./pipeline/releaseOptions";
import { fitted } from "../record/wrapped";
import type { Act3 } from "./report";
import { findService } from "./emulator/service";
import { Interrupted } from "./stopped";

export interface Act3Options {
  /** Folders that a pipeline's `directory` is looked for in. */
  readonly places: readonly string[];
  /** Folder of the service, in place of what settings say. */
  readonly app: string | undefined;
  /** Name of the pipeline; undefined for the first whose service is here. */
  readonly pipeline: string | undefined;
  /** Git commit, branch or tag that is live before. */
  readonly from: string | undefined;
  readonly yes: boolean;
  readonly reject: boolean;
  /** Whether the access check came to its end: it is made beside the build, and nothing reaches an environment before. */
  readonly permitted: Promise<boolean>;
  /** Leave the last environment running until a signal comes. */
  readonly serve: boolean;
  /** Folder that everything is written in. */
  readonly work: string;
  /** How a path is shown to people. */
  readonly shown: (path: string) => string;
}

/** Exit codes of a process that a signal ended. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const indented = (line: string, depth: number): string => fitted(`${"  ".repeat(depth)}${line}`);
const say = (line: string, depth: number): void => console.log(indented(line, depth));

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT")); // the terminal's own is off meanwhile
  try {
    const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    const answer = await Promise.race([terminal.question(question, { signal }), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

async function approve(question: Question, options: Act3Options, signal: AbortSignal): Promise<Answer> {
  if (options.reject) return { yes: false, how: "--reject" };
  if (options.yes) return { yes: true, how: "--yes" };
  if (!process.stdin.isTTY) return { yes: true, how: "no terminal to ask on" };
  const { environment, revision, bundle, summary } = question;
  say(
    `${revision === undefined ? "no commit" : `commit ${revision}`}, bundle SHA-256 ${bundle}: ${summary}`,
    2,
  );
  return { yes: await ask(`    Release to ${environment}? [y/N] `, signal), how: "asked" };
}

function hold(signal: AbortSignal): (url: string, examples: readonly string[]) => Promise<void> {
  return (url, examples) => {
    say(`${url} answers until Ctrl-C; for example:`, 1);
    examples.forEach((example) => say(example, 2));
    // Waiting for a signal alone keeps no process alive, but the API does.
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  };
}

/** How a release ended, in a few lines. */
export function conclusion({ stopped, notCovered, environments, from }: Act3): string[] {
  if (notCovered !== undefined) return [`  not covered from here: ${notCovered}`];
  if (!stopped)
    return [`  released: live in ${environments.map(({ environment }) => environment).join(", ")}`];
  const runs = environments.map(({ environment, state, bundle, marks }) => {
    const live =
      state === "failed" || state === "live"
        ? (bundle ?? marks[`live-${environment}`])
        : marks[`live-${environment}`];
    return `    ${environment}: ${state}; ${live === undefined ? "nothing is live" : `${live === from?.bundle ? "the release before" : "bundle"} ${live.slice(0, 12)} is live`}`;
  });
  return [
    styleText("red", `  stopped at ${stopped.at}: ${stopped.message}`),
    ...stopped.details.map((line) => `      ${line}`),
    `    next: ${stopped.next}`,
    ...runs,
  ];
}

const NOT_PERMITTED = "not released, since the access check stopped";

/**
 * Releases the service that settings, or `--app`, name. Text says why there was nothing to release. Throws
 * Interrupted, with everything ended, when a signal came.
 */
export async function act3(
  settings: Folder,
  record: Rehearsed,
  options: Act3Options,
): Promise<Act3 | string> {
  const service = findService(settings, options.places, options.app, options.pipeline);
  if (typeof service === "string") return service;
  const { pipeline, folder } = service;
  const environments = pipeline.environments.map(({ name }) => name).join(", ");
  // What the build says beside the access check comes after that check's own lines.
  let held: string[] | undefined = [];
  const sayInTurn = (line: string, depth: number): void =>
    held ? void held.push(indented(line, depth)) : say(line, depth);
  sayInTurn(`Release: pipeline ${pipeline.id.name} releases ${options.shown(folder)} to ${environments}`, 0);
  const controller = new AbortController();
  const { signal } = controller;
  const permitted = options.permitted.then((yes) => {
    if (yes) {
      held?.forEach((line) => console.log(line));
      held = undefined;
    } else controller.abort();
    return yes;
  });
  let code: number | undefined;
  const handlers = Object.entries(SIGNALS).map(([name, exitCode]) => {
    const handler = (): void => {
      code ??= exitCode;
      controller.abort();
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  try {
    const act = await release({
      ...service,
      record,
      service: folder,
      work: options.work,
      ...(options.from !== undefined && { from: options.from }),
      signal,
      until: permitted,
      say: sayInTurn,
      approve: (question) => approve(question, options, signal),
      ...(options.serve && { hold: hold(signal) }),
    });
    if (!(await permitted)) return NOT_PERMITTED;
    conclusion(act).forEach((line) => console.log(fitted(line)));
    return act;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    if (code === undefined && !(await permitted)) return NOT_PERMITTED;
    throw new Interrupted(code);
  } finally {
    handlers.forEach(([name, handler]) => process.off(name, handler));
  }
}
