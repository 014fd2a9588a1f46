/** The stand-ins of a template's events, with functions that the test answers for. */
import assert from "node:assert/strict";
import { EventServices } from "../../../../../rehearsal/release/emulator/events/server";
import type { Wiring } from "../../../../../rehearsal/release/emulator/events/model";
import { wiringOf } from "../../../../../rehearsal/release/emulator/events/wiring";
import { evaluate } from "../../../../../rehearsal/release/cloudformation/stack";
import { readTemplate } from "../../../../../rehearsal/release/cloudformation/template";
import { list, map, type Values } from "../../../../../packages/iam/src/json";

export const SITE = {
  stack: "shop--test",
  environment: "test",
  account: "222222222222",
  region: "eu-west-1",
};
export const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-1:222222222222:${name}`;
export const FUNCTIONS = ["Work", "Tell"].map((logicalId) => ({
  ...{ logicalId, name: logicalId, handler: "index.handler", memory: 128, variables: {} },
  ...{ arn: arn("lambda", `function:${logicalId}`), language: "node" as const },
}));

/** What of a template is reached by events. */
export const wiring = (text: string): Wiring =>
  wiringOf(SITE, evaluate(readTemplate(text), SITE, {}, new Map()), FUNCTIONS) ??
  assert.fail("nothing is wired");

export type Answering = (logicalId: string, event: Values) => { readonly result: unknown } | undefined;

/** Stand-ins of the template, with functions that answer so; what they were called with is kept. */
export async function standInsOf(text: string, answer: Answering = () => ({ result: null })) {
  const services = await EventServices.listen();
  const called: (readonly [logicalId: string, event: Values])[] = [];
  services.broker.use(wiring(text), (logicalId, event) => {
    called.push([logicalId, map(event)]);
    return Promise.resolve(answer(logicalId, map(event)));
  });
  open.push(services);
  const ask = async (target: string, values: Values): Promise<Values> => {
    const headers = { "x-amz-target": target };
    const response = await fetch(services.url, { method: "POST", headers, body: JSON.stringify(values) });
    return { status: response.status, ...map(await response.json()) };
  };
  const url = (name: string) => `https://sqs.eu-west-1.amazonaws.com/222222222222/${name}`;
  const sqs = (action: string, name: string, values: Values = {}) =>
    ask(`AmazonSQS.${action}`, { QueueUrl: url(name), ...values });
  const reached = async () => {
    await services.broker.settled();
    return services.broker.told();
  };
  const bodies = async (name: string) =>
    list((await sqs("ReceiveMessage", name, { MaxNumberOfMessages: 10 }))["Messages"]).map((each) =>
      String(map(each)["Body"]),
    );
  return { services, called, ask, sqs, reached, bodies };
}
const open: EventServices[] = [];
/** After each test. */
export const closeAll = () => Promise.all(open.splice(0).map((each) => each.close()));

/** What is no other each time. */
export const without = (values: Values, ...names: readonly string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
