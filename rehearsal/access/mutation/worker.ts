/** A thread that judges the policies whose numbers it is sent. */
import { parentPort, workerData } from "node:worker_threads";
import { Stopped } from "../../release/stopped";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Given, tasks } from "./judge";

async function serve(given: Given): Promise<void> {
  const { all, left } = await tasks(given);
  const port = parentPort;
  port?.on("message", (index: number) => port.postMessage({ index, verdicts: all[index]?.judge() ?? [] }));
  port?.postMessage({ names: all.map(({ name }) => name), left });
}

serve(workerData as Given).catch((error: unknown) => {
  if (!(error instanceof NotKnown || error instanceof Stopped)) throw error; // ends the thread, and the pool hears of it
  parentPort?.postMessage({ refused: error.message });
});
