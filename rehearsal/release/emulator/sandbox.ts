import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { tie } from "./processes";

export type Language = "node" | "python";

/** A function as its template has it. */
export interface FunctionSettings {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** `index.handler` */
  readonly handler: string;
  /** What runs it here. */
  readonly language: Language;
  /** MB */
  readonly memory: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** Where its process runs. */
export interface FunctionPlace {
  /** The bundle. */
  readonly folder: string;
  /** File that its output goes to. */
  readonly log: string;
  /** Variables besides the template's. */
  readonly variables: Readonly<Record<string, string>>;
  /** Seconds that it may take to start, and to answer. */
  readonly patience: number;
}

type Reply = {
  readonly ready?: true;
  readonly refused?: string;
  /** A module that Lambda has and this machine has not. */
  readonly lacks?: string | null;
  readonly id?: string;
  readonly result?: unknown;
};
/** Undefined where it crashed or took too long. */
export type Answer = { readonly result: unknown } | undefined;

/** What starts a handler, which comes after it. */
const COMMANDS: Readonly<Record<Language, (settings: FunctionSettings) => readonly [string, ...string[]]>> = {
  node: ({ memory }) => [process.execPath, `--max-old-space-size=${memory}`, join(__dirname, "runtime.cjs")],
  python: () => ["python3", join(__dirname, "runtime.py")],
};

/** One process that runs the handler. */
export class Sandbox {
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #child;
  readonly #stop;
  /** False once it has ended, or shall get no more events. */
  usable = true;
  readonly ended: Promise<void>;

  constructor(
    readonly settings: FunctionSettings,
    readonly place: FunctionPlace,
  ) {
    const log = openSync(place.log, "a");
    const [command, ...args] = COMMANDS[settings.language](settings);
    this.#child = spawn(command, [...args, settings.handler], {
      cwd: place.folder,
      env: { ...place.variables, ...settings.variables },
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    this.#stop = tie(this.#child);
    this.ended = new Promise((resolve) =>
      this.#child.once("exit", () => {
        this.usable = false;
        this.#waiting.forEach((answer) => answer(undefined));
        resolve();
      }),
    );
    this.#child.on("message", ({ id, ...reply }: Reply) => {
      if (id !== undefined) this.#waiting.get(id)?.("result" in reply ? { result: reply.result } : undefined);
    });
  }

  /** Module that Lambda has and this machine has not, where the handler is not loaded for want of it. */
  lacks: string | undefined;

  /** Undefined when the handler is loaded, otherwise why it is not. */
  async ready(): Promise<string | undefined> {
    const { patience } = this.place;
    let timer: NodeJS.Timeout | undefined;
    const reason = await new Promise<string | undefined>((resolve) => {
      this.#child.once("message", ({ ready, refused, lacks }: Reply) => {
        this.lacks = lacks ?? undefined;
        resolve(ready ? undefined : refused);
      });
      this.#child.once("exit", (code, signal) =>
        resolve(`its process ended at once (${signal ?? `exit code ${code}`})`),
      );
      timer = setTimeout(() => resolve(`it took more than ${patience} seconds`), patience * 1000);
    });
    clearTimeout(timer);
    if (reason !== undefined) await this.close();
    return reason;
  }

  async invoke(event: object): Promise<Answer> {
    const { name, arn, memory } = this.settings;
    const id = randomUUID();
    const milliseconds = this.place.patience * 1000;
    const context = {
      functionName: name,
      functionVersion: "$LATEST",
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memory),
      awsRequestId: id,
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: "rehearsal",
    };
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      timer = setTimeout(() => {
        this.usable = false;
        resolve(undefined);
      }, milliseconds);
      if (!this.usable) return resolve(undefined);
      this.#child.send(
        { id, event, context, deadline: Date.now() + milliseconds },
        (error) => error && resolve(undefined),
      );
    });
    clearTimeout(timer);
    this.#waiting.delete(id);
    // As Lambda does, what took too long is ended; others that it is answering may finish first.
    if (!this.usable && this.#waiting.size === 0) await this.close();
    return answer;
  }

  async close(): Promise<void> {
    this.usable = false;
    this.#stop();
    await this.ended;
  }
}
