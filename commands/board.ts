/** Shows several stacks being worked on at once: a line each on a terminal, a line now and then without one. */
import { Listr } from "listr2";

/** One line of the board. */
export interface Job {
  readonly title: string;
  /** Tells what it is doing, and ends with what came of it. It never throws. */
  readonly work: (
    tell: (phase: string) => void,
  ) => Promise<{ readonly well: boolean; readonly line: string }>;
}

/** Without a terminal every phase is a line of its own, so they are told at this distance. In milliseconds. */
const DISTANCE = 15_000;

/** Runs these jobs side by side and shows them until the last has ended. */
export async function showJobs(jobs: readonly Job[]): Promise<void> {
  const terminal = process.stdout.isTTY;
  const tasks = jobs.map(({ title, work }) => ({
    title,
    task: async (_: unknown, task: { title: string; output: string }) => {
      let told = Date.now();
      const { well, line } = await work((phase) => {
        if (!terminal && Date.now() - told < DISTANCE) return;
        told = Date.now();
        task.output = terminal ? phase : `${title}: ${phase}`;
      });
      if (well || terminal) task.title = `${title}: ${line}`;
      if (!well) throw new Error(line); // marks the line, and is shown behind it without a terminal
    },
  }));
  const board = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false, // interrupts.ts lets what is under way end
    fallbackRenderer: "simple",
    rendererOptions: { showErrorMessage: false, collapseErrors: false },
  });
  await board.run();
}
