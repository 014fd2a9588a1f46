import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { copySource } from "./build";
import { tail } from "../command";
import { deliveryIn } from "./deliveryFile";
import type { RehearsedEnvironment } from "./environment";
import { changeLine } from "../cloudformation/plan";
import type { Answer } from "./releaseOptions";
import { type Plan, refuseLoss } from "./releasePlan";
import { installFor, reportName, reportOf, runStep, stepName } from "./steps";
import type { EnvironmentReport } from "../report";
import { NotCovered, Stopped } from "../stopped";
import type { Release } from "../model";

/** What a promotion needs of its run. */
export interface PromotionSite {
  readonly pipeline: string;
  /** Folder of the service. */
  readonly service: string;
  /** Folder of packages. */
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly say: (line: string, depth?: number) => void;
  /** Told what is done next. */
  readonly next: (step: string) => void;
}

/** Puts a plan to whoever approves. */
export type Ask = (plan: Plan) => Promise<Answer>;

const short = (body: string): string => (body.length > 200 ? `${body.slice(0, 197)}...` : body);

/** One release into one environment: plan, approval, deploy, verify, promote; or back again. */
export class Promotion {
  constructor(
    readonly environment: RehearsedEnvironment,
    readonly report: EnvironmentReport,
    readonly site: PromotionSite,
  ) {}

  /** What was live before; nothing before the first release. */
  #before: Plan | undefined;
  #plan: Plan | undefined;

  /** Plans, and asks where settings want that: `ask` is undefined where they do not. Throws Stopped. */
  async plan(release: Release, ask: Ask | undefined): Promise<void> {
    const { environment, report } = this;
    const { say } = this.site;
    const before = environment.live;
    this.#before = before;
    report.state = "failed";
    this.site.next("plan");
    const plan = this.#planOf(release);
    const { notCovered, dropped } = plan.deployment;
    const endpoint = notCovered === undefined ? environment.endpoint(plan) : undefined;
    report.plan = { summary: plan.summary, changes: plan.changes };
    say(`plan of ${report.stack}, from ${before ? "the release before" : "nothing"}: ${plan.summary}`);
    for (const change of plan.changes) say(changeLine(change), 1);
    for (const promise of dropped) say(`warning: ${promise}`, 1);
    if (notCovered !== undefined) throw new NotCovered(notCovered);
    if (ask) await this.#approve(ask, plan);
    this.#plan = plan;
    Object.assign(report, { endpoint });
  }

