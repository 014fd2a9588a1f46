import { randomUUID } from "node:crypto";
import { list, map, text } from "../../../packages/iam/src/json";
import { actionsOf } from "../../../rehearsal/record/pipelines";
import type { Resource } from "../../../rehearsal/record/record";
import { type Aws, AwsError, type Session } from "../model";
import { ActionFailed, type ActionServices, runAction } from "./actions";
import { paste } from "./paste";
import type { Attempt, Execution, StageState, StateChange, Status } from "./state";

export interface PipelineOptions extends Omit<ActionServices, "aws" | "account" | "region" | "pipeline"> {
  readonly resource: Resource;
  readonly aws: Pick<Aws, "session" | "ask" | "request">;
  /** What the id is that is pasted in a roll-back: AWS's pages don't say. */
  readonly rollbackPastes: "own" | "target";
  readonly changed: (change: StateChange) => void;
  /** A run has got through a stage, and stands before the next one or in it. */
  readonly passed?: (execution: Execution, stage: string) => void;
  /** An attempt of an action has started or ended. */
  readonly progress?: (attempt: Attempt) => void;
}

export interface Start {
  readonly variables?: Readonly<Record<string, string>>;
  /** Commit by source action. */
  readonly revisions?: Readonly<Record<string, string>>;
  readonly trigger: Execution["trigger"];
}

const stagesOf = (resource: Resource): StageState[] => {
  const actions = actionsOf(resource);
  return list(resource.inputs["stages"]).map((each, index) => {
    const stage = map(each);
    const { result, rules } = map(map(stage["beforeEntry"])["condition"]);
    if (result !== undefined && result !== "FAIL") throw new Error("an entry condition that does not fail");
    const onFailure = map(stage["onFailure"])["result"];
    if (onFailure !== undefined && onFailure !== "ROLLBACK") throw new Error("onFailure is no roll-back");
    return {
      name: String(stage["name"]),
      index,
      actions: actions.filter((action) => action.index === index),
      rules: list(rules).map((rule) => {
        const { Variable, Value, Operator } = map(map(rule)["configuration"]);
        if (map(map(rule)["ruleTypeId"])["provider"] !== "VariableCheck" || Operator !== "MATCHES")
          throw new Error("a rule that is no VariableCheck by MATCHES");
        return { name: String(map(rule)["name"]), variable: String(Variable), matches: String(Value) };
      }),
      onFailure,
      running: undefined,
      waiting: [],
      open: true,
      latest: undefined,
      passed: [],
    };
  });
};

/** One registered pipeline of type V2, in mode SUPERSEDED or QUEUED. */
export class CodePipeline {
  readonly name: string;
  readonly arn: string;
  readonly stages: readonly StageState[];
  /** As they are registered. */
  readonly triggers: readonly Readonly<Record<string, unknown>>[];
  readonly executions: Execution[] = [];
  /** All attempts, oldest first. */
  readonly attempts: Attempt[] = [];
  readonly #options: PipelineOptions;
  readonly #services: ActionServices;
  readonly #role: string;
  readonly #queued: boolean;

  constructor(options: PipelineOptions) {
    const { inputs, outputs, account = "", region = "" } = options.resource;
    this.#options = options;
    this.name = String(outputs["name"]);
    this.arn = String(outputs["arn"]);
    this.#role = String(inputs["roleArn"]);
    this.stages = stagesOf(options.resource);
    this.triggers = list(inputs["triggers"]).map(map);
    const mode = text(inputs, "executionMode") ?? "SUPERSEDED";
    if (mode !== "SUPERSEDED" && mode !== "QUEUED") throw new Error(`this CodePipeline has no mode ${mode}`);
    this.#queued = mode === "QUEUED";
    this.#services = { ...options, account, region, pipeline: this.name };
  }

