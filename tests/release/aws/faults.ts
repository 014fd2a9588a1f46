/** Faults of single calls: which call of a session meets one, and whether it did. */
import type { Call, Fault, SetFault } from "../model";

export interface Meeting {
  readonly kind: Fault["kind"];
  /** Notes the call, and ends the session's processes where the fault says so. */
  readonly fire: (call: Call) => Promise<void>;
}

export class Faults {
  readonly #set = new Set<{ readonly fault: Fault; fired: Call | undefined }>();
  /** Calls of each session, and of each operation of it, without the tries that the CLI makes again. */
  readonly #counts = new Map<string, number>();
  readonly #tries = new Set<string>();

  set(fault: Fault): SetFault {
    if (fault.kind !== "lose-answer" && !fault.kill) throw new Error(`fault ${fault.kind} needs kill`);
    const entry = { fault, fired: undefined };
    this.#set.add(entry);
    return { fired: () => entry.fired, remove: () => void this.#set.delete(entry) };
  }

  /** Counts the call. A try again of the same call is no call of its own, and meets nothing. */
  meets(call: Call, invocation: string | undefined): Meeting | undefined {
    if (invocation !== undefined && this.#tries.has(invocation)) return undefined;
    if (invocation !== undefined) this.#tries.add(invocation);
    const operation = `${call.service}:${call.operation}`;
    const [all, own] = [call.session, `${call.session} ${operation}`].map((of) => {
      const count = (this.#counts.get(of) ?? 0) + 1;
      this.#counts.set(of, count);
      return count;
    });
    const entry = [...this.#set].find(
      ({ fault, fired }) =>
        !fired &&
        fault.session === call.session &&
        (fault.operation === undefined
          ? fault.call === all
          : fault.operation === operation && fault.call === own),
    );
    if (!entry) return undefined;
    return {
      kind: entry.fault.kind,
      fire: async (met) => {
        entry.fired = met;
        await entry.fault.kill?.();
      },
    };
  }
}
