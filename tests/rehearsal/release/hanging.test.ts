import assert from "node:assert/strict";
import { join } from "node:path";
import { emptyFolder, write } from "../../folders";
import { LambdaFunction } from "../../../rehearsal/release/emulator/lambdaFunction";
import { Task } from "../../../rehearsal/release/emulator/task";

/** A function of this code; how long it may take changes with `place`, so that no test depends on this machine's speed. */
function functionOf(code: string) {
  const folder = emptyFolder();
  write(folder, { "index.js": code });
  const place = { folder, log: join(folder, "log"), variables: {}, patience: 300 };
  const settings = {
    logicalId: "F",
    name: "f",
    arn: "arn:f",
    handler: "index.handler",
    language: "node" as const,
    memory: 128,
    variables: {},
  };
  return { place, lambda: new LambdaFunction(settings, place) };
}

describe("what hangs", () => {
  it("is a function that does not answer: it is ended, and the next request has another process", async () => {
    const code =
      "exports.handler = (event) => (event.hang ? new Promise(() => {}) : Promise.resolve(process.pid));";
    const { place, lambda } = functionOf(code);
    await lambda.start();
    const first = await lambda.invoke({});
    place.patience = 0;
    assert.equal(await lambda.invoke({ hang: true }), undefined);
    place.patience = 300;
    const next = await lambda.invoke({});
    await lambda.close();
    const [pid, other] = [first, next].map((each) => (each as { result: number }).result);
    assert.ok(pid !== undefined && other !== undefined && pid !== other);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });

  it("is a function that does not start", async () => {
    const { place, lambda } = functionOf("while (true);");
    place.patience = 0;
    await assert.rejects(lambda.start(), {
      message: "the bundle does not start (handler index.handler): it took more than 0 seconds",
    });
  });

  it("is a task that does not listen", async () => {
    const folder = emptyFolder();
    write(folder, { "server.js": "setInterval(() => {}, 1e6);" });
    const health = { path: "/", healthy: () => true, threshold: 1, unhealthyThreshold: 1, grace: 0 };
    const own = {
      name: "c",
      command: ["node", "server.js"],
      folder,
      variables: {},
      port: 8080,
      stopTimeout: 1,
    };
    const task = new Task({ ...own, health }, join(folder, "log"), { variables: {}, patience: 0 });
    assert.equal(await task.healthy(), "it does not listen on port 8080 within 0 seconds");
    await task.close();
  });
});
