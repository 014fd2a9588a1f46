/** What runs by itself. Nothing waits by time: whoever wants to judge waits until nothing moves any more. */
export class Activity {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Counts work until it has ended. */
  async track<Value>(work: Promise<Value>): Promise<Value> {
    this.#running++;
    try {
      return await work;
    } finally {
      this.#running--;
      this.#look();
    }
  }

  /** Work that only waits for a person does not count meanwhile. */
  async waitingForPeople<Value>(decision: Promise<Value>): Promise<Value> {
    this.#running--;
    this.#look();
    try {
      return await decision;
    } finally {
      this.#running++;
    }
  }

  /** Once nothing has run for a whole turn: what ends may start the next thing. */
  #look(): void {
    if (this.#running > 0) return;
    setImmediate(() => {
      if (this.#running === 0) for (const done of this.#waiting.splice(0)) done();
    });
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#look();
    });
  }
}
