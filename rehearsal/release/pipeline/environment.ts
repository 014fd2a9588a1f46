import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Address } from "../emulator/address";
import type { Running } from "../emulator/deployment";
import { EventServices } from "../emulator/events/server";
import { TableWrites } from "../emulator/events/tableWrites";
import { dnsSuffix } from "../../../components/names";
import { check, copyTo } from "./handover";
import { functionEnvironment } from "../emulator/processes";
import { type Plan, planRelease } from "./releasePlan";
import { exampleOf } from "../emulator/routes";
import type { Resources } from "../cloudformation/stack";
import { Stopped } from "../stopped";
import { TableStore } from "../emulator/tableStore";
import type { Target, Release } from "../model";

/** A request, and what was answered. */
export interface Exchange {
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

/**
 * No limit of AWS's is held here, such as a function's Timeout: this machine is not AWS's, and beside other work it may
 * be many times slower. What takes seconds at most, and has not ended after this many, does not end.
 */
const PATIENCE_SECONDS = 300;

interface Live {
  readonly plan: Plan;
  readonly running: Running;
}

/** One environment on this machine: an address, a store of its own, and what was released to it last. */
export class RehearsedEnvironment {
  #live: Live | undefined;
  #copies = 0;
  /** All that was started. */
  readonly #running = new Set<Running>();

  private constructor(
    readonly target: Target,
    readonly folder: string,
    readonly store: TableStore,
    readonly events: EventServices,
    readonly writes: TableWrites,
    readonly address: Address,
  ) {}

  static async open(target: Target, folder: string): Promise<RehearsedEnvironment> {
    mkdirSync(folder, { recursive: true });
    const store = await TableStore.listen(target.site.region);
    const events = await EventServices.listen();
    const writes = await TableWrites.listen(store, events.broker);
    return new RehearsedEnvironment(target, folder, store, events, writes, await Address.listen());
  }

  /** What runs here. */
  get live(): Plan | undefined {
    return this.#live?.plan;
  }

  /** What would change; a roll-back sets parameters of its own. Throws Stopped for what can't be deployed. */
  plan(release: Release, { rollback } = { rollback: false }): Plan {
    const copy = copyTo(join(this.folder, `release-${++this.#copies}`), release.handover);
    return planRelease(this.target, release, copy, this.#resources(), { rollback });
  }

  #resources = (): Resources => this.live?.evaluated.resources ?? new Map();

  /**
   * Puts a plan live: exactly what was planned, whose files are looked at once more. What ran before ends when the new
   * has started, and stays where it does not. Throws Stopped.
   */
  async deploy(plan: Plan): Promise<void> {
    check(plan.copy);
    const before = this.#resources();
    for (const { id, logicalId, properties } of plan.deployment.tables)
      if (before.get(logicalId)?.id !== id) await this.store.create(id, properties);
    const running = plan.deployment.start({
      folder: this.folder,
      variables: functionEnvironment({
        // Without streams nobody has to look at what is written.
        tables: plan.deployment.wiring?.streams.length ? this.writes.address.url : this.store.url,
        events: this.events.url,
        objects: this.events.objects.url,
      }),
      here: (value) => this.#here(plan, value),
      patience: PATIENCE_SECONDS,
    });
    this.#running.add(running);
    try {
      await running.ready;
    } catch (error) {
      await running.close();
      throw error;
    }
    const old = this.#live?.running;
    this.#live = { plan, running };
    this.address.use(running.answer);
    this.events.broker.use(plan.deployment.wiring, running.call);
    await old?.retire();
  }

  /** This machine's addresses in place of those that AWS would give the service and its queues. */
  #here = ({ deployment: { awsEndpoint } }: Plan, value: string): string => {
    const { region } = this.target.site;
    return value
      .replaceAll(awsEndpoint, this.address.url)
      .replaceAll(`https://sqs.${region}.${dnsSuffix(region)}`, this.events.url);
  };

  /** Has each schedule of what is live come once. */
  fire(): void {
    this.events.broker.fire();
  }

  /** What has reached what, once nothing is on its way any more. */
  async reached(): Promise<string[]> {
    await this.events.broker.settled();
    return this.events.broker.told();
  }

  /** Outputs of what is live. */
  outputs(plan: Plan): Record<string, string> {
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    const { outputs } = plan.evaluated;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, this.#here(plan, text(value))]),
    );
  }

  /** The service's address, from the template's output. Throws Stopped where it is not on this machine. */
  endpoint(plan: Plan): string {
    const endpoint = this.outputs(plan)["Endpoint"] ?? "";
    const { url } = this.address;
    if (endpoint === url || endpoint.startsWith(`${url}/`)) return endpoint;
    const { of, remedy } = plan.deployment.endpoint;
    throw new Stopped(
      `output Endpoint is ${endpoint}, which is not ${of}: nothing is sent there`,
      `${remedy}, then start again`,
    );
  }

  /** Asks what is live for the first thing that it can be asked without a body. */
  async ask(plan: Plan): Promise<Exchange> {
    const examples = plan.deployment.routes.map(exampleOf);
    const [method, path] = examples.find(([each]) => each === "GET") ?? examples[0] ?? ["GET", "/"];
    const response = await fetch(`${this.endpoint(plan).replace(/\/$/, "")}${path}`, { method });
    return { request: `${method} ${path}`, status: response.status, body: await response.text() };
  }

  /** Ends what runs here, also what is only starting. */
  async stopRunning(): Promise<void> {
    this.events.broker.close();
    await Promise.all([...this.#running].map((each) => each.close()));
  }

  /** Ends everything that is here. */
  async close(): Promise<void> {
    await this.address.close();
    await this.stopRunning();
    await this.events.close();
    await this.writes.close();
    await this.store.close();
  }
}
