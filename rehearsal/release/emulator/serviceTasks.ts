import { join } from "node:path";
import type { Answer } from "./address";
import { balancer, type Rule } from "./balancer";
import type { Place, Running } from "./deployment";
import type { ServiceSettings } from "./serviceSettings";
import { Stopped } from "../stopped";
import { Task } from "./task";

/** The tasks of one service; one that has ended is replaced. */
export class ServiceTasks {
  readonly #tasks: Task[] = [];
  #next = 0;
  #closed = false;

  constructor(
    readonly settings: ServiceSettings,
    readonly place: Place,
  ) {}

  #start(): Task {
    const { container } = this.settings;
    const own = Object.entries(container.variables).map(([name, value]) => [name, this.place.here(value)]);
    const variables = Object.fromEntries(own) as Record<string, string>;
    const task = new Task({ ...container, variables }, this.log, this.place);
    this.#tasks.push(task);
    void task.ended.then(() => this.#tasks.splice(this.#tasks.indexOf(task), 1));
    return task;
  }

  get log(): string {
    return join(this.place.folder, `${this.settings.logicalId}.log`);
  }

  /** Throws Stopped where a task does not become healthy. */
  async start(): Promise<void> {
    const { count, breaker, logicalId } = this.settings;
    const tasks = Array.from({ length: count }, () => this.#start());
    const reasons = await Promise.all(tasks.map((task) => task.healthy()));
    const reason = reasons.find((each) => each !== undefined);
    if (reason !== undefined)
      throw new Stopped(
        `the tasks of ${logicalId} do not become healthy: ${reason}; ` +
          (breaker
            ? "the circuit breaker ends the deployment, and what ran before runs on"
            : "it has no DeploymentCircuitBreaker, so that CloudFormation would wait for hours"),
        `correct the service; its own output is in ${this.log}`,
      );
    tasks.forEach((task) => this.#watch(task));
  }

  #watch(task: Task): void {
    void task.ended.then(() => this.#replace());
  }

  #replace(): void {
    if (this.#closed) return;
    const task = this.#start();
    void task.healthy().then((reason) => (reason === undefined ? this.#watch(task) : undefined));
  }

  /** One after the other. */
  port(): number | undefined {
    const ports = this.#tasks.flatMap(({ running, port }) => (running && port !== undefined ? [port] : []));
    this.#next += 1;
    return ports[this.#next % Math.max(ports.length, 1)];
  }

  async end(how: "stop" | "close"): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#tasks.map((task) => task[how]()));
  }
}

/** The tasks of all services of a template, behind a load balancer. */
export class RunningServices implements Running {
  readonly ready: Promise<void>;
  readonly answer: Answer;
  /** Tasks ask for messages themselves. */
  readonly call = (): Promise<undefined> => Promise.resolve(undefined);

  constructor(
    readonly services: readonly ServiceTasks[],
    rules: readonly Rule[],
  ) {
    this.ready = Promise.all(services.map((each) => each.start())).then(() => undefined);
    this.answer = balancer(rules, (group) =>
      services.find(({ settings: { targetGroup } }) => targetGroup === group)?.port(),
    );
  }

  async retire(): Promise<void> {
    await Promise.all(this.services.map((each) => each.end("stop")));
  }

  async close(): Promise<void> {
    await Promise.all(this.services.map((each) => each.end("close")));
  }
}
