/** A CodePipeline whose history a test writes, as its API gives it, and a desk in front of it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  ActionExecutionDetail,
  ActionExecutionStatus,
  PipelineExecutionStatus,
  PipelineExecutionSummary,
} from "@aws-sdk/client-codepipeline";
import type { Desk } from "../../../commands/pipelines/desk";
import type { Delivery } from "../../../commands/delivery";
import { Refusal } from "../../../commands/refusal";
import { type Answers, fakeAws } from "../fake";
import { delivery as read, TOOLING } from "../sample";

export const NOW = new Date("2026-11-26T12:00:00Z");
/** So many minutes ago. */
export const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

/** `a` is the run aaaaaaaa-…: ids are as long as CodePipeline's. */
export const id = (letter: string): string => `${letter.repeat(8)}-0000-4000-8000-000000000000`;
export const commit = (letter: string): string => letter.repeat(40);
export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const ENVIRONMENT = { kind: "environment", tooling: "acme-org/acme/build", "aws:region": "eu-central-1" };
/** A pipeline `shop` from CodeCommit to qa, live with an approval, and `web` from GitHub. */
export const STACKS = {
  build: {
    ...TOOLING,
    environments: [
      { name: "qa", account: "555555555555" },
      { name: "live", account: "666666666666", approval: { emails: ["ops@example.com"] } },
    ],
    pipelines: [
      { name: "shop", prefix: "sh", source: { codecommit: "shop" }, keepReleases: 3 },
      { name: "web", prefix: "we", source: { github: "acme/web" } },
    ],
  },
  qa: { ...ENVIRONMENT, account: "555555555555" },
  live: { ...ENVIRONMENT, account: "666666666666" },
};
let usual: Delivery | undefined;
/** Of the usual stacks it is read once: commands only read it. */
export const delivery = (stacks: Parameters<typeof read>[0] = STACKS): Delivery =>
  stacks === STACKS ? (usual ??= read(stacks)) : read(stacks);

interface Written {
  readonly status?: PipelineExecutionStatus;
  readonly commit?: string;
  readonly subject?: string;
  readonly rollbackTo?: string;
  readonly stopped?: string;
  readonly summary?: string;
}

/** `["Build", "Build", "Succeeded"]`; by default it takes a minute. */
type Action = readonly [
  stage: string,
  action: string,
  status: ActionExecutionStatus,
  more?: {
    readonly variables?: Record<string, string>;
    readonly message?: string;
    readonly minutes?: number;
  },
];

/** Project that runs an action. */
const JOBS: Readonly<Record<string, string>> = {
  Build: "acme-sh-build",
  Plan: "acme-sh--live-plan-job",
  Deploy: "acme-sh--live-release-job",
  Verify: "acme-sh-verify",
  Promote: "acme-sh-promote",
};

const named = (name: string, message = name): Error => Object.assign(new Error(message), { name });
export const DENIED = named("AccessDeniedException", "not authorized");

export class Cloud {
  readonly runs: PipelineExecutionSummary[] = [];
  readonly steps: ActionExecutionDetail[] = [];
  /** Lines of a build's log, by its stream. */
  readonly logs: Record<string, string[]> = {};
  /** Token of the approval of stage Approve-live, and whose run it is. */
  approval: { token: string; run: string } | undefined;
  /** Runs that CodePipeline says have passed a stage. */
  readonly succeeded: Record<string, string[]> = {};
  /** What was asked, with what. */
  readonly asked: (readonly [string, Record<string, unknown>])[] = [];
  /** Errors, by call. */
  readonly refused: Record<string, Error> = {};
  /** What happens before a call, by its name. */
  readonly before: Record<string, (input: Record<string, unknown>) => void> = {};

  /** A run that began so many minutes ago, and its actions, one after the other. */
  run(letter: string, minutes: number, written: Written, actions: readonly Action[]): this {
    const { status = "Succeeded", subject, rollbackTo } = written;
    let at = minutes;
    for (const [stage, action, result, more = {}] of actions) {
      const started = ago(at);
      at -= more.minutes ?? 1;
      const job = JOBS[action];
      this.steps.push({
        ...{ pipelineExecutionId: id(letter), stageName: stage, actionName: action, status: result },
        ...{ startTime: started, lastUpdateTime: result === "InProgress" ? started : ago(at) },
        output: {
          executionResult: {
            ...(job !== undefined && { externalExecutionId: `${job}:${letter}-${action}` }),
            ...(more.message !== undefined && { errorDetails: { code: "JobFailed", message: more.message } }),
          },
          outputVariables: more.variables ?? {},
        },
      });
    }
    const sha = written.commit ?? commit(letter);
    this.runs.push({
      ...{ pipelineExecutionId: id(letter), status, startTime: ago(minutes), lastUpdateTime: ago(at) },
      sourceRevisions: [
        { actionName: "Source", revisionId: sha, ...(subject !== undefined && { revisionSummary: subject }) },
      ],
      ...(rollbackTo !== undefined && {
        ...{
          executionType: "ROLLBACK",
          rollbackMetadata: { rollbackTargetPipelineExecutionId: id(rollbackTo) },
        },
      }),
      ...(written.stopped !== undefined && { stopTrigger: { reason: written.stopped } }),
      ...(written.summary !== undefined && { statusSummary: written.summary }),
    });
    return this;
  }