  /** What can be said of a template that is not covered is said first. */
  #planOf(release: Release): Plan {
    try {
      return this.environment.plan(release);
    } catch (error) {
      if (error instanceof NotCovered)
        for (const each of error.warnings) this.site.say(`warning: ${each}`, 1);
      throw error;
    }
  }

  /** Throws Stopped where it fails, and what was live before is live still. */
  async deploy(): Promise<void> {
    const { environment, report } = this;
    const { say } = this.site;
    const plan = this.#planned();
    const { endpoint } = report;
    this.site.next("deploy");
    await environment.deploy(plan);
    const { routes, tables } = plan.deployment;
    Object.assign(report, {
      bundle: plan.copy.bundle,
      outputs: environment.outputs(plan),
      routes: routes.map(({ key }) => key),
      tables: tables.map(({ id }) => id),
    });
    say(`deploy: bundle SHA-256 ${plan.copy.bundle} answers at ${endpoint}`);
    for (const [name, value] of Object.entries(environment.outputs(plan))) say(`output ${name}: ${value}`, 1);
    // Before the tests, which so find what schedules leave.
    environment.fire();
    await this.#tellEvents();
  }

  /** Says which messages and events have reached which function, once all have. */
  async #tellEvents(): Promise<void> {
    const { environment, report, site } = this;
    const lines = await environment.reached();
    for (const line of lines) site.say(line, 1);
    if (lines.length > 0) report.events = [...(report.events ?? []), ...lines];
  }

  #planned(): Plan {
    if (!this.#plan) throw new Error(`${this.report.environment} is deployed to before it is planned for`);
    return this.#plan;
  }

  async #approve(ask: Ask, plan: Plan): Promise<void> {
    const { report } = this;
    report.state = "planned";
    this.site.next("approval");
    const { yes, how } = await ask(plan);
    report.approval = { yes, how };
    this.site.say(`approval: ${yes ? "yes" : "no"} (${how})`);
    if (yes) {
      report.state = "failed";
      return;
    }
    report.state = "rejected";
    throw new Stopped(
      `the approval for ${report.environment} was rejected: nothing was changed there`,
      "correct what it was rejected for, then start a new release",
    );
  }

  /** The service's own end-to-end tests, from the source that was handed over; undefined when they pass. */
  async verify(): Promise<Stopped | undefined> {
    const { environment, report } = this;
    const { copy } = this.#planned();
    const { endpoint = "" } = report;
    this.site.next("verify");
    const { service, cache, signal, say } = this.site;
    const folder = `${copy.folder}-verify`;
    const log = join(environment.folder, "verify.log");
    copySource(join(copy.folder, "source"), folder);
    const delivery = deliveryIn(folder);
    const name = stepName("verify", delivery);
    await installFor(delivery, service, { copy: folder, cache, log, signal });
    const variables = { ENDPOINT: endpoint };
    const { failed, how, seconds } = await runStep("verify", delivery, {
      copy: folder,
      log,
      signal,
      variables,
    });
    await this.#tellEvents();
    const tested = reportOf("verify", delivery, folder);
    report.verify = { passed: !failed && tested !== undefined, tests: tested?.tests, seconds };
    if (failed) {
      say(`verify: ${name} failed (${how}), ${seconds.toFixed(1)} s`);
      const next = `correct the service, then start a new release; all of the output is in ${log}`;
      return new Stopped(
        `${name} failed in ${report.environment} (${how})`,
        next,
        tested?.failures.length ? tested.failures : tail(log),
      );
    }
    if (!tested) {
      const next = "it must report its tests as JUnit XML; correct the script, then start a new release";
      return new Stopped(`${name} wrote no ${reportName("verify", delivery)}`, next);
    }
    say(`verify: ${tested.tests ?? "an unknown number of"} end-to-end tests passed, ${seconds.toFixed(1)} s`);
    return undefined;
  }

  /** Back to the release before, at once and without its tests. Always throws Stopped. */
  async rollBack({ message, next, details }: Stopped): Promise<never> {
    const { environment, report } = this;
    const before = this.#before;
    const name = report.environment;
    if (!before) {
      throw new Stopped(
        `${message}; it is the first release of ${name}, so there is nothing to go back to`,
        `${next}. In AWS a commit that was good is released again with: aws codepipeline start-pipeline-execution ` +
          `--name ${this.site.pipeline} --source-revisions actionName=Source,revisionType=COMMIT_ID,revisionValue=COMMIT. ` +
          "A roll-back is shown by: npm start -- --from GITREF",
        details,
      );
    }
    this.site.next("roll-back");
    const release = { id: randomUUID(), handover: before.release.handover };
    let plan: Plan;
    try {
      plan = environment.plan(release, { rollback: true });
      refuseLoss(plan);
      await environment.deploy(plan);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      throw new Stopped(`${message}; ${name} was not rolled back: ${error.message}`, error.next, details);
    }
    this.site.next("verify");
    const exchange = await environment.ask(plan);
    report.rollback = { bundle: plan.copy.bundle, exchange };
    report.state = "rolled back";
    this.site.say(`roll-back: bundle SHA-256 ${plan.copy.bundle} answers again: ${plan.summary}`);
    this.site.say(`${exchange.request} is answered with ${exchange.status} ${short(exchange.body)}`, 1);
    throw new Stopped(`${message}; ${name} was rolled back to the release before`, next, details);
  }

  /** What was verified is what the environment runs from now on. */
  promote(): void {
    const { report } = this;
    const { bundle } = this.#planned().copy;
    const live = `live-${report.environment}`;
    const current = report.marks[live];
    const moved = current !== bundle;
    if (moved)
      report.marks = { [live]: bundle, ...(current !== undefined && { [`${live}-previous`]: current }) };
    report.state = "live";
    this.site.say(`promote: ${live} ${moved ? "moves to" : "is on"} ${bundle}`);
  }
}
