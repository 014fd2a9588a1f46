import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { workloadName } from "../../../components/names";
import { ARM_IMAGE } from "../../../components/jobs/serviceJobs";
import { WORKLOADS } from "../../../components/workloads/list";
import type { Workload } from "../../../components/workloads/workload";
import type { Environment, ReleasedEnvironment } from "../../../stacks/settings/model";
import { build, type Built } from "./build";
import type { Answer, ReleaseOptions } from "./releaseOptions";
import { RehearsedEnvironment } from "./environment";
import { Promotion } from "./promotion";
import type { Plan } from "./releasePlan";
import { neverShown, notShownBy } from "./notShown";
import type { Act3 } from "../report";
import { checkOut, revisionOf } from "./revision";
import { examplesOf } from "../emulator/routes";
import { targetOf } from "./site";
import { Interrupted, NotCovered, Stopped } from "../stopped";
import { AWS } from "../shownBy";
import { goBack, waves } from "./waves";
import { unlinkPackages, workFolder, type WorkFolder } from "./workFolder";
import type { NotShown } from "../../record/notShown";
import type { Release } from "../model";

/** One release in progress. */
class Run {
  readonly report: Act3;
  readonly #work: WorkFolder;
  readonly #environments: RehearsedEnvironment[] = [];
  readonly #workload: Workload;
  /** What Build did not do as the job does it. */
  #notBuilt: readonly NotShown[] = [];
  /** What this machine can't do. */
  readonly #uncovered: NotShown[] = [];
  /** What is being done, for people. */
  #at = "";

  constructor(readonly options: ReleaseOptions) {
    const { pipeline, service } = options;
    this.#work = workFolder(options.work);
    this.#workload = WORKLOADS[pipeline.workload];
    this.report = {
      pipeline: pipeline.id.name,
      service,
      revision: revisionOf(service),
      release: randomUUID(),
      environments: pipeline.environments.map(({ name }) => ({
        environment: name,
        stack: workloadName(pipeline.id, name),
        state: "untouched",
        marks: {},
      })),
      notShown: [],
    };
  }

  async #open(environment: Environment): Promise<void> {
    const { record, settings, pipeline } = this.options;
    const target = targetOf(record, settings, pipeline, environment);
    const folder = join(this.#work.run, "environments", environment.name);
    this.#environments.push(await RehearsedEnvironment.open(target, folder));
  }

  #build(source: string, folder: string, test: boolean, say: (line: string) => void): Promise<Built> {
    const { service, signal, settings, pipeline } = this.options;
    return build({
      source,
      own: service,
      directory: pipeline.directory,
      // On ARM they run in CodeBuild's, whatever settings say.
      image: pipeline.platform === "linux/arm64" ? ARM_IMAGE : settings.image,
      folder: join(this.#work.run, folder),
      cache: this.#work.cache,
      packaging: this.#workload.packaging,
      template: pipeline.template,
      environments: pipeline.environments.map(({ name }) => name),
      runners: Object.fromEntries(
        pipeline.environments.flatMap(({ name, runner }) => (runner ? [[name, runner.steps] as const] : [])),
      ),
      region: settings.scope.region,
      stackPrefix: workloadName(pipeline.id, ""),
      test,
      signal,
      say,
    });
  }

  /** Puts live everywhere what `--from` had. */
  async #before(from: string): Promise<void> {
    this.#at = "release before";
    const { service, say } = this.options;
    const checkout = join(this.#work.run, "from");
    const revision = checkOut(service, from, checkout);
    try {
      const handover = await this.#build(checkout, "build-from", false, () => undefined);
      const release: Release = { id: randomUUID(), handover };
      for (const [index, environment] of this.#environments.entries()) {
        await environment.deploy(environment.plan(release));
        const report = this.report.environments[index];
        if (report) report.marks = { [`live-${report.environment}`]: handover.bundle };
      }
      this.report.from = { revision, bundle: handover.bundle };
      const names = this.#environments.map(({ target }) => target.site.environment).join(", ");
      say(`release before: ${revision} is live in ${names}, bundle SHA-256 ${handover.bundle}`, 1);
    } catch (error) {
      if (!(error instanceof Stopped) || error instanceof NotCovered) throw error;
      throw new Stopped(
        `--from ${from}: ${error.message}`,
        "name a commit that can be released",
        error.details,
      );
    }
  }

