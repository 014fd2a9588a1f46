/** Events that functions are called with and nobody waits for: attempts, dead letters, destinations, as Lambda has them. */
import { randomUUID } from "node:crypto";
import { type Call, type InvokeConfig, LATEST, type Sink, type Wiring } from "./model";

export type What = "message" | "event" | "record";
export const counted = (count: number, what: What): string =>
  count === 1 ? `${what === "event" ? "an" : "a"} ${what}` : `${count} ${what}s`;

export const messages = (count: number): string => counted(count, "message");
export const areOrIs = (count: number, past: "are" | "were"): string =>
  past === "were" ? (count === 1 ? "was" : "were") : count === 1 ? "is" : "are";
/** A line that says how many. */
export type Line = (count: number) => string;

/** As often as a function is called that nobody waits for: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const ATTEMPTS = 3;

export type FunctionSink = Extract<Sink, { readonly kind: "function" }>;

/** One event of one sender, for one function. */
export interface Invocation {
  /** `rule Paid` */
  readonly who: string;
  readonly what: What;
  readonly sink: FunctionSink;
  readonly event: object;
}

/** What it needs of the stand-ins. */
export interface Around {
  readonly wiring: () => Wiring;
  readonly call: Call;
  /** Nothing is called any more: what is under way ends. */
  readonly ended: () => boolean;
  readonly tell: (line: (count: number) => string, count?: number) => void;
  /** Hands on to a queue, a topic, a bus or another function. */
  readonly pass: (who: string, what: What, sink: Sink, value: unknown) => void;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-async-destinations */
const recordOf = (
  { sink, event }: Invocation,
  tried: number,
  answer: { readonly result: unknown } | undefined,
): object => ({
  version: "1.0",
  timestamp: new Date().toISOString(),
  requestContext: {
    requestId: randomUUID(),
    functionArn: `${sink.arn}:${sink.qualifier}`,
    condition: answer ? "Success" : "RetriesExhausted",
    approximateInvokeCount: tried,
  },
  requestPayload: event,
  responseContext: {
    statusCode: 200,
    executedVersion: LATEST,
    ...(!answer && { functionError: "Unhandled" }),
  },
  ...(answer && { responsePayload: answer.result }),
});

const configOf = (
  { invokeConfigs }: Wiring,
  { logicalId, qualifier }: FunctionSink,
): InvokeConfig | undefined =>
  invokeConfigs.find((each) => each.target === logicalId && each.qualifier === qualifier);

/** Calls a function until it does not fail, then passes on what is to be told of it. */
export async function invoke(
  invocation: Invocation,
  { wiring, call, ended, tell, pass }: Around,
): Promise<void> {
  const { who, what, sink, event } = invocation;
  const { logicalId } = sink;
  const { attempts, succeeded, failed } = configOf(wiring(), sink) ?? { attempts: ATTEMPTS };
  let answer: { readonly result: unknown } | undefined;
  let tried = 0;
  while (tried < attempts && !answer) {
    tried++;
    answer = await call(logicalId, event);
  }
  if (ended()) return;
  const record = (): object => recordOf(invocation, tried, answer);
  if (answer) {
    if (succeeded) pass(`OnSuccess of ${logicalId}`, "event", succeeded, record());
    return;
  }
  const deadLetters = wiring().failed.get(logicalId);
  const lost = deadLetters || failed ? "" : `, which ${logicalId} has no dead letters for`;
  const times = tried === 1 ? "once" : `${tried} times`;
  tell((count) => `${who}: ${logicalId} failed ${times} on ${counted(count, what)}${lost}`);
  if (deadLetters) pass(`dead letters of ${logicalId}`, what, deadLetters, event);
  if (failed) pass(`OnFailure of ${logicalId}`, "event", failed, record());
}
