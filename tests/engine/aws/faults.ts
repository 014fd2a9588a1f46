/** Faults that a test asks for, in a file beside the accounts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
// eslint-disable-next-line no-restricted-syntax -- to look again and again at a file that another process removes
import { setTimeout as wait } from "node:timers/promises";
import type { Cloud } from "./cloud";

export interface Fault {
  readonly op: "create" | "update" | "delete";
  /** Ending of the URN, or the how-manieth of this provider's operations, from 1. Without both: every one. */
  readonly urn?: string;
  readonly nth?: number;
  /** Before AWS has done it, or after: then it is done, and nobody was told. */
  readonly when: "before" | "after";
  /** `hold`: until the file is gone, which is slow, or for ever, which hangs. `die`: the provider is killed. */
  readonly then: "fail" | "hold" | "die";
}

export const FAULTS = "faults.json";

export class Faults {
  private readonly counts = { create: 0, update: 0, delete: 0 };

  constructor(private readonly cloud: Cloud) {}

  private read(): readonly Fault[] {
    try {
      return JSON.parse(readFileSync(join(this.cloud.folder, FAULTS), "utf8")) as Fault[];
    } catch {
      return [];
    }
  }

  /** Does an operation, with the faults that are asked for before and after it. */
  async around<T>(op: Fault["op"], account: string, urn: string, act: () => T): Promise<T> {
    const count = ++this.counts[op];
    const faults = this.read().filter(
      (fault) =>
        fault.op === op &&
        (fault.urn === undefined || urn.endsWith(fault.urn)) &&
        (fault.nth === undefined || fault.nth === count),
    );
    const happen = async (when: Fault["when"]): Promise<void> => {
      for (const { then } of faults.filter((fault) => fault.when === when)) {
        const message = `injected fault: ${then} ${when} ${op}`;
        this.cloud.record({ op: "fault", account, urn, id: "", message });
        if (then === "die") process.kill(process.pid, "SIGKILL");
        if (then === "fail") throw new Error(message);
        while (this.read().length > 0) await wait(20);
      }
    };
    await happen("before");
    const result = act();
    await happen("after");
    return result;
  }
}
