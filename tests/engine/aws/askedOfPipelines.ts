/** Rules, pipelines and published values that AWS refuses. */
import { type Account, ACCOUNT, type Asked } from "./accounts";
import { pipeline } from "./askedOfServices";
import type { Thing } from "./cloud";
import type { Values } from "./declared";
import type { RefusalId } from "./refusals";
import { role, trust } from "./samples";

export const rule = (own: Account, inputs: Values): Promise<Thing> =>
  own.make("cloudwatch/eventRule:EventRule", "pushed", inputs);

/** Targets of one rule, the last of which gets an input of its own. */
export async function targets(own: Account, count: number, inputTransformer?: Values): Promise<void> {
  const { id } = await rule(own, { eventPattern: '{"source":["aws.codecommit"]}' });
  for (let i = 1; i <= count; i++) {
    await own.make("cloudwatch/eventTarget:EventTarget", `start-${i}`, {
      rule: id,
      arn: `arn:aws:codebuild:eu-west-1:${ACCOUNT}:project/x`,
      ...(i === count && inputTransformer && { inputTransformer }),
    });
  }
}

/** A pattern of exactly so many characters. */
export const patternOfSize = (size: number): string => {
  const of = (length: number) => JSON.stringify({ detail: { referenceName: ["x".repeat(length)] } });
  return of(size - of(0).length);
};

const SOURCE = {
  ...{ name: "Source", category: "Source", owner: "AWS", version: "1" },
  provider: "CodeStarSourceConnection",
};

/** A pipeline of type V2 whose source is behind a connection. */
export async function release(own: Account, more: Values): Promise<Thing> {
  const { outputs } = await role(own, "pipeline", trust("codepipeline.amazonaws.com"));
  return pipeline(own, outputs["arn"], [SOURCE], { pipelineType: "V2", ...more });
}

/** What starts it: pushes to branches of these patterns. */
export const pushes = (...filters: readonly (readonly string[])[]): Values => triggered("Source", filters);

const triggered = (sourceActionName: string, filters: readonly (readonly string[])[]): Values => ({
  triggers: [
    {
      providerType: "CodeStarSourceConnection",
      gitConfiguration: {
        sourceActionName,
        pushes: filters.map((includes) => ({ branches: { includes } })),
      },
    },
  ],
});

export const parameter = (own: Account, inputs: Values = {}, name = "published"): Promise<Thing> =>
  own.make("ssm/parameter:Parameter", name, {
    ...{ name: "/delivery/test/cluster", type: "String", tier: "Standard", insecureValue: "apps" },
    ...inputs,
  });

export const pattern =
  (eventPattern: string): Asked =>
  ({ own }) =>
    rule(own, { eventPattern });
export const every =
  (scheduleExpression: string): Asked =>
  ({ own }) =>
    rule(own, { scheduleExpression });
export const named =
  (name: string): Asked =>
  ({ own }) =>
    parameter(own, { name });
export const valued =
  (insecureValue: string): Asked =>
  ({ own }) =>
    parameter(own, { insecureValue });
export const variables =
  (...names: string[]): Asked =>
  ({ own }) =>
    release(own, { variables: names.map((name) => ({ name })) });
export const branches =
  (...includes: string[]): Asked =>
  ({ own }) =>
    release(own, pushes(includes));
export const transformed =
  (inputPaths: Record<string, string>, inputTemplate: string): Asked =>
  ({ own }) =>
    targets(own, 1, { inputPaths, inputTemplate });

export const PIPELINES = {
  "rule-when": ({ own }) => rule(own, { scheduleExpression: "rate(1 days)" }),
  "pattern-form": ({ own }) => rule(own, { eventPattern: '{"source":"aws.codecommit"}' }),
  "pattern-size": ({ own }) => rule(own, { eventPattern: patternOfSize(2049) }),
  "targets-many": ({ own }) => targets(own, 6),
  "target-input": ({ own }) =>
    targets(own, 1, { inputPaths: { branch: "$.detail" }, inputTemplate: '{"name":<commit>}' }),
  "pipeline-variables": ({ own }) => release(own, { variables: [{ name: "BRANCH", defaultValue: "" }] }),
  "pipeline-triggers": ({ own }) => release(own, triggered("Build", [["feature/*"]])),
  "parameter-taken": async ({ own }) => {
    await parameter(own);
    await parameter(own, {}, "second");
  },
  "parameter-name": ({ own }) => parameter(own, { name: "/aws-delivery/test/cluster" }),
  "parameter-value": ({ own }) => parameter(own, { insecureValue: "x".repeat(4097) }),
} satisfies Partial<Record<RefusalId, Asked>>;
