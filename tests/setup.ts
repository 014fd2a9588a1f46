import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

export const mochaHooks = { afterEach: failOnLostErrors, afterAll: failOnLostErrors };

let temporary: string | undefined;

/** Whatever tests, and processes that they start, make below tmpdir(): a process that is ended removes nothing itself. */
export function mochaGlobalSetup(): void {
  temporary = mkdtempSync(join(tmpdir(), "delivery-tests-"));
  process.env["TMPDIR"] = temporary; // which tmpdir() reads, and mktemp
  process.env["SHARED_BY_TESTS"] = temporary; // by tests of this run alone: what another run has made may be of other code
}

export function mochaGlobalTeardown(): void {
  // Thousands of files, which Node.js takes seconds for.
  if (temporary !== undefined) execFileSync("rm", ["-rf", "--", temporary]);
}
