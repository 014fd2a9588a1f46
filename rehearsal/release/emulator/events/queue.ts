import { createHash, randomUUID } from "node:crypto";
import type { QueueSettings } from "./model";

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** An attribute of a message, as SQS's own calls have it. */
export interface Attribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Sent {
  readonly body: string;
  readonly attributes?: Attributes;
  readonly group?: string | undefined;
  readonly deduplication?: string | undefined;
}

export interface Message extends Sent {
  readonly id: string;
  readonly sent: number;
  /** How often it was received. */
  received: number;
  first?: number;
  receipt: string;
  /** Nobody receives it before this moment. */
  hiddenUntil: number;
  /** Queues that it left for their dead letters, by ARN. */
  readonly left: readonly string[];
}

/** A message that was received more often than this is received no more: SQS's own greatest maxReceiveCount. */
export const MOST_RECEIVED = 1000;

/** A queue's messages, in the order in which they came. */
export class Queue {
  readonly #messages: Message[] = [];
  readonly #known = new Set<string>();
  #waiting: (() => void)[] = [];
  /** Whether its function is being called with what is in it. */
  draining = false;

  constructor(public settings: QueueSettings) {}

  get size(): number {
    return this.#messages.length;
  }

  add(sent: Sent): Message {
    const { fifo, byContent } = this.settings;
    const made: Message = {
      ...sent,
      id: randomUUID(),
      sent: Date.now(),
      received: 0,
      receipt: "",
      hiddenUntil: 0,
      left: [],
    };
    const deduplication = fifo ? (sent.deduplication ?? (byContent ? md5(sent.body) : undefined)) : undefined;
    if (deduplication !== undefined && this.#known.has(deduplication)) return made;
    if (deduplication !== undefined) this.#known.add(deduplication);
    this.#put(made);
    return made;
  }

  #put(message: Message): void {
    this.#messages.push(message);
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((each) => each());
  }

  /** Why it takes no message like this: what SQS answers, for whoever sends it. */
  refuses({ group, deduplication }: Sent): readonly [code: string, message: string] | undefined {
    const { fifo, byContent } = this.settings;
    if (fifo && group === undefined)
      return ["MissingParameter", "The request must contain the parameter MessageGroupId."];
    if (fifo && deduplication === undefined && !byContent)
      return [
        "InvalidParameterValue",
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
      ];
    return undefined;
  }

  /** Takes a message that `from` had too often; false where it left this queue like that before. */
  take(message: Message, from: string): boolean {
    if (message.left.includes(this.settings.arn)) return false;
    this.#put({ ...message, received: 0, hiddenUntil: 0, left: [...message.left, from] });
    return true;
  }

  /** Those that may be received now, which others don't receive for so long. */
  receive(most: number, seconds: number): Message[] {
    const now = Date.now();
    const found = this.#messages
      .filter(({ hiddenUntil, received }) => hiddenUntil <= now && received <= MOST_RECEIVED)
      .slice(0, most);
    for (const message of found) {
      message.received += 1;
      message.first ??= now;
      message.receipt = randomUUID();
      message.hiddenUntil = now + seconds * 1000;
    }
    return found;
  }

  find = (receipt: string): Message | undefined => this.#messages.find((each) => each.receipt === receipt);

  remove(message: Message): void {
    const at = this.#messages.indexOf(message);
    if (at >= 0) this.#messages.splice(at, 1);
  }

  /** Resolves when a message comes, or nobody waits any longer. */
  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#waiting.forEach((each) => each());
  }
}
