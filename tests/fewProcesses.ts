import { subscribe } from "node:diagnostics_channel";

/**
 * Processes take most of the time of the tests. A file that starts more than these is one of `npm run test:whole`, of which
 * `npm test`, which alone loads this, tries a sample. Counted, not timed: a machine may be slow.
 */
const MOST_PROCESSES = 16;
let processes = 0;
let file: string | undefined;
subscribe("child_process", () => processes++);

function countAnew(this: Mocha.Context): void {
  if (this.currentTest?.file === file) return;
  file = this.currentTest?.file;
  processes = 0;
}

function refuseManyProcesses(): void {
  if (processes > MOST_PROCESSES)
    throw new Error(
      `${file} has started ${processes} processes, and npm test allows ${MOST_PROCESSES} for each file: ` +
        "try a sample of them there, and all in npm run test:whole (tests/whole/sample.ts)",
    );
}

export const mochaHooks = { beforeEach: countAnew, afterEach: refuseManyProcesses };