  /** The pipeline's own role, as it takes it for a run. */
  #session(execution: Execution): Session {
    return this.#options.aws.session({
      roleArn: this.#role,
      name: execution.id,
      by: { service: "codepipeline.amazonaws.com", sourceArn: this.arn },
    });
  }

  stage(name: string): StageState {
    const found = this.stages.find((each) => each.name === name);
    if (!found) throw new AwsError("StageNotFoundException", `pipeline ${this.name} has no stage ${name}`);
    return found;
  }

  execution(id: string): Execution {
    const found = this.executions.find((each) => each.id === id);
    if (!found) throw new AwsError("PipelineExecutionNotFoundException", `there is no run ${id}`);
    return found;
  }

  /** The newest attempt of an action, of any run or of one. */
  latest(stage: string, action: string, execution?: Execution): Attempt | undefined {
    return this.attempts
      .filter(
        (each) =>
          each.stage === stage &&
          each.action.name === action &&
          (execution === undefined || each.execution === execution),
      )
      .at(-1);
  }

  #add(given: Pick<Execution, "type" | "target" | "trigger" | "variables" | "revisions">): Execution {
    let abandon = (): void => undefined;
    const abandoned = new Promise<"abandoned">((resolve) => (abandon = () => resolve("abandoned")));
    const execution: Execution = {
      ...given,
      id: randomUUID(),
      number: this.executions.length + 1,
      startTime: new Date(),
      artifacts: new Map(given.target?.artifacts),
      namespaces: new Map(given.target?.namespaces),
      status: "InProgress",
      stopping: false,
      abandoned,
      abandon,
    };
    this.executions.push(execution);
    this.#options.changed({ execution, state: "STARTED" });
    return execution;
  }

  start({ variables = {}, revisions = {}, trigger }: Start): Execution {
    const declared = list(this.#options.resource.inputs["variables"]).map((each) => map(each));
    const unknown = Object.keys(variables).filter((name) => !declared.some((each) => each["name"] === name));
    if (unknown.length > 0)
      throw new AwsError("ValidationException", `the pipeline has no variable ${unknown.join(", ")}`);
    const all = Object.fromEntries(
      declared.map((each) => {
        const name = String(each["name"]);
        return [name, variables[name] ?? text(each, "defaultValue") ?? ""];
      }),
    );
    const missing = Object.keys(all).filter((name) => all[name] === "");
    if (missing.length > 0)
      throw new AwsError("ValidationException", `variable ${missing.join(", ")} has no value`);
    const execution = this.#add({ type: "STANDARD", target: undefined, trigger, variables: all, revisions });
    this.#enter(execution, 0);
    return execution;
  }

  #end(execution: Execution, status: Status, state: StateChange["state"]): void {
    execution.status = status;
    this.#options.changed({ execution, state });
  }

  /** A stage has one run at a time. In front of it the newest waits and the others are superseded, or all queue. */
  #enter(execution: Execution, index: number): void {
    const stage = this.stages[index];
    if (!stage) return this.#end(execution, "Succeeded", "SUCCEEDED");
    if (!stage.running && stage.open && (stage.waiting.length === 0 || !this.#queued))
      return this.#begin(execution, stage, new Set());
    stage.waiting.push(execution);
    if (this.#queued) return;
    const newest = stage.waiting.reduce((one, other) => (one.number > other.number ? one : other));
    const passed = stage.waiting.filter((each) => each !== newest);
    stage.waiting = [newest];
    for (const each of passed) this.#end(each, "Superseded", "SUPERSEDED");
  }

  #begin(execution: Execution, stage: StageState, done: ReadonlySet<string>): void {
    stage.running = execution;
    stage.latest = { execution, status: "InProgress" };
    void this.#options.activity.track(this.#through(execution, stage, done));
  }

  #release(stage: StageState): void {
    stage.running = undefined;
    if (!stage.open) return;
    const next = stage.waiting.shift();
    if (next) this.#begin(next, stage, new Set());
  }

  #close(stage: StageState, status: Status): void {
    if (stage.latest) stage.latest.status = status;
  }

  async #through(execution: Execution, stage: StageState, done: ReadonlySet<string>): Promise<void> {
    const result = await Promise.race([
      this.#actions(execution, stage, done),
      execution.abandoned.then(() => "stopped" as const),
    ]);
    if (result === "stopped" || (execution.stopping && result === "failed")) {
      this.#close(stage, "Stopped");
      this.#end(execution, "Stopped", "STOPPED");
      return this.#release(stage);
    }
    if (result === "failed") {
      this.#close(stage, "Failed");
      this.#end(execution, "Failed", "FAILED");
      const target = stage.passed.at(-1);
      if (stage.onFailure && execution.type === "STANDARD" && target)
        return this.#back(stage, target, { triggerType: "AutomatedRollback", triggerDetail: execution.id });
      return this.#release(stage);
    }
    this.#close(stage, "Succeeded");
    if (execution.type === "ROLLBACK") this.#end(execution, "Succeeded", "SUCCEEDED");
    else {
      stage.passed.push(execution);
      if (execution.stopping) this.#end(execution, "Stopped", "STOPPED");
      else this.#enter(execution, stage.index + 1);
    }
    this.#options.passed?.(execution, stage.name);
    this.#release(stage);
  }

  /** The actions by their order, those with one number at once; what they are waits until all of them have ended. */
  async #actions(
    execution: Execution,
    stage: StageState,
    done: ReadonlySet<string>,
  ): Promise<"passed" | "failed" | "stopped"> {
    if (!this.#mayEnter(execution, stage)) return "failed";
    const orders = [...new Set(stage.actions.map(({ runOrder }) => runOrder))].sort(
      (one, other) => one - other,
    );
    for (const order of orders) {
      const now = stage.actions.filter(({ runOrder, name }) => runOrder === order && !done.has(name));
      const results = await Promise.all(now.map((action) => this.#attempt(execution, stage, action)));
      if (results.includes(false)) return "failed";
      if (execution.stopping && order !== orders.at(-1)) return "stopped";
    }
    return "passed";
  }

  #mayEnter(execution: Execution, stage: StageState): boolean {
    return stage.rules.every(({ variable, matches }) => {
      try {
        return new RegExp(matches).test(paste(variable, execution, execution.id));
      } catch {
        return false;
      }
    });
  }

  async #attempt(execution: Execution, stage: StageState, action: Attempt["action"]): Promise<boolean> {
    const attempt: Attempt = {
      id: randomUUID(),
      execution,
      stage: stage.name,
      action,
      startTime: new Date(),
      lastUpdate: new Date(),
      status: "InProgress",
      configuration: {},
      outputVariables: {},
    };
    this.attempts.push(attempt);
    this.#options.progress?.(attempt);
    const { rollbackPastes } = this.#options;
    const id = rollbackPastes === "target" ? (execution.target ?? execution).id : execution.id;
    const ended = (status: Attempt["status"]): void => {
      if (attempt.status !== "InProgress") return;
      attempt.status = status;
      attempt.lastUpdate = new Date();
      this.#options.progress?.(attempt);
    };
    void execution.abandoned.then(() => ended("Abandoned"));
    try {
      attempt.configuration = Object.fromEntries(
        Object.entries(action.configuration).map(([key, value]) => [key, paste(value, execution, id)]),
      );
      await runAction(attempt, this.#services, this.#session(execution));
    } catch (error) {
      const code = error instanceof ActionFailed || error instanceof AwsError ? error.code : "InternalError";
      attempt.error ??= { code, message: error instanceof Error ? error.message : String(error) };
      ended("Failed");
      return false;
    }
    if (action.namespace !== undefined && attempt.status === "InProgress")
      execution.namespaces.set(action.namespace, attempt.outputVariables);
    ended("Succeeded");
    return true;
  }

  #latestAttempts(execution: Execution, stage: StageState): Attempt[] {
    return stage.actions.flatMap(({ name }) => this.latest(stage.name, name, execution) ?? []);
  }

  retry(stageName: string, id: string, mode: "FAILED_ACTIONS" | "ALL_ACTIONS"): void {
    const stage = this.stage(stageName);
    const execution = this.execution(id);
    if (stage.latest?.execution !== execution)
      throw new AwsError(
        "NotLatestPipelineExecutionException",
        `stage ${stageName} has gone on to another run`,
      );
    if (stage.running || !["Failed", "Stopped"].includes(stage.latest.status))
      throw new AwsError("StageNotRetryableException", `stage ${stageName} has not failed`);
    const succeeded = this.#latestAttempts(execution, stage).filter(({ status }) => status === "Succeeded");
    if (execution.stopping)
      throw new AwsError("StageNotRetryableException", "this CodePipeline does not retry what was stopped");
    execution.status = "InProgress";
    this.#options.changed({ execution, state: "RESUMED" });
    this.#begin(
      execution,
      stage,
      new Set(mode === "ALL_ACTIONS" ? [] : succeeded.map(({ action }) => action.name)),
    );
  }

  #back(stage: StageState, target: Execution, trigger: Execution["trigger"]): void {
    const { variables, revisions } = target;
    this.#begin(this.#add({ type: "ROLLBACK", target, trigger, variables, revisions }), stage, new Set());
  }

  /** The pipeline has another structure from now on: what was run with the one before can't be gone back to. */
  changed(): void {
    for (const { passed } of this.stages) passed.length = 0;
  }

  rollBack(stageName: string, targetId: string, who: string): Execution {
    const stage = this.stage(stageName);
    const target = this.execution(targetId);
    if (stage.index === 0 || stage.running || !stage.passed.includes(target))
      throw new AwsError(
        "UnableToRollbackStageException",
        `stage ${stageName} can't be rolled back to ${targetId}: it is the source, is busy, or that run has not passed it`,
      );
    this.#back(stage, target, { triggerType: "ManualRollback", triggerDetail: who });
    return this.executions.at(-1) as Execution;
  }

  /** The action of a stage that waits for people. */
  approval(stageName: string, actionName: string): Attempt {
    const found = this.latest(stageName, actionName);
    if (found?.token === undefined)
      throw new AwsError("ApprovalAlreadyCompletedException", `${actionName} does not wait`);
    return found;
  }

  decide(
    stageName: string,
    actionName: string,
    token: string,
    status: "Approved" | "Rejected",
    summary: string,
  ): void {
    const attempt = this.approval(stageName, actionName);
    if (attempt.token !== token)
      throw new AwsError("InvalidApprovalTokenException", "the token is another's");
    attempt.decide?.(status, summary);
  }

  /** What happens when nobody decides in time. */
  expire(stageName: string, actionName: string): void {
    this.approval(stageName, actionName).decide?.("Rejected", "timed out");
  }

  stop(id: string, abandon: boolean): void {
    const execution = this.execution(id);
    if (execution.status !== "InProgress" && !(execution.status === "Stopping" && abandon))
      throw new AwsError("PipelineExecutionNotStoppableException", `run ${id} is ${execution.status}`);
    execution.stopping = true;
    if (execution.status === "InProgress") this.#end(execution, "Stopping", "STOPPING");
    const door = this.stages.find(({ waiting }) => waiting.includes(execution));
    if (door) {
      door.waiting = door.waiting.filter((each) => each !== execution);
      this.#end(execution, "Stopped", "STOPPED");
    } else if (abandon) execution.abandon();
  }

  /** As if these actions of a stage had failed, and nothing had come after: the stage can be retried from there. */
  takeBack(stageName: string, id: string, actions: readonly string[]): void {
    const [stage, execution] = [this.stage(stageName), this.execution(id)];
    if (this.stages.some(({ running }) => running === execution)) throw new Error(`run ${id} is running`);
    for (const each of this.stages) each.waiting = each.waiting.filter((one) => one !== execution);
    for (const action of actions) {
      const attempt = this.latest(stageName, action, execution);
      if (!attempt) throw new Error(`run ${id} has no attempt of ${stageName}/${action}`);
      attempt.status = "Failed";
    }
    stage.passed.splice(0, stage.passed.length, ...stage.passed.filter((one) => one !== execution));
    stage.latest = { execution, status: "Failed" };
    execution.status = "Failed";
  }

  /** Closes a stage's door, or opens it. */
  transition(stageName: string, open: boolean): void {
    const stage = this.stage(stageName);
    stage.open = open;
    if (open && !stage.running) this.#release(stage);
  }
}
