import { subscribe } from "node:diagnostics_channel";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true"; // of Node.js 20, among the results

/**
 * mocha drops unhandled rejections, and Pulumi reports errors inside `apply` as nothing else: without
 * these hooks such a test would be green. Thrown at once they would end a parallel run with exit code 0.
 */
const lost: unknown[] = [];
process.on("unhandledRejection", (reason) => lost.push(reason));

async function failOnLostErrors(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve)); // rejections of the test's last turn
  const [first] = lost.splice(0);
  if (first !== undefined)
    throw first instanceof Error ? first : new Error("unhandled rejection", { cause: first });
}

/**
 * Processes take most of the time of the tests. A file that starts more than these is one of `npm run test:whole`, of which
 * `npm test` tries a sample. Counted, not timed: a machine may be slow.
 */
const MOST_PROCESSES = 40;
let processes = 0;
let file: string | undefined;
subscribe("child_process", () => processes++);

function countAnew(this: Mocha.Context): void {
  if (this.currentTest?.file === file) return;
  file = this.currentTest?.file;
  processes = 0;
}

function refuseManyProcesses(): void {
  if (process.env["WHOLE"] !== "true" && processes > MOST_PROCESSES)
    throw new Error(
      `${file} has started ${processes} processes, and npm test allows ${MOST_PROCESSES} for each file: ` +
        "try a sample of them there, and all in npm run test:whole (tests/whole/sample.ts)",
    );
}

export const mochaHooks = {
  beforeEach: countAnew,
  afterEach: [failOnLostErrors, refuseManyProcesses],
  afterAll: failOnLostErrors,
};
