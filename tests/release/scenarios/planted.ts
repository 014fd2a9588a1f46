/** Answers that are planted: what AWS says on days that nobody can wait for. The jobs and their CLI don't know. */
import assert from "node:assert/strict";
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { list, map } from "../../../packages/iam/src/json";
import { codepipelineAnswers } from "../codepipeline/answers";
import { AwsError, type Call } from "../model";
import type { System } from "../system/system";
import type { Scenario } from "./scenario";

/** What is answered to a call; undefined: what AWS would. */
export type Planted = (call: Call) => unknown;

export const asUsual: Planted = () => undefined;

export const refuse =
  (code: string, message = "planted"): Planted =>
  () => {
    throw new AwsError(code, message);
  };

export const say =
  (answer: object): Planted =>
  () =>
    answer;

/** As usual, once something has happened. */
export const after =
  (happened: Promise<unknown>): Planted =>
  async () => {
    await happened;
    return undefined;
  };

/** Answers to the next calls of a job, by operation; further words are in the ARN of the role that asks, or in the object's key. */
export type Plants = Readonly<Record<string, readonly Planted[]>>;

interface Row {
  readonly operation: string;
  readonly words: readonly string[];
  readonly answers: Planted[];
}

export class Planting {
  readonly #system: System;
  #job = "";
  #rows: readonly Row[] = [];
  readonly #known = new Set<string>();

  constructor(system: System) {
    this.#system = system;
  }

  /** For the next builds of a job, by the end of its project's name. */
  plant(job: string, plants: Plants): void {
    this.#job = job;
    this.#rows = Object.entries(plants).map(([of, answers]) => {
      // What CloudFormation does to a resource has its type in its name.
      const [, operation = "", words = ""] = /^([^ ]+(?: AWS::[^ ]+)?)(.*)$/.exec(of) ?? [];
      return { operation, words: words.split(" ").filter(Boolean), answers: [...answers] };
    });
    for (const { operation } of this.#rows) this.#answer(operation);
  }

  /** What nobody has asked for has shown nothing. */
  allAsked(): void {
    const left = this.#rows.filter(({ answers }) => answers.length > 0);
    assert.deepEqual(
      left.map(({ operation }) => operation),
      [],
      "answers that nobody has asked for",
    );
  }

  #answer(operation: string): void {
    if (this.#known.has(operation)) return;
    this.#known.add(operation);
    const usual = this.#system.aws.answer(operation, (call) => {
      const about = `${call.principal} ${String(call.input["Key"])}`;
      const row = this.#rows.find(
        (each) => each.operation === operation && each.words.every((word) => about.includes(word)),
      );
      const planted = row && this.#is(call) ? row.answers.shift()?.(call) : undefined;
      if (!(planted instanceof Promise)) return planted ?? usual(call);
      return planted.then((answer: unknown) => answer ?? usual(call));
    });
  }

  /** CloudFormation's own calls for a resource are of no build. */
  #is({ session }: Call): boolean {
    if (session.startsWith("CloudFormation, ")) return true;
    const build = [...this.#system.codebuild.builds.values()].find((each) => each.session.id === session);
    return build?.project.endsWith(this.#job) ?? false;
  }

  /** A stack as CloudFormation describes it, but for some of it. */
  stack(change: Readonly<Record<string, unknown>>): Planted {
    return async ({ account, input }) => {
      const StackName = String(input["StackName"]);
      const { Stacks = [] } = await this.#system.aws
        .cloudFormation(account)
        .send(new DescribeStacksCommand({ StackName }))
        .catch(() => ({ Stacks: [] }));
      const there = Stacks[0] ?? {
        StackName,
        StackId: `arn:aws:cloudformation:eu-west-1:${account}:stack/${StackName}/0`,
      };
      return {
        Stacks: [{ ...there, CreationTime: undefined, LastUpdatedTime: undefined, ...change }],
      };
    };
  }

  /** CodePipeline's state, but for some of a stage, and of its actions. */
  stage(
    name: string,
    change: Readonly<Record<string, unknown>>,
    actions: Readonly<Record<string, unknown>> = {},
  ): Planted {
    return (call) => {
      const state = map(codepipelineAnswers(this.#system.pipelines)(call));
      const stageStates = list(state["stageStates"]).map((each) => {
        const stage = map(each);
        if (stage["stageName"] !== name) return stage;
        return {
          ...stage,
          latestExecution: { ...map(stage["latestExecution"]), ...change },
          actionStates: list(stage["actionStates"]).map((action) => {
            const { latestExecution, ...rest } = map(action);
            return { ...rest, latestExecution: { ...map(latestExecution), ...actions } };
          }),
        };
      });
      return { ...state, stageStates };
    };
  }
}

/** The last line of a log that begins `error: `, without the word. */
const errorOf = (log: string): string =>
  /^error: (.*)$/m.exec(log.slice(log.lastIndexOf("\nerror: ") + 1))?.[1] ?? "";

/** A job's last words; what is told by ids and sums is left out by a form. */
export function says(it: Scenario, job: string, wanted: string | RegExp): void {
  const error = errorOf(it.log(job));
  if (typeof wanted === "string") assert.equal(error, wanted);
  else assert.match(error, wanted);
}
