/** A session whose engine and AWS are answers that a test gives; what they are asked is written down. */
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { CodeStarConnectionsClient } from "@aws-sdk/client-codestar-connections";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { parse } from "yaml";
import type { Aws } from "../../commands/aws/clients";
import {
  type Action,
  type Engine,
  EngineFailure,
  readState,
  type Run,
  type State,
} from "../../commands/engine/engine";
import type { EngineEvent } from "../../commands/engine/engine";
import { Refusal } from "../../commands/refusal";
import { emptyFolder } from "../folders";
import type { Session } from "../../commands/session";

const PROJECT = join(__dirname, "../..");

/** A copy of the project's own settings, or of these of its files only. */
export function projectFolder(wanted = /^Pulumi\..*yaml$/): string {
  const folder = emptyFolder();
  for (const file of readdirSync(PROJECT).filter((each) => wanted.test(each)))
    cpSync(join(PROJECT, file), join(folder, file));
  return folder;
}

/** Contents of the files in a folder, by name. */
export const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );

const urn = (stack: string, type: string, name: string) => `urn:pulumi:${stack}::delivery::${type}::${name}`;
export const ROLE = "aws:iam/role:Role";
export const PIPELINE = "aws:codepipeline/pipeline:Pipeline";

/** A resource as the state has it. */
export const resource = (stack: string, type: string, name: string, more: object = {}) => ({
  ...{ urn: urn(stack, type, name), type, custom: true, id: name },
  ...more,
});

/** A state with these resources, outputs, and creates that a crash left. */
export function stateOf(
  stack: string,
  resources: readonly object[],
  { outputs = {}, pending = [] }: { outputs?: object; pending?: readonly object[] } = {},
): State {
  const root = { urn: urn(stack, "pulumi:pulumi:Stack", `delivery-${stack}`), type: "pulumi:pulumi:Stack" };
  return readState({
    resources: [{ ...root, outputs }, ...resources],
    pending_operations: pending.map((each) => ({ type: "creating", resource: each })),
  });
}

/** Something that is to be created, updated …, as the engine announces it. */
export const step = (op: string, stack: string, type: string, name: string, diffs: string[] = []) =>
  ({
    resourcePreEvent: { metadata: { op, urn: urn(stack, type, name), type, diffs } },
  }) as unknown as EngineEvent;
export const told = (severity: string, message: string) =>
  ({ diagnosticEvent: { severity, message, urn: "" } }) as unknown as EngineEvent;
export const summed = (resourceChanges: object) =>
  ({ summaryEvent: { resourceChanges } }) as unknown as EngineEvent;

/** What carrying out an action does; it may throw. */
export type Work = (action: Action, stack: string, run: Run) => Promise<void> | void;

/** What a test's engine has and does. */
export interface Plan {
  readonly states?: Readonly<Record<string, State>>;
  /** What `pulumi stack export` writes, by stack. */
  readonly exported?: Readonly<Record<string, object>>;
  /** It may throw. */
  readonly imported?: (stack: string) => Promise<void>;
  readonly work?: Work;
  readonly whoAmI?: () => Promise<{ user: string; url: string }>;
}

/** An engine that writes down `up tooling`, `up tooling ended`, … */
function fakeEngine(plan: Plan, asked: string[]): Engine {
  const states = new Map(Object.entries(plan.states ?? {}));
  return {
    whoAmI: plan.whoAmI ?? (() => Promise.resolve({ user: "somebody", url: "file:///state" })),
    list: () => Promise.resolve([...states.keys()].map((name) => ({ name }))),
    create: (stack, secretsProvider) => {
      asked.push(["create", stack, ...(secretsProvider === undefined ? [] : [secretsProvider])].join(" "));
      states.set(stack, stateOf(stack, []));
      return Promise.resolve();
    },
    state: (stack) => {
      const state = states.get(stack);
      return state
        ? Promise.resolve(state)
        : Promise.reject(new EngineFailure(`no stack named '${stack}' found`));
    },
    exported: (stack) => {
      const exported = plan.exported?.[stack];
      return exported === undefined
        ? Promise.reject(new EngineFailure(`no stack named '${stack}' found`))
        : Promise.resolve(JSON.stringify(exported));
    },
    imported: (stack, exported) => {
      asked.push(`import ${stack} ${exported}`);
      return plan.imported?.(stack) ?? Promise.resolve();
    },
    run: async (action, stack, run) => {
      asked.push(`${action} ${stack}${run.refresh === true ? " --refresh" : ""}`);
      await new Promise((resolve) => setImmediate(resolve));
      await plan.work?.(action, stack, run);
      asked.push(`${action} ${stack} ended`);
    },
  };
}

