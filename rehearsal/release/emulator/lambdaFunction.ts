import { type Answer, type FunctionPlace, type FunctionSettings, Sandbox } from "./sandbox";
import { NotCovered, Stopped } from "../stopped";

/** A function that answers events, in a process that is started again when it has ended. */
export class LambdaFunction {
  #current: Promise<Sandbox> | undefined;
  /** All that were started: one that took too long may still be answering others. */
  readonly #all = new Set<Sandbox>();

  constructor(
    readonly settings: FunctionSettings,
    readonly place: FunctionPlace,
  ) {}

  /** Throws Stopped where the bundle does not start. */
  async start(): Promise<void> {
    await (this.#current ??= this.#begin());
  }

  async #begin(): Promise<Sandbox> {
    const sandbox = new Sandbox(this.settings, this.place);
    this.#all.add(sandbox);
    const reason = await sandbox.ready();
    if (reason === undefined) return sandbox;
    const { handler } = this.settings;
    if (sandbox.lacks !== undefined)
      throw new NotCovered(
        `handler ${handler} needs ${sandbox.lacks}, which Lambda's Python has, and neither the bundle nor this machine's`,
      );
    throw new Stopped(
      `the bundle does not start (handler ${handler}): ${reason}`,
      `correct the service; its own output is in ${this.place.log}`,
    );
  }

  /** Undefined where it crashed, took too long or does not start any more. */
  async invoke(event: object): Promise<Answer> {
    const current = (this.#current ??= this.#begin());
    const sandbox = await current.catch(() => undefined);
    if (sandbox?.usable) return sandbox.invoke(event);
    if (this.#current === current) this.#current = undefined;
    return sandbox ? this.invoke(event) : undefined;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((sandbox) => sandbox.close()));
  }
}
