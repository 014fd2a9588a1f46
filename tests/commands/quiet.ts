import { realAws } from "../../commands/aws/clients";
import type { Engine } from "../../commands/engine/engine";
import type { Session } from "../../commands/session";
/** Without signals of this process, and without a board. */
import type { showJobs } from "../../commands/board";
import { Interrupts } from "../../commands/engine/interrupts";

/** Nobody interrupts. */
export function calm(): Interrupts {
  const interrupts = new Interrupts(() => undefined);
  interrupts.close();
  return interrupts;
}

/** Lines as the board would close with, in the order in which they ended. */
export function quiet(): { show: typeof showJobs; lines: string[] } {
  const lines: string[] = [];
  const show: typeof showJobs = async (jobs) => {
    await Promise.all(
      jobs.map(async ({ title, work }) => {
        const { well, line } = await work(() => undefined);
        lines.push(`${well ? "ok" : "failed"} ${title}: ${line.replace(/\d+ s$/, "some time")}`);
      }),
    );
  };
  return { show, lines };
}

/** A session with this engine, in which nobody is there to answer. */
export const sessionWith = (engine: Engine, show: Session["show"] = quiet().show): Session => {
  const nobody = (question: string) => Promise.reject(new Error(`nobody is there to answer: ${question}`));
  return {
    engine,
    aws: realAws,
    interrupts: calm(),
    say: () => undefined,
    show,
    confirmed: nobody,
    wait: () => Promise.resolve(),
    typed: nobody,
  };
};
