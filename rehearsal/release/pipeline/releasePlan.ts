import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../emulator/deployment";
import { check } from "./handover";
import { fill, parameterValues, readParameterFile } from "../cloudformation/parameters";
import { holdsData } from "../../aws/physicalNames";
import { type Change, changesOf, summaryOf } from "../cloudformation/plan";
import { droppedBySam } from "../emulator/promises";
import { runtimeOf } from "../emulator/runtimes";
import { type Evaluated, evaluate, type Resources, unexpanded } from "../cloudformation/stack";
import { NotCovered, Stopped } from "../stopped";
import { tableShape } from "../emulator/tableStore";
import { readTemplate } from "../cloudformation/template";
import type { Target, Handover, Release } from "../model";

/** What a release would do to an environment. */
export interface Plan {
  readonly release: Release;
  /** The environment's own copy of what Build handed over. */
  readonly copy: Handover;
  readonly evaluated: Evaluated;
  readonly deployment: Deployment;
  readonly changes: readonly Change[];
  /** The changes in one line. */
  readonly summary: string;
  readonly notRehearsed: readonly string[];
}

/** A table that is there already stays as it was made here. */
function tableChanges({ tables }: Deployment, before: Resources): string[] {
  return tables.flatMap(({ id, logicalId, properties }) => {
    const there = before.get(logicalId);
    const same =
      JSON.stringify(tableShape(there?.properties ?? {})) === JSON.stringify(tableShape(properties));
    return there?.id !== id || same ? [] : [`the change of table ${id}: it keeps its keys and indexes here`];
  });
}

/** An environment's own template, or the one that all have. */
export function templateOf(folder: string, environment: string): string {
  const own = `templates/${environment}.json`;
  return existsSync(join(folder, own)) ? own : "template.yaml";
}

/** Has what is wrong with a template told under the name that it has in the release. */
function inTemplate<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Stopped) || error instanceof NotCovered) throw error;
    const named = (text: string): string => text.replaceAll("template.yaml", file);
    throw new Stopped(named(error.message), named(error.next), error.details.map(named));
  }
}

/**
 * What a release would change, given what is there. `copy` is the environment's own. Throws Stopped for what can't be
 * deployed.
 */
export function planRelease(
  target: Target,
  release: Release,
  copy: Handover,
  before: Resources,
  { rollback }: { readonly rollback: boolean },
): Plan {
  check(copy);
  const { site, parameters, rollbackParameters } = target;
  const { environment } = site;
  const file = templateOf(copy.folder, environment);
  return inTemplate(file, () => {
    const template = readTemplate(readFileSync(join(copy.folder, file), "utf8"));
    const released = target.released(release);
    const own = readParameterFile(join(copy.folder, "parameters"), environment);
    const given = fill({ ...parameters, ...(rollback && rollbackParameters) }, released);
    const required = Object.keys({ ...parameters, ...rollbackParameters });
    const values = parameterValues(template, environment, own, given, required);
    if (template.Transform !== undefined) throw unexpanded(template, droppedBySam(target.workload, template));
    const evaluated = evaluate(template, site, values, before);
    if (!("Endpoint" in evaluated.outputs)) {
      throw new Stopped(
        "template.yaml has no output Endpoint, which Verify needs",
        "give it one with the service's https URL, then start a new release",
      );
    }
    const deployment = runtimeOf(target.workload).read({ target, evaluated, released, copy });
    const changes = changesOf(site, before, evaluated);
    const notRehearsed = [...deployment.notRehearsed, ...tableChanges(deployment, before)];
    return { release, copy, evaluated, deployment, changes, summary: summaryOf(changes), notRehearsed };
  });
}

/** A roll-back keeps data. Throws Stopped where it would not. */
export function refuseLoss({ changes }: Plan): void {
  const lost = changes.filter(
    ({ action, type }) => holdsData(type) && (action === "replace" || action === "remove"),
  );
  if (lost.length === 0) return;
  const what = lost.map(({ action, logicalId }) => `${action} ${logicalId}`).join(", ");
  throw new Stopped(`the roll-back would ${what}, which holds data`, "release a correction instead");
}
