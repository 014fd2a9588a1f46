/** Streams of tables: functions get each change in its order, as Lambda reads a stream that has one shard. */
import { randomUUID } from "node:crypto";
import { failedOf } from "./failures";
import { ATTEMPTS, type Around, counted } from "./invocations";
import { LATEST, type Stream, type StreamMapping } from "./model";
import { fits } from "./pattern";
import type { Values } from "../../../../packages/iam/src/json";

/** What a write did to one item, in DynamoDB's own JSON. */
export interface Change {
  readonly keys: Values;
  /** Undefined where there was none. */
  readonly before: Values | undefined;
  readonly after: Values | undefined;
}

/** One record, as Lambda's event has it. */
interface StreamRecord {
  readonly eventName: string;
  readonly dynamodb: Values & { readonly SequenceNumber: string };
}

const SHARD = "shardId-00000000000000000000-00000000";
/** Views that have the item as it was, and as it is. */
const [OLD, NEW] = [/^(OLD_IMAGE|NEW_AND_OLD_IMAGES)$/, /^(NEW_IMAGE|NEW_AND_OLD_IMAGES)$/];

export class StreamReaders {
  /** What a function has still to get, by its mapping's logical id. */
  readonly #waiting = new Map<string, StreamRecord[]>();
  readonly #reading = new Set<string>();
  #sequence = 0;

  constructor(
    readonly around: Around,
    readonly track: (work: Promise<void>) => void,
  ) {}

  /** Puts changes on a stream, all before its functions are called. */
  add(stream: Stream, changes: readonly Change[]): void {
    const records = changes.map((each) => this.#record(stream, each));
    for (const mapping of this.#mappings(stream)) {
      const waiting = this.#waiting.get(mapping.logicalId) ?? [];
      this.#waiting.set(mapping.logicalId, [...waiting, ...records]);
      if (this.#reading.has(mapping.logicalId)) continue;
      this.#reading.add(mapping.logicalId);
      this.track(this.#read(stream, mapping.logicalId));
    }
  }

  #mappings = ({ arn }: Stream): readonly StreamMapping[] =>
    this.around.wiring().streamMappings.filter((each) => each.stream === arn);

  #record({ arn, view }: Stream, { keys, before, after }: Change): StreamRecord {
    const { region } = this.around.wiring().site;
    const image = {
      ...(after && NEW.test(view) && { NewImage: after }),
      ...(before && OLD.test(view) && { OldImage: before }),
    };
    return {
      ...{ eventID: randomUUID().replaceAll("-", ""), eventVersion: "1.1", eventSource: "aws:dynamodb" },
      ...{ awsRegion: region, eventSourceARN: arn },
      eventName: before ? (after ? "MODIFY" : "REMOVE") : "INSERT",
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
        Keys: keys,
        ...image,
        SequenceNumber: String(++this.#sequence).padStart(21, "0"),
        SizeBytes: Buffer.byteLength(JSON.stringify({ keys, ...image })),
        StreamViewType: view,
      },
    };
  }

  /** One batch after the other. */
  async #read(stream: Stream, logicalId: string): Promise<void> {
    await Promise.resolve(); // what is written in one go is one batch
    for (;;) {
      // A release may have come meanwhile.
      const mapping = this.#mappings(stream).find((each) => each.logicalId === logicalId);
      const batch = this.#waiting.get(logicalId)?.splice(0, mapping?.batch ?? Infinity) ?? [];
      if (!mapping || batch.length === 0 || this.around.ended()) break;
      const { filters } = mapping;
      const wanted = batch.filter(
        (each) => filters.length === 0 || filters.some((pattern) => fits(pattern, each)),
      );
      const who = `stream of ${stream.logicalId}`;
      if (wanted.length < batch.length)
        this.around.tell(
          (count) => `${who}: ${counted(count, "record")} passed no filter of ${logicalId}`,
          batch.length - wanted.length,
        );
      if (wanted.length === 0) continue;
      this.around.tell(
        (count) => `${who}: ${counted(count, "record")} reached ${mapping.target}`,
        wanted.length,
      );
      await this.#batch(stream, mapping, wanted, 0);
    }
    this.#reading.delete(logicalId);
  }

  /** Calls a function with a batch, and with what of it failed, until that is given up. */
  async #batch(
    stream: Stream,
    mapping: StreamMapping,
    batch: readonly StreamRecord[],
    tried: number,
  ): Promise<void> {
    const { call, ended, tell } = this.around;
    const { target, partial, bisect, attempts } = mapping;
    const answer = await call(target, { Records: batch });
    if (ended()) return;
    const [first] = failedOf(answer, partial, batch, ({ dynamodb }) => dynamodb.SequenceNumber);
    if (!first) return;
    // A stream is read on from what failed first.
    const left = batch.slice(batch.indexOf(first));
    const who = `stream of ${stream.logicalId}`;
    tell((count) => `${who}: ${target} failed on a batch${count === 1 ? "" : `, ${count} times`}`);
    if (left.length < batch.length) return this.#batch(stream, mapping, left, 0);
    if (bisect && left.length > 1) {
      const half = Math.ceil(left.length / 2);
      await this.#batch(stream, mapping, left.slice(0, half), tried);
      return this.#batch(stream, mapping, left.slice(half), tried);
    }
    if (tried + 1 < (attempts ?? ATTEMPTS)) return this.#batch(stream, mapping, left, tried + 1);
    this.#giveUp(stream, mapping, left, tried + 1);
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
  #giveUp(
    stream: Stream,
    { target, targetArn, attempts, failed, logicalId }: StreamMapping,
    left: readonly StreamRecord[],
    tried: number,
  ): void {
    const { tell, pass } = this.around;
    const who = `stream of ${stream.logicalId}`;
    if (attempts === undefined)
      return tell(
        (count) =>
          `${who}: ${counted(count, "record")} failed ${ATTEMPTS} times: AWS tries them until they are a day old, and nothing after them reaches ${target} before. MaximumRetryAttempts of ${logicalId} ends that`,
        left.length,
      );
    tell(
      (count) =>
        `${who}: ${counted(count, "record")} failed ${tried === 1 ? "once" : `${tried} times`} and ${count === 1 ? "is" : "are"} given up${failed ? "" : `: ${logicalId} has no OnFailure`}`,
      left.length,
    );
    if (!failed) return;
    const time = new Date().toISOString();
    pass(`OnFailure of ${logicalId}`, "event", failed, {
      requestContext: {
        requestId: randomUUID(),
        functionArn: targetArn,
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: tried,
      },
      responseContext: { statusCode: 200, executedVersion: LATEST, functionError: "Unhandled" },
      version: "1.0",
      timestamp: time,
      DDBStreamBatchInfo: {
        shardId: SHARD,
        startSequenceNumber: left[0]?.dynamodb.SequenceNumber,
        endSequenceNumber: left.at(-1)?.dynamodb.SequenceNumber,
        approximateArrivalOfFirstRecord: time,
        approximateArrivalOfLastRecord: time,
        batchSize: left.length,
        streamArn: stream.arn,
      },
    });
  }
}
