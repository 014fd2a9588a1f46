/** Faults of a job's calls: which there are, and how one is set before the first command of a build. */
import assert from "node:assert/strict";
import type { Build } from "../codebuild/codebuild";
import type { Call, DecidedCall, FaultKind, SetFault } from "../model";
import type { System } from "../system/system";

/** A job by the end of its project's name, and which of its calls meets what. */
export interface PlannedFault {
  readonly job: string;
  readonly call: number;
  readonly kind: FaultKind;
  /** What the call is, as a run without faults has shown. */
  readonly operation: string;
}

export const named = ({ job, call, kind, operation }: PlannedFault): string =>
  `${kind} ${call} (${operation}) of ${job}`;

const operationOf = ({ service, operation }: Call): string => `${service}:${operation}`;
const READS = /:(Get|List|Describe|Head|BatchGet|Validate|AssumeRole)/;

/** Every fault of a job whose calls were these: killed before and after each, and the answer lost of each that writes. */
export const faultsOf = (job: string, calls: readonly DecidedCall[]): PlannedFault[] =>
  calls.flatMap((each, index) => {
    const operation = operationOf(each);
    const kinds: FaultKind[] = [
      "kill-before",
      "kill-after",
      ...(READS.test(operation) ? [] : ["lose-answer" as const]),
    ];
    return kinds.map((kind) => ({ job, call: index + 1, kind, operation }));
  });

/** Faults for the next builds of some jobs, one each. */
export class Faults {
  #planned: PlannedFault[] = [];
  #set: { readonly planned: PlannedFault; readonly set: SetFault }[] = [];

  plan(planned: readonly PlannedFault[]): void {
    this.#planned = [...planned];
    this.#set = [];
  }

  /** The first build of a job meets its fault; the retry does not. */
  started(system: Pick<System, "aws">, build: Build): void {
    const index = this.#planned.findIndex(({ job }) => build.project.endsWith(job));
    const [planned] = index < 0 ? [] : this.#planned.splice(index, 1);
    if (!planned) return;
    const { call, kind } = planned;
    const kill = kind === "lose-answer" ? {} : { kill: build.kill };
    const set = system.aws.fault({ session: build.session.id, call, kind, ...kill });
    this.#set.push({ planned, set });
  }

  /** A fault that did not fire has shown nothing. */
  allFired(): void {
    assert.deepEqual(this.#planned.map(named), [], "jobs that did not run");
    for (const { planned, set } of this.#set) {
      const call = set.fired();
      assert.ok(call, `${named(planned)} did not fire`);
      assert.equal(operationOf(call), planned.operation, `${named(planned)} met another call`);
    }
  }
}
