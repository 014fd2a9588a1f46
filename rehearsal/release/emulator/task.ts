import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./deployment";
import { tie } from "./processes";

/** A container as its task definition has it. */
export interface ContainerSettings {
  /** `api` */
  readonly name: string;
  /** Command line; its first word is Node. */
  readonly command: readonly string[];
  /** Working folder. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Port that the load balancer asks on. */
  readonly port: number;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopTimeout: number;
  readonly health: HealthCheck;
}

/** How the load balancer finds out whether a task is well. */
export interface HealthCheck {
  readonly path: string;
  /** Statuses of a healthy task. */
  readonly healthy: (status: number) => boolean;
  /** Answers in a row that make it healthy, and unhealthy. */
  readonly threshold: number;
  readonly unhealthyThreshold: number;
  /** Seconds from the start in which a bad answer does not count. */
  readonly grace: number;
}

/** What container.cjs says: where the service listens, or that it does nothing any more but listen. */
type Said = Listening | { readonly idle: true };

interface Listening {
  readonly port: number;
  /** Port of this machine. */
  readonly at: number;
  readonly loopback: boolean;
}

/** Least grace period, where a service has one, and least time to end: this machine may be slower than AWS's. */
const LEAST_SECONDS = 60;
/** Between two health checks. */
const INTERVAL_MILLISECONDS = 50;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, INTERVAL_MILLISECONDS));

/** One task: a process that runs its container's command. */
export class Task {
  readonly #child;
  readonly #kill;
  readonly #ports: Listening[] = [];
  #idle = false;
  readonly #started = performance.now();
  /** How its process ended; undefined while it runs. */
  #end: string | undefined;
  readonly ended: Promise<void>;

  constructor(
    readonly settings: ContainerSettings,
    log: string,
    readonly place: Pick<Place, "variables" | "patience">,
  ) {
    const output = openSync(log, "a");
    const [, ...words] = settings.command;
    this.#child = spawn(process.execPath, ["--require", join(__dirname, "container.cjs"), ...words], {
      cwd: settings.folder,
      env: { ...place.variables, ...settings.variables },
      detached: true,
      stdio: ["ignore", output, output, "ipc"],
    });
    closeSync(output);
    this.#kill = tie(this.#child);
    this.#child.on("message", (said: Said) => {
      if ("idle" in said) this.#idle = true;
      else this.#ports.push(said);
    });
    this.ended = new Promise((resolve) =>
      this.#child.once("exit", (code, signal) => {
        this.#end = signal ?? `exit code ${code}`;
        resolve();
      }),
    );
  }

  get running(): boolean {
    return this.#end === undefined;
  }

  /** Port of this machine; undefined while it does not listen where the load balancer asks. */
  get port(): number | undefined {
    return this.#ports.find(({ port, loopback }) => port === this.settings.port && !loopback)?.at;
  }

  /** Undefined when the load balancer finds it healthy, otherwise why it does not. */
  async healthy(): Promise<string | undefined> {
    const { path, threshold, unhealthyThreshold, grace } = this.settings.health;
    const age = (): number => (performance.now() - this.#started) / 1000;
    let [good, bad] = [0, 0];
    for (;;) {
      if (this.#end !== undefined) return `its process ended (${this.#end})`;
      if (this.port === undefined) {
        if (this.#idle || age() > this.place.patience) return this.#elsewhere();
      } else {
        const status = await this.#check(this.port);
        const well = typeof status === "number" && this.settings.health.healthy(status);
        [good, bad] = well ? [good + 1, 0] : [0, bad + 1];
        if (good >= threshold) return undefined;
        if (bad >= unhealthyThreshold && age() > (grace && Math.max(grace, LEAST_SECONDS)))
          return typeof status === "number"
            ? `GET ${path} is answered with ${status}`
            : `GET ${path} is not answered: ${status}`;
      }
      await pause();
    }
  }

  #elsewhere(): string {
    const { port } = this.settings;
    const there = this.#ports.map((each) => `${each.loopback ? "127.0.0.1:" : ""}${each.port}`).join(", ");
    return there
      ? `it listens on ${there}, and the load balancer asks on port ${port}`
      : `it does not listen on port ${port} within ${this.place.patience} seconds`;
  }

  async #check(port: number): Promise<number | string> {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${this.settings.health.path}`, {
        redirect: "manual",
        headers: { "user-agent": "ELB-HealthChecker/2.0", connection: "close" },
        signal: AbortSignal.timeout(this.place.patience * 1000),
      });
      await response.arrayBuffer();
      return response.status;
    } catch (error) {
      return error instanceof Error
        ? String((error.cause as Error | undefined)?.message ?? error.message)
        : "";
    }
  }

  /** As ECS ends it: what it has begun it may answer. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.#child.kill("SIGTERM");
    const seconds = Math.max(this.settings.stopTimeout, LEAST_SECONDS);
    const timer = setTimeout(this.#kill, seconds * 1000);
    await this.ended;
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.#kill();
    await this.ended;
  }
}
