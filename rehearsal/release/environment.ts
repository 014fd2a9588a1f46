import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { check, copyTo } from "./handover";
import { HttpApi } from "./httpApi";
import { LambdaFunction } from "./lambdaFunction";
import type { Parameters } from "./parameters";
import type { Site } from "./physicalNames";
import { functionEnvironment } from "./processes";
import { type Plan, planRelease, type Release } from "./releasePlan";
import { exampleOf } from "./routes";
import type { Resources } from "./stack";
import { Stopped } from "./stopped";
import { TableStore } from "./tableStore";

/** A request, and what was answered. */
export interface Exchange {
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

interface Live {
  readonly plan: Plan;
  readonly functions: readonly LambdaFunction[];
}

/** One environment on this machine: an API, a store of its own, and what was released to it last. */
export class RehearsedEnvironment {
  #live: Live | undefined;
  #copies = 0;
  /** All that were started. */
  readonly #functions = new Set<LambdaFunction>();

  private constructor(
    readonly site: Site,
    /** The pipeline's parameters but for the image and the release. */
    readonly given: Parameters,
    readonly folder: string,
    readonly store: TableStore,
    readonly api: HttpApi,
  ) {}

  static async open(site: Site, given: Parameters, folder: string): Promise<RehearsedEnvironment> {
    mkdirSync(folder, { recursive: true });
    const store = await TableStore.listen(site.region);
    return new RehearsedEnvironment(site, given, folder, store, await HttpApi.listen());
  }

  /** What runs here. */
  get live(): Plan | undefined {
    return this.#live?.plan;
  }

  /** What would change. `parameters` go before all others. Throws Stopped for what can't be deployed. */
  plan(release: Release, parameters: Parameters = {}): Plan {
    const copy = copyTo(join(this.folder, `release-${++this.#copies}`), release.handover);
    return planRelease(this.site, release, copy, { ...this.given, ...parameters }, this.#resources());
  }

  #resources = (): Resources => this.live?.evaluated.resources ?? new Map();

  /** Puts a plan live: exactly what was planned, whose files are looked at once more. Throws Stopped. */
  async deploy(plan: Plan): Promise<void> {
    check(plan.copy);
    const { functions: settings, tables, routes, apiId, stage } = plan.deployment;
    const before = this.#resources();
    for (const { id, logicalId, properties } of tables)
      if (before.get(logicalId)?.id !== id) await this.store.create(id, properties);
    const functions = settings.map((each) => {
      const variables = Object.entries(each.variables).map(
        ([name, value]) => [name, this.#here(plan, value)] as const,
      );
      return new LambdaFunction(
        { ...each, variables: Object.fromEntries(variables) },
        {
          folder: join(plan.copy.folder, "dist"),
          log: join(this.folder, `${each.logicalId}.log`),
          variables: functionEnvironment(this.store.url),
        },
      );
    });
    functions.forEach((each) => this.#functions.add(each));
    try {
      await Promise.all(functions.map((each) => each.start()));
    } catch (error) {
      await Promise.all(functions.map((each) => each.close()));
      throw error;
    }
    const old = this.#live?.functions ?? [];
    this.#live = { plan, functions };
    const context = { apiId, accountId: this.site.account, stage };
    this.api.use(routes, context, async (target, event) =>
      functions.find(({ settings }) => settings.logicalId === target)?.invoke(event),
    );
    await Promise.all(old.map((each) => each.close()));
  }

  /** The API's address on this machine in place of the one that AWS would give it. */
  #here = ({ deployment: { awsEndpoint } }: Plan, value: string): string =>
    value.replaceAll(awsEndpoint, this.api.url);

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
    if (endpoint === this.api.url || endpoint.startsWith(`${this.api.url}/`)) return endpoint;
    throw new Stopped(
      `output Endpoint is ${endpoint}, which is not the template's HTTP API: nothing is sent there`,
      "make it the API's ApiEndpoint, then start again",
    );
  }

  /** Asks what is live for the first thing that it can be asked without a body. */
  async ask(plan: Plan): Promise<Exchange> {
    const examples = plan.deployment.routes.map(exampleOf);
    const [method, path] = examples.find(([each]) => each === "GET") ?? examples[0] ?? ["GET", "/"];
    const response = await fetch(`${this.endpoint(plan).replace(/\/$/, "")}${path}`, { method });
    return { request: `${method} ${path}`, status: response.status, body: await response.text() };
  }

  /** Ends the functions, also one that is only starting. */
  async stopFunctions(): Promise<void> {
    await Promise.all([...this.#functions].map((each) => each.close()));
  }

  /** Ends everything that runs here. */
  async close(): Promise<void> {
    await this.api.close();
    await this.stopFunctions();
    await this.store.close();
  }
}
