/** Faults of a job's calls: which there are, and how one is set before the first command of a build. */
import assert from "node:assert/strict";
import type { Build } from "../codebuild/codebuild";
import type { Call, DecidedCall, FaultKind, SetFault } from "../model";
import type { System } from "../system/system";

/** A job by the end of its project's name, and which of its calls meets what. */
export interface PlannedFault {
  readonly job: string;
  readonly kind: FaultKind;
  readonly operation: string;
  /** Which of the operation's calls, from 1: how often a job looks before AWS is done is chance. */
  readonly call: number;
}

export const named = ({ job, call, kind, operation }: PlannedFault): string =>
  `${kind} ${operation} ${call} of ${job}`;

const operationOf = ({ service, operation }: Call): string => `${service}:${operation}`;
/** ECR's `Login` and `BatchCheckLayerAvailability` are GET and HEAD of its registry. */
const READS = /:(Get|List|Describe|Head|BatchGet|BatchCheck|Validate|AssumeRole|Login)/;
/** Calls of `docker`, whose stand-in does not try again where an answer is lost: the job fails, as it may where Docker has given up. */
const OF_DOCKER = /^ecr:(InitiateLayerUpload|UploadLayerPart|CompleteLayerUpload|PutImage)$/;

/** How a job's tries end that meets this fault, with one retry at most. */
export const triesOf = ({ kind, operation }: Pick<PlannedFault, "kind" | "operation">): readonly string[] =>
  kind === "lose-answer" && !OF_DOCKER.test(operation) ? ["Succeeded"] : ["Failed", "Succeeded"];

/**
 * Every fault of a job, by what its builds have called: killed before and after each call, and the answer lost of each
 * that writes. What not every build has called may not be called by the next.
 */
export function faultsOf(job: string, builds: readonly (readonly DecidedCall[])[]): PlannedFault[] {
  const counts = builds.map((calls) => {
    const count = new Map<string, number>();
    for (const each of calls) count.set(operationOf(each), (count.get(operationOf(each)) ?? 0) + 1);
    return count;
  });
  return [...(counts.at(-1) ?? new Map<string, number>()).keys()].flatMap((operation) => {
    const kinds: FaultKind[] = [
      "kill-before",
      "kill-after",
      ...(READS.test(operation) ? [] : ["lose-answer" as const]),
    ];
    const most = Math.min(...counts.map((count) => count.get(operation) ?? 0));
    return Array.from({ length: most }, (_, index) =>
      kinds.map((kind) => ({ job, kind, operation, call: index + 1 })),
    ).flat();
  });
}

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
    const { call, kind, operation } = planned;
    const kill = kind === "lose-answer" ? {} : { kill: build.kill };
    const set = system.aws.fault({ session: build.session.id, call, operation, kind, ...kill });
    this.#set.push({ planned, set });
  }

  /** A fault that did not fire has shown nothing. */
  allFired(): void {
    assert.deepEqual(this.#planned.map(named), [], "jobs that did not run");
    for (const { planned, set } of this.#set) {
      assert.ok(set.fired(), `${named(planned)} did not fire`);
    }
  }
}