/** Recorded answers by name of the command, such as `DescribeStacks`. */
export type Answers = Readonly<Record<string, (input: Record<string, unknown>) => unknown>>;

type Client = { send: (command: unknown) => Promise<unknown> };

/** A client that answers from these; anything else fails loudly. */
function answering<T>(make: new (config: object) => T, answers: Answers, asked: string[]): T {
  const client = new make({ region: "eu-west-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  (client as unknown as Client).send = (command) => {
    const { constructor, input } = command as {
      constructor: { name: string };
      input: Record<string, unknown>;
    };
    const name = constructor.name.replace(/Command$/, "");
    asked.push(name);
    const answer = answers[name];
    return answer
      ? Promise.resolve().then(() => answer(input))
      : Promise.reject(new Error(`no answer is recorded for ${name}`));
  };
  return client;
}

/** Nothing is there, nothing runs. */
const NOTHING: Answers = {
  DescribeStacks: ({ StackName }) => {
    throw new Error(`Stack with id ${String(StackName)} does not exist`);
  },
  GetResources: () => ({ ResourceTagMappingList: [] }),
  GetPipelineState: () => ({ stageStates: [] }),
};

export function fakeAws(
  answers: Answers = {},
  asked: string[] = [],
  accounts: Record<string, string> = {},
): Aws {
  const all = { ...NOTHING, ...answers };
  return {
    account: ({ account }) => Promise.resolve(accounts[account] ?? account),
    cloudFormation: () => answering(CloudFormationClient, all, asked),
    codeCommit: () => answering(CodeCommitClient, all, asked),
    codePipeline: () => answering(CodePipelineClient, all, asked),
    connections: () => answering(CodeStarConnectionsClient, all, asked),
    logs: () => answering(CloudWatchLogsClient, all, asked),
    tagging: () => answering(ResourceGroupsTaggingAPIClient, all, asked),
  };
}

export interface Fake {
  readonly session: Session;
  /** What the engine was asked, in order. */
  readonly asked: string[];
  /** Names of the calls to AWS, in order. */
  readonly calls: string[];
  readonly said: string[];
  /** Somebody types Ctrl-C. */
  readonly interrupt: () => void;
}

export interface Surroundings extends Plan {
  readonly aws?: Answers;
  /** Accounts that credentials are really of, by the account that settings say. */
  readonly accounts?: Record<string, string>;
  /** What somebody at the terminal says; without it there is nobody. */
  readonly answer?: boolean | string;
}

export function fake(surroundings: Surroundings = {}): Fake {
  const [asked, calls, said]: string[][] = [[], [], []];
  const nobody = (question: string, option: string) =>
    Promise.reject(new Refusal(`${question} There is no terminal to ask: give ${option}`));
  const { answer } = surroundings;
  const interrupts = { happened: false, follow: () => new AbortController().signal, ended: () => undefined };
  const session: Session = {
    engine: fakeEngine(surroundings, asked ?? []),
    aws: fakeAws(surroundings.aws, calls, surroundings.accounts),
    interrupts,
    say: (line) => said?.push(line),
    show: async (jobs) => void (await Promise.all(jobs.map(({ work }) => work(() => undefined)))),
    confirmed: (question, option) =>
      typeof answer === "boolean" ? Promise.resolve(answer) : nobody(question, option),
    wait: (milliseconds) => {
      calls?.push(`wait ${milliseconds}`);
      return Promise.resolve();
    },
    typed: (question, option) =>
      typeof answer === "string" ? Promise.resolve(answer) : nobody(question, option),
  };
  return {
    session,
    asked: asked ?? [],
    calls: calls ?? [],
    said: said ?? [],
    interrupt: () => void (interrupts.happened = true),
  };
}

/** Settings of a stack file. */
export const settingsIn = (content: string): unknown => (parse(content) as { config: unknown }).config;