  readonly answers: Answers = Object.fromEntries(
    Object.entries<(input: Record<string, unknown>) => unknown>({
      ListPipelineExecutions: ({ filter, maxResults }) => {
        const stage = (filter as { succeededInStage?: { stageName?: string } } | undefined)?.succeededInStage
          ?.stageName;
        const all =
          stage === undefined
            ? this.runs
            : this.runs.filter((run) =>
                this.succeeded[stage]?.map(id).includes(run.pipelineExecutionId ?? ""),
              );
        return { pipelineExecutionSummaries: newest(all).slice(0, Number(maxResults)) };
      },
      ListActionExecutions: ({ filter, maxResults }) => {
        const run = (filter as { pipelineExecutionId?: string } | undefined)?.pipelineExecutionId;
        const all = this.steps.filter((step) => run === undefined || step.pipelineExecutionId === run);
        return { actionExecutionDetails: newest(all).slice(0, Number(maxResults ?? 100)) };
      },
      GetPipelineExecution: ({ pipelineExecutionId }) => ({
        pipelineExecution: this.runs.find((run) => run.pipelineExecutionId === pipelineExecutionId),
      }),
      GetPipelineState: () => ({
        stageStates: [
          {
            stageName: "Approve-live",
            latestExecution: { pipelineExecutionId: this.approval?.run, status: "InProgress" },
            actionStates: [
              { actionName: "Plan", latestExecution: { status: "Succeeded" } },
              {
                actionName: "Approval",
                latestExecution: this.approval
                  ? { status: "InProgress", token: this.approval.token }
                  : { status: "Succeeded" },
              },
            ],
          },
        ],
      }),
      GetLogEvents: ({ logStreamName, nextToken, startFromHead }) => {
        const lines = this.logs[String(logStreamName)];
        if (!lines) throw named("ResourceNotFoundException");
        const from = startFromHead === true ? Number(nextToken ?? 0) : 0;
        return {
          events: lines.slice(from).map((message) => ({ message })),
          nextForwardToken: String(lines.length),
        };
      },
      StartPipelineExecution: () => ({ pipelineExecutionId: id("f") }),
      RollbackStage: () => ({ pipelineExecutionId: id("f") }),
      PutApprovalResult: () => ({ approvedAt: NOW }),
    }).map(([name, answer]) => [
      name,
      (input: Record<string, unknown>) => {
        this.before[name]?.(input);
        this.asked.push([name, input]);
        const refusal = this.refused[name];
        if (refusal) throw refusal;
        return answer(input);
      },
    ]),
  );

  /** A run that is under way goes on: with these attempts instead of those that it had. */
  goesOn(letter: string, minutes: number, written: Written, actions: readonly Action[]): void {
    const others = <T extends { pipelineExecutionId?: string | undefined }>(all: T[]): T[] =>
      all.splice(0).filter(({ pipelineExecutionId }) => pipelineExecutionId !== id(letter));
    this.runs.push(...others(this.runs));
    this.steps.push(...others(this.steps));
    this.run(letter, minutes, written, actions);
  }

  /** Names of what was asked. */
  get calls(): string[] {
    return this.asked.map(([name]) => name);
  }

  /** With what something was asked, each time. */
  inputs(name: string): Record<string, unknown>[] {
    return this.asked.filter(([each]) => each === name).map(([, input]) => input);
  }
}

const newest = <T extends { startTime?: Date | undefined }>(all: readonly T[]): T[] =>
  [...all].sort((one, other) => (other.startTime?.getTime() ?? 0) - (one.startTime?.getTime() ?? 0));

export interface Sitting {
  readonly columns?: number;
  /** What somebody answers, question by question; without any there is no terminal. */
  readonly says?: readonly (boolean | string)[];
  /** How often `wait` comes to its end before somebody types Ctrl-C; what happens meanwhile. */
  readonly waits?: readonly (() => void)[];
  readonly more?: Answers;
  readonly git?: Desk["git"];
}

export interface Table {
  readonly desk: Desk;
  readonly said: string[];
  readonly questions: string[];
}

/** A desk in front of this cloud. */
export function sit(
  cloud: Cloud,
  { columns = 120, says = [], waits = [], more = {}, git }: Sitting = {},
): Table {
  const said: string[] = [];
  const questions: string[] = [];
  const answers = [...says];
  const meanwhile = [...waits];
  const answer = (question: string, option: string): boolean | string => {
    questions.push(question);
    const next = answers.shift();
    if (next === undefined) throw new Refusal(`${question} There is no terminal to ask: give ${option}`);
    return next;
  };
  const desk: Desk = {
    aws: fakeAws({ ...cloud.answers, ...more }),
    say: (line) => said.push(...line.split("\n")),
    now: () => NOW,
    ...{ columns, terminal: false },
    patience: () => ({
      wait: () => {
        const next = meanwhile.shift();
        next?.();
        return Promise.resolve(next !== undefined);
      },
      close: () => undefined,
    }),
    confirmed: (question, option) => Promise.resolve().then(() => answer(question, option) === true),
    chosen: (question, choices, option) =>
      Promise.resolve().then(() => {
        const value = answer(question, option);
        assert.ok(
          choices.some((each) => each.value === value),
          `no choice ${String(value)} of ${JSON.stringify(choices)}`,
        );
        return String(value);
      }),
    git: git ?? (() => Promise.reject(new Error("no git"))),
  };
  return { desk, said, questions };
}

/** Compares a screen with the one that is kept; WRITE_SCREENS=1 writes it anew. */
export function isScreen(name: string, lines: readonly string[]): void {
  const file = join(__dirname, "screens", `${name}.txt`);
  const text = `${lines.join("\n")}\n`;
  if (process.env["WRITE_SCREENS"] === "1") writeFileSync(file, text);
  assert.ok(existsSync(file), `${file} is not there: WRITE_SCREENS=1 npx mocha ${file} writes it`);
  assert.equal(text, readFileSync(file, "utf8"));
}
