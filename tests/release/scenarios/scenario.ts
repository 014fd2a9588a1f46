/** What every scenario is: a system of its own, steps by people, and what must be true in the end. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { tools } from "../aws/tools";
import { AwsError } from "../model";
import type { Build } from "../codebuild/codebuild";
import type { CodePipeline } from "../codepipeline/codepipeline";
import { pipelineEvent } from "../codepipeline/eventBridge";
import type { Execution } from "../codepipeline/state";
import { deliver, type Happened } from "../codepipeline/webhooks";
import { changeSets, credentialsIn, keptProblems, live, logsOf, recorded, stackOf } from "../system/state";
import { branchEvent, bucketOf, startSystem, type System, type SystemOptions } from "../system/system";
import type { Tree } from "../system/repository";
import { PROD, TEST } from "./zip";

/** The pipeline of most scenarios. */
const CATALOG = "catalog";
const ACCOUNTS = { test: TEST, prod: PROD };

const found = tools();
if ("skipped" in found) console.log(`release: skipped, ${found.skipped}`);

export const scenarios = ("skipped" in found ? describe.skip : describe) as Mocha.SuiteFunction;

/** What holds whatever was done: everything was delivered and decided, nothing was denied, and no log holds a credential. */
export function sound(system: System): void {
  assert.deepEqual(system.undelivered, [], "EventBridge could not deliver");
  assert.deepEqual(system.aws.problems(), [], "calls that the gate could not decide");
  const denied = system.aws.calls().filter(({ verdict }) => verdict === "denied");
  assert.deepEqual(
    denied.map(({ principal, asked }) => `${principal} ${JSON.stringify(asked)}`),
    [],
    "calls that AWS would deny",
  );
  const logs = logsOf(system);
  assert.ok(Object.keys(logs).length > 0, "no build has a log");
  assert.deepEqual(credentialsIn(logs, system.aws.secrets()), []);
}

/** Runs what is done to a system, and judges what holds in every scenario. */
export async function scenario(
  name: string,
  record: Rehearsed,
  steps: (it: Scenario) => Promise<void>,
  {
    pipeline = CATALOG,
    ...options
  }: Partial<Pick<SystemOptions, "rollbackPastes" | "started">> & { readonly pipeline?: string } = {},
): Promise<void> {
  assert.ok(!("skipped" in found));
  const system = await startSystem({ tools: found, record, name, ...options });
  try {
    await steps(new Scenario(system, pipeline));
    await system.activity.idle();
    sound(system);
  } finally {
    await system.stop();
  }
}

export class Scenario {
  constructor(
    readonly system: System,
    readonly name = CATALOG,
  ) {}

  /** The same system, as another pipeline's. */
  of(pipeline: string): Scenario {
    return new Scenario(this.system, pipeline);
  }

  pipeline(name = this.name): CodePipeline {
    const pipeline = this.system.pipelines.get(name);
    assert.ok(pipeline, `no pipeline ${name}`);
    return pipeline;
  }

  /** Somebody pushes, and the repository's event starts what it starts: the newest run of a pipeline. */
  startPush(tree: Tree, branch = "main", pipeline = this.name): Execution {
    const repository = this.system.repositoryOf(pipeline);
    const commit = repository.commit(branch, tree);
    const before = this.pipeline(pipeline).executions.length;
    this.system.bus.put(branchEvent(repository, "referenceUpdated", branch));
    const execution = this.pipeline(pipeline).executions[before];
    assert.ok(execution, `the push of ${commit} has started no run: ${this.system.undelivered.join(", ")}`);
    return execution;
  }

  /** The same, until nothing moves by itself. */
  async push(tree: Tree, branch?: string, pipeline?: string): Promise<Execution> {
    const execution = this.startPush(tree, branch, pipeline);
    await this.system.activity.idle();
    return execution;
  }

  /** The same where a webhook tells of it. */
  async pushBehindConnection(tree: Tree, branch: string): Promise<Execution> {
    this.system.repositoryOf(this.name).commit(branch, tree);
    return this.webhook({ push: branch });
  }

  async webhook(happened: Happened): Promise<Execution> {
    const { pipelines, repositoryOf, activity } = this.system;
    const repository = repositoryOf(this.name);
    const own = [...pipelines].filter(([name]) => repositoryOf(name) === repository);
    const [started, ...others] = deliver(
      own.map(([, pipeline]) => pipeline),
      repository,
      happened,
    );
    assert.ok(started && others.length === 0, "one run starts");
    await activity.idle();
    return started;
  }

