import type { Rehearsed } from "../record/record";
import type { Folder } from "../record/stackFiles";
import { tryThreats, type ThreatResult } from "./threats/run";
import { type AccessResult, judgeAccess } from "./matrix/judge";
import { walk, type Walk } from "./calls/walk";
import { makeWorld, type World, type WorldOptions } from "./estate/world";
import type { NotShown } from "../record/notShown";

/** The access check: who may do what, by the policies that the stacks registered. */
export interface Act2 {
  readonly world: World;
  readonly walk: Walk;
  readonly charter: AccessResult;
  readonly threats: readonly ThreatResult[];
  /** What does not hold, one line each. */
  readonly findings: readonly string[];
  readonly notShown: readonly NotShown[];
  readonly seconds: number;
}

/** One that gets through, or that no single statement keeps out: such a one proves nothing. */
function threatFindings(threats: readonly ThreatResult[]): string[] {
  return threats
    .filter(({ applicable, refused, succeedsWithChange }) => applicable && !(refused && succeedsWithChange))
    .map(({ id, title, refused, refusedBy, change }) =>
      refused
        ? `threat scenario ${id} (${title}) is inconclusive: it is blocked even with the change that should let it through (${change})`
        : `threat scenario ${id} is not blocked as expected: ${title}; ${refusedBy}`,
    );
}

/**
 * Simulates the calls of releases, compares the policies with the access matrix and tries the threat scenarios; between
 * them `others` have a turn. Throws Stopped for a template that cannot be read, NotKnown for whatever may carry access and is not understood.
 */
export async function act2(
  folder: Folder,
  record: Rehearsed,
  options: WorldOptions,
  others: () => Promise<void> = () => Promise.resolve(),
): Promise<Act2> {
  const start = performance.now();
  const world = await makeWorld(folder, record, options);
  await others();
  const walked = walk(world);
  await others();
  const charter = await judgeAccess(world, { calls: walked.calls });
  await others();
  const threats = tryThreats(world);
  return {
    world,
    walk: walked,
    charter,
    threats,
    findings: [...walked.findings, ...charter.findings, ...charter.unused, ...threatFindings(threats)],
    notShown: walked.notShown.map((what) => ({ what, shownBy: "pulumi up and a release" })),
    seconds: (performance.now() - start) / 1000,
  };
}

const thousands = (value: number): string => value.toLocaleString("en");

/** How it ended, in a few lines. */
export function accessLines({ walk: { calls }, charter, threats, findings, seconds }: Act2): string[] {
  const stopped = threats.filter(({ applicable }) => applicable).length;
  const idle = threats.length - stopped;
  return [
    `  simulated calls: ${thousands(calls.length)} of releases, in every environment and phase`,
    `  access matrix: ${thousands(charter.rows.length)} rows against ${thousands(charter.asked)} combinations of principal, action and ` +
      `resource; no statement speaks of most, ${thousands(charter.decided)} were decided one by one`,
    `  threat scenarios: ${stopped}, each with the one statement that blocks it` +
      (idle === 0 ? "" : `; ${idle} more need other settings`),
    `  ${findings.length === 0 ? "ok" : `${findings.length} findings`}, ${seconds.toFixed(1)} s`,
  ];
}
