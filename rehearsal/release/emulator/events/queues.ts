/** Queues, and the functions that read them, as Lambda reads a queue. */
import { failedOf } from "./failures";
import { areOrIs, type Around, ATTEMPTS, messages } from "./invocations";
import type { Mapping } from "./model";
import { fits, parsed } from "./pattern";
import { md5, type Message, MOST_RECEIVED, Queue, type Sent } from "./queue";

export class Queues {
  readonly #all = new Map<string, Queue>();
  #closed = false;

  constructor(
    readonly around: Around,
    readonly track: (work: Promise<void>) => void,
  ) {}

  /** From now on there are those that are wired. What is in a queue stays. */
  use(): void {
    const { queues } = this.around.wiring();
    for (const settings of queues) {
      const queue = this.#all.get(settings.arn);
      if (queue) queue.settings = settings;
      else this.#all.set(settings.arn, new Queue(settings));
    }
    for (const [arn, queue] of [...this.#all]) {
      if (queues.some((each) => each.arn === arn)) continue;
      queue.close();
      this.#all.delete(arn);
    }
    this.#all.forEach((queue) => this.#drain(queue));
  }

  get = (arn: string): Queue | undefined => this.#all.get(arn);
  find(isIt: (settings: Queue["settings"]) => boolean): Queue | undefined {
    return [...this.#all.values()].find(({ settings }) => isIt(settings));
  }

  close(): void {
    this.#closed = true;
    this.#all.forEach((each) => each.close());
  }

  /** Puts messages on a queue, all before its function is called. */
  send(queue: Queue, sent: readonly Sent[]): Message[] {
    const made = sent.map((each) => queue.add(each));
    this.#drain(queue);
    return made;
  }

  /** Takes messages for somebody who asks for them; those that were received too often go to the dead letters. */
  receive(queue: Queue, most: number, seconds = queue.settings.visibility): Message[] {
    const { deadLetters } = queue.settings;
    for (;;) {
      const found = queue.receive(most, seconds);
      const late = found.filter(({ received }) => deadLetters !== undefined && received > deadLetters.after);
      late.forEach((each) => this.#bury(queue, each));
      const again = found.filter((each) => !late.includes(each) && each.received > MOST_RECEIVED);
      if (again.length > 0)
        this.around.tell(
          (count) =>
            `queue ${queue.settings.logicalId}: ${messages(count)} ${areOrIs(count, "were")} received more than ${MOST_RECEIVED} times, and ${areOrIs(count, "are")} received no more: nobody deletes ${count === 1 ? "it" : "them"}, and the visibility timeout hides ${count === 1 ? "it" : "them"} for no time`,
          again.length,
        );
      if (found.length === 0 || late.length < found.length)
        return found.filter((each) => !late.includes(each));
    }
  }

  #bury(queue: Queue, message: Message): void {
    const { logicalId, deadLetters } = queue.settings;
    queue.remove(message);
    const target = deadLetters && this.#all.get(deadLetters.queue);
    const where = target?.settings.logicalId ?? "dead letters that are not in the template";
    if (target && !target.take(message, queue.settings.arn))
      return this.around.tell(
        (count) =>
          `queue ${logicalId}: ${messages(count)} ${areOrIs(count, "were")} received ${deadLetters?.after ?? 0} times and ${areOrIs(count, "are")} dropped: ${where} had ${count === 1 ? "it" : "them"} before, so that dead letters go in a circle`,
      );
    this.around.tell(
      (count) =>
        `queue ${logicalId}: ${messages(count)} ${areOrIs(count, "were")} received ${deadLetters?.after ?? 0} times and ${areOrIs(count, "are")} now in ${where}`,
    );
    if (target) this.#drain(target);
  }

  #drain(queue: Queue): void {
    const mapping = this.around.wiring().mappings.find((each) => each.queue === queue.settings.arn);
    if (!mapping || queue.draining) return;
    queue.draining = true;
    this.track(this.#deliver(queue));
  }

  /** One batch after the other, until no message may be received. */
  async #deliver(queue: Queue): Promise<void> {
    await Promise.resolve(); // what is sent in one go is one batch
    for (;;) {
      // A release may have come meanwhile.
      const mapping = this.around.wiring().mappings.find((each) => each.queue === queue.settings.arn);
      const batch = mapping && !this.#closed ? this.receive(queue, mapping.batch, Infinity) : [];
      if (!mapping || batch.length === 0) {
        queue.draining = false;
        return;
      }
      const wanted = batch.filter((each) => this.#isWanted(mapping, each));
      batch.filter((each) => !wanted.includes(each)).forEach((each) => queue.remove(each)); // as Lambda does
      const { logicalId } = queue.settings;
      if (wanted.length < batch.length)
        this.around.tell(
          (count) => `queue ${logicalId}: ${messages(count)} passed no filter of ${mapping.logicalId}`,
          batch.length - wanted.length,
        );
      if (wanted.length > 0) await this.#batch(queue, mapping, wanted);
    }
  }

  #isWanted = ({ filters }: Mapping, message: Message): boolean =>
    filters.length === 0 ||
    filters.some((pattern) => {
      const body = Array.isArray(pattern["body"]) ? message.body : parsed(message.body);
      return fits(pattern, { ...this.#record(message, ""), body });
    });

  async #batch(queue: Queue, mapping: Mapping, batch: readonly Message[]): Promise<void> {
    const { logicalId, deadLetters } = queue.settings;
    const first = batch.filter(({ received }) => received === 1).length;
    if (first > 0)
      this.around.tell((count) => `queue ${logicalId}: ${messages(count)} reached ${mapping.target}`, first);
    const answer = await this.around.call(mapping.target, {
      Records: batch.map((each) => this.#record(each, queue.settings.arn)),
    });
    if (this.around.ended()) return;
    const failed = failedOf(answer, mapping.partial, batch, ({ id }) => id);
    for (const message of batch) if (!failed.includes(message)) queue.remove(message);
    if (failed.length > 0)
      this.around.tell(
        (count) =>
          `queue ${logicalId}: ${mapping.target} failed on a message${count === 1 ? "" : `, ${count} times`}`,
        failed.length,
      );
    for (const message of failed) {
      // AWS waits for the visibility timeout, and tries without dead letters until the message is too old.
      if (deadLetters !== undefined || message.received < ATTEMPTS) message.hiddenUntil = 0;
      else
        this.around.tell(
          (count) =>
            `queue ${logicalId}: ${messages(count)} ${areOrIs(count, "were")} received ${ATTEMPTS} times and ${count === 1 ? "stays" : "stay"}: the queue has no dead letters`,
        );
    }
  }

  /** A message as Lambda's event has it. */
  #record(message: Message, arn: string): object {
    const { site } = this.around.wiring();
    return {
      messageId: message.id,
      receiptHandle: message.receipt,
      body: message.body,
      attributes: systemAttributes(message, site.account),
      messageAttributes: Object.fromEntries(
        Object.entries(message.attributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
          name,
          {
            ...(StringValue !== undefined && { stringValue: StringValue }),
            ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
            ...{ stringListValues: [], binaryListValues: [], dataType: DataType },
          },
        ]),
      ),
      md5OfBody: md5(message.body),
      eventSource: "aws:sqs",
      eventSourceARN: arn,
      awsRegion: site.region,
    };
  }
}

/** What AWS adds to a message. */
export const systemAttributes = (message: Message, account: string): Record<string, string> => ({
  ApproximateReceiveCount: String(message.received),
  SentTimestamp: String(message.sent),
  SenderId: account,
  ApproximateFirstReceiveTimestamp: String(message.first ?? message.sent),
  ...(message.group !== undefined && { MessageGroupId: message.group }),
  ...(message.deduplication !== undefined && { MessageDeduplicationId: message.deduplication }),
});