  #question =
    (environment: string, bundle: string) =>
    ({ summary }: Plan): Promise<Answer> => {
      const { pipeline, revision } = this.report;
      return this.options.approve({ pipeline, environment, revision, bundle, summary });
    };

  #promotion(index: number): Promotion[] {
    const { pipeline, service, say, signal } = this.options;
    const [environment, report] = [this.#environments[index], this.report.environments[index]];
    if (!environment || !report) return [];
    const promotion = new Promotion(environment, report, {
      pipeline: pipeline.id.name,
      service,
      cache: this.#work.cache,
      signal,
      say: (line, depth = 0) => say(line, depth + 2),
      next: (step) => (this.#at = `${report.environment}: ${step}`),
    });
    return [promotion];
  }

  /** Environments that are released together keep step, and go back together. */
  async #promote(release: Release, wave: readonly ReleasedEnvironment[]): Promise<void> {
    const { pipeline, say, signal } = this.options;
    const together = wave.flatMap((settings) =>
      this.#promotion(pipeline.environments.indexOf(settings)).map((promotion) => ({ promotion, settings })),
    );
    const each = async (step: (of: (typeof together)[number]) => Promise<void> | void): Promise<void> => {
      for (const one of together) {
        if (signal.aborted) throw new Interrupted();
        await step(one);
      }
    };
    await each(({ promotion, settings: { name, approval } }) => {
      say(name, 1);
      return promotion.plan(release, approval && this.#question(name, release.handover.bundle));
    });
    const deployed: Promotion[] = [];
    try {
      await each(async ({ promotion }) => {
        await promotion.deploy();
        deployed.push(promotion);
      });
      await each(async ({ promotion, settings: { verify = true } }) => {
        const problem = verify ? await promotion.verify() : undefined;
        if (problem) throw problem;
      });
    } catch (problem) {
      if (problem instanceof Stopped) await goBack(deployed, problem);
      throw problem;
    }
    await each(({ promotion }) => promotion.promote());
  }

  /** Nothing reaches an environment before. */
  async #permitted(): Promise<void> {
    await this.options.until;
    if (this.options.signal.aborted) throw new Interrupted();
  }

  async #steps(): Promise<void> {
    const { pipeline, service, say, from, hold } = this.options;
    for (const environment of pipeline.environments) await this.#open(environment);
    if (from !== undefined) {
      await this.#permitted();
      await this.#before(from);
    }
    this.#at = "build";
    say("build", 1);
    const handover = await this.#build(service, "build", true, (line) => say(line, 2));
    Object.assign(this.report, { bundle: handover.bundle, tests: handover.tests });
    this.#notBuilt = handover.notShown;
    await this.#permitted();
    for (const wave of waves(pipeline.environments))
      await this.#promote({ id: this.report.release, handover }, wave);
    const last = this.#environments.at(-1);
    if (!hold || !last?.live) return;
    const url = last.endpoint(last.live);
    await hold(url, examplesOf(url, last.live.deployment.routes));
  }

  /** Runs to its end, or to where it stops. */
  async run(): Promise<Act3> {
    const stop = () => this.#environments.forEach((each) => void each.stopRunning());
    this.options.signal.addEventListener("abort", stop, { once: true });
    try {
      await this.#steps();
    } catch (error) {
      if (this.options.signal.aborted) throw new Interrupted();
      if (!(error instanceof Stopped)) throw error;
      this.#stop(error);
    } finally {
      await Promise.all(this.#environments.map((each) => each.close()));
      unlinkPackages(this.#work);
    }
    this.report.notShown = notShownBy(
      this.report.environments.flatMap(({ plan }) => plan?.changes ?? []),
      this.#environments.flatMap(({ live }) => live?.notRehearsed ?? []),
      [
        ...this.#uncovered,
        ...this.#notBuilt,
        ...neverShown(this.#workload, this.options.pipeline.branches !== undefined),
      ],
    );
    return this.report;
  }

  #stop(error: Stopped): void {
    const { message, next, details } = error;
    const { report } = this;
    if (!(error instanceof NotCovered)) {
      report.stopped = { at: this.#at, message, next, details };
      return;
    }
    report.notCovered = message;
    this.#uncovered.push({ what: `the release from ${this.#at} on: ${message}`, shownBy: AWS });
    for (const each of report.environments) if (each.state === "failed") each.state = "planned";
  }
}

/** Carries a service from its source to the last environment. Throws Interrupted when the signal came. */
export const release = (options: ReleaseOptions): Promise<Act3> => new Run(options).run();
