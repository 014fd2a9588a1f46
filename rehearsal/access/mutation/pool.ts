import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Given } from "./judge";
import type { Verdict } from "../../../packages/iam/src/mutation/verdict";

/** What a thread says: first what there is to judge, then what came of each. */
type Message =
  | { readonly names: readonly string[]; readonly left: readonly string[] }
  | { readonly index: number; readonly verdicts: readonly Verdict[] }
  // Why nothing can be judged: of an error, this is what gets from thread to thread.
  | { readonly refused: string };

export interface Watch {
  /** Which of the policies to judge, once their names are known, and what is not here to be judged. */
  readonly choose: (names: readonly string[], left: readonly string[]) => readonly number[];
  /** After each policy. */
  readonly judged: (name: string, done: number, of: number, verdicts: readonly Verdict[]) => void;
}

/** Judges policies in as many threads as there are processors; verdicts come in the order of the policies. */
export function judgeAll(
  given: Given,
  { choose, judged }: Watch,
  threads = availableParallelism(),
): Promise<Verdict[]> {
  const found = new Map<number, readonly Verdict[]>();
  let names: readonly string[] | undefined;
  let chosen: readonly number[] = [];
  let next = 0;
  return new Promise((done, failed) => {
    const workers = Array.from(
      { length: threads },
      () =>
        new Worker(join(__dirname, "worker.ts"), { workerData: given, execArgv: ["-r", "ts-node/register"] }),
    );
    const end = (): void => workers.forEach((each) => void each.terminate());
    const fail = (error: unknown): void => {
      end();
      failed(error instanceof Error ? error : new Error(String(error)));
    };
    const hear = (worker: Worker, message: Message): void => {
      if ("refused" in message) notKnown(message.refused);
      else if ("names" in message) {
        if (names === undefined) chosen = choose((names = message.names), message.left);
      } else {
        found.set(message.index, message.verdicts);
        judged(names?.[message.index] ?? "", found.size, chosen.length, [...found.values()].flat());
      }
      if (found.size === chosen.length) {
        end();
        return done([...found].sort(([one], [other]) => one - other).flatMap(([, verdicts]) => verdicts));
      }
      const index = chosen[next++];
      if (index !== undefined) worker.postMessage(index);
    };
    for (const worker of workers) {
      worker.on("message", (message: Message) => {
        try {
          hear(worker, message);
        } catch (error) {
          fail(error);
        }
      });
      worker.on("error", fail);
    }
  });
}
