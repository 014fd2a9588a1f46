/** Ctrl-C: what an engine has under way is finished, the rest is not begun, and nothing is left pending. */
import type { Ledger } from "./ledger";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/**
 * A terminal sends Ctrl-C to the engines too, and a second one would make them drop what they are doing. So they are
 * told only where they have not said after this time that they heard. In milliseconds.
 */
const GRACE = 1000;

export class Interrupts {
  /** Whether somebody wants this to end. */
  happened = false;
  private readonly running = new Map<Ledger, AbortController>();
  private readonly listener = () => this.interrupt();

  constructor(private readonly say: (line: string) => void) {
    for (const signal of SIGNALS) process.on(signal, this.listener);
  }

  /** Aborted when the engine that this ledger follows should stop. */
  follow(ledger: Ledger): AbortSignal {
    const controller = new AbortController();
    this.running.set(ledger, controller);
    return controller.signal;
  }

  ended(ledger: Ledger): void {
    this.running.delete(ledger);
  }

  /** Signals end the process again. */
  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.listener);
  }

  private interrupt(): void {
    if (this.happened)
      return this.say("still finishing what is under way; killing it would leave operations pending");
    this.happened = true;
    this.say("interrupted: what is under way is finished, and nothing else is begun");
    setTimeout(() => {
      for (const [ledger, controller] of this.running) if (!ledger.cancelled) controller.abort();
    }, GRACE);
  }
}