  /** What a person does in an account, past every policy; the answer as JSON. */
  async #past(account: string, args: readonly string[]): Promise<unknown> {
    const { aws, logs } = this.system;
    const { env } = aws.administrator(account);
    const { stdout } = await promisify(execFile)("aws", args, { env: { ...env, HOME: logs } });
    return JSON.parse(stdout || "null");
  }

  /** Removes an object. */
  async remove(key: string): Promise<void> {
    const account = this.system.aws.accounts[0]?.id ?? "";
    await this.#past(account, ["s3", "rm", "--quiet", `s3://${bucketOf(this.system)}/${key}`]);
  }

  /** Calls of those who own what code alone is released to. */
  owner(environment: keyof typeof ACCOUNTS, ...args: string[]): Promise<unknown> {
    return this.#past(ACCOUNTS[environment], [...args, "--output", "json"]);
  }

  /** A branch is deleted, and the repository tells so. */
  async deleteBranch(branch: string): Promise<void> {
    const repository = this.system.repositoryOf(this.name);
    const event = branchEvent(repository, "referenceDeleted", branch);
    repository.branches.delete(branch);
    this.system.bus.put(event);
    await this.system.activity.idle();
  }

  async decide(status: "Approved" | "Rejected", environment = "prod"): Promise<void> {
    const stage = `Approve-${environment}`;
    const { token = "" } = this.pipeline().approval(stage, "Approval");
    this.pipeline().decide(stage, "Approval", token, status, "as tested");
    await this.system.activity.idle();
  }

  /** Until it is up, nobody takes a role in an environment's account: AWS denies roles that are not there. */
  notUp(account: string): { readonly comesUp: () => void } {
    let up = false;
    this.system.aws.answer("sts:AssumeRole", ({ input }) => {
      if (up || !String(input["RoleArn"]).includes(`:${account}:`)) return undefined;
      throw new AwsError("AccessDenied", `not authorized to perform: sts:AssumeRole`, 403);
    });
    return { comesUp: () => (up = true) };
  }

  /** The newest build of a job, by the end of its project's name; of one state, where it is given. */
  build(job: string, state?: Build["status"]): Build {
    const build = [...this.system.codebuild.builds.values()]
      .filter(({ project, status }) => project.endsWith(job) && (state === undefined || status === state))
      .at(-1);
    assert.ok(build, `no build of ${job}`);
    return build;
  }

  /** Logs of all builds of a job, in the order in which they were started. */
  logs(job: string): string[] {
    const builds = [...this.system.codebuild.builds.values()].filter(({ project }) => project.endsWith(job));
    return builds.map(({ log }) => readFileSync(log, "utf8"));
  }

  log(job: string, state?: Build["status"]): string {
    return readFileSync(this.build(job, state).log, "utf8");
  }

  /** What people were told by mail, newest last: of failures, and of what waits for them. */
  mails(): string[] {
    return this.system.aws
      .calls()
      .filter(
        ({ service, operation, input }) => `${service} ${operation}` === "sns Publish" && "Message" in input,
      )
      .map(({ input }) => {
        const message = String(input["Message"]);
        if (input["MessageStructure"] !== "json") return message;
        return (JSON.parse(message) as Record<"default", string>).default;
      });
  }

  async retry(stage: string, execution: Execution): Promise<void> {
    this.pipeline().retry(stage, execution.id, "FAILED_ACTIONS");
    await this.system.activity.idle();
  }

  /** The stage in which a run has failed. */
  failedStage(execution: Execution): string {
    const stage = this.pipeline().stages.find(
      ({ latest }) => latest?.execution === execution && latest.status === "Failed",
    );
    assert.ok(stage, `run ${execution.id} has failed in no stage`);
    return stage.name;
  }

  /** The clean-up of a run, started once more by what tells of it. */
  async cleanUp({ id }: Execution): Promise<void> {
    const { arn, name } = this.pipeline();
    this.system.bus.put(pipelineEvent(arn, name, id, "FAILED"));
    await this.system.activity.idle();
  }

  /** Where attempts of a run's actions have ended, in order: `Deploy-test/Deploy Failed`. */
  attempts(execution: Execution): string[] {
    return [...this.system.pipelines.values()]
      .flatMap(({ attempts }) => attempts)
      .filter((each) => each.execution === execution)
      .map(({ stage, action, status }) => `${stage}/${action.name} ${status}`);
  }

  /** What the service says in an environment, at the address that its stack has: `200 version 1`. */
  async says(environment: keyof typeof ACCOUNTS, path = "/product/find/1"): Promise<string> {
    const found = await stackOf(this.system, ACCOUNTS[environment], `${this.name}--${environment}`);
    const endpoint = found?.Outputs?.find(({ OutputKey }) => OutputKey === "Endpoint")?.OutputValue;
    const { status, body } = await this.system.aws.get(`${endpoint}${path}`);
    return `${status} ${body}`;
  }

  /** What each environment runs, by its stack, by what Promote has recorded, and what waits there. */
  async environments(): Promise<Record<string, { stack: string; promoted: string; sets: string[] }>> {
    const all: Record<string, { stack: string; promoted: string; sets: string[] }> = {};
    for (const [name, account] of Object.entries(ACCOUNTS)) {
      const [promoted] = await recorded(this.system, this.name, name);
      all[name] = {
        stack: await live(this.system, account, `${this.name}--${name}`),
        promoted: promoted?.run ?? "none",
        sets: await changeSets(this.system, account, `${this.name}--${name}`),
      };
      if (promoted) assert.deepEqual(await keptProblems(this.system, this.name, promoted), []);
    }
    return all;
  }
}
