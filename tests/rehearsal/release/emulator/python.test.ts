import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder, write } from "../../../folders";
import { LambdaFunction } from "../../../../rehearsal/release/emulator/lambdaFunction";
import { functionEnvironment } from "../../../../rehearsal/release/emulator/processes";
import { pythonVersion } from "../../../../rehearsal/release/emulator/python";
import { NotCovered, Stopped } from "../../../../rehearsal/release/stopped";

const NOWHERE = "http://127.0.0.1:1";
const HANDLER = `
import os
import helper

def handler(event, context):
    print("has", event)
    if event.get("fails"):
        raise ValueError("on purpose")
    assert 0 < context.get_remaining_time_in_millis() <= 30000
    return [helper.LAMP, event["x"], os.environ["SHADE"], context.function_name, context.memory_limit_in_mb]
`;
const of = (handler: string, files: Readonly<Record<string, string>>) => {
  const [folder, logs] = [emptyFolder(), emptyFolder()];
  write(folder, files);
  const settings = {
    ...{ logicalId: "F", name: "f", arn: "arn:f", handler, language: "python" as const, memory: 128 },
    variables: { SHADE: "grün" },
  };
  const log = join(logs, "log");
  const place = {
    folder,
    log,
    variables: functionEnvironment({ tables: NOWHERE, events: NOWHERE, objects: NOWHERE }),
    patience: 30,
  };
  return { own: new LambdaFunction(settings, place), log };
};

// What is then not covered: tests/rehearsal/release/languages.whole.test.ts. `.ci/run` counts it as skipped.
if (pythonVersion() === undefined) console.log("no python3 here: functions in Python are not tested");
else
  describe("a function in Python", () => {
    it("answers each event as Lambda would ask it, and goes on after one that fails", async () => {
    const { own, log } = of("src/app.handler", { "src/app.py": HANDLER, "helper.py": 'LAMP = "lamp"' });
    await own.start();
    const answers = await Promise.all([own.invoke({ x: 1 }), own.invoke({ fails: true }), own.invoke({ x: "ü" })]);
    await own.close();
    assert.deepEqual(answers, [
      { result: ["lamp", 1, "grün", "f", "128"] },
      undefined,
      { result: ["lamp", "ü", "grün", "f", "128"] },
    ]);
    assert.match(readFileSync(log, "utf8"), /has \{'x': 1\}[^]*ValueError: on purpose/);
  }); // prettier-ignore

    it("does not start where its handler is not there, and is not covered where a module of Lambda's own is missing", async () => {
      const refused = async (handler: string, text: string): Promise<Stopped> => {
        const { own } = of(handler, { "app.py": text });
        try {
          await own.start();
        } catch (error) {
          if (error instanceof Stopped) return error;
          throw error;
        } finally {
          await own.close();
        }
        throw new Error("it started");
      };
      const missing = await refused("app.other", HANDLER.replace("import helper", ""));
      assert.equal(
        missing.message,
        "the bundle does not start (handler app.other): ImportError: app has no function other",
      );
      assert.ok(!(missing instanceof NotCovered));
      assert.match((await refused("app.handler", "import nowhere")).message, /No module named 'nowhere'$/);
      const boto3 = await refused(
        "app.handler",
        "raise ModuleNotFoundError(\"No module named 'boto3'\", name='boto3')",
      );
      assert.ok(boto3 instanceof NotCovered);
      assert.equal(
        boto3.message,
        "handler app.handler needs boto3, which Lambda's Python has, and neither the bundle nor this machine's",
      );
    });
  });
