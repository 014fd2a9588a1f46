import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Deployment, deploymentOf } from "./deployment";
import { check, type Handover } from "./handover";
import { type Parameters, parameterValues, readParameterFile } from "./parameters";
import { holdsData, type Site } from "./physicalNames";
import { type Change, changesOf, summaryOf } from "./plan";
import { type Evaluated, evaluate, type Resources } from "./stack";
import { Stopped } from "./stopped";
import { tableShape } from "./tableStore";
import { readTemplate } from "./template";

/** A release that an environment may get. */
export interface Release {
  /** Id of the run that releases it. */
  readonly id: string;
  readonly handover: Handover;
}

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

/**
 * What a release would change, given what is there. `copy` is the environment's own, `parameters` are the
 * pipeline's. Throws Stopped for what can't be deployed.
 */
export function planRelease(
  site: Site,
  release: Release,
  copy: Handover,
  parameters: Parameters,
  before: Resources,
): Plan {
  check(copy);
  const { environment, account, region, stack } = site;
  const template = readTemplate(readFileSync(join(copy.folder, "template.yaml"), "utf8"));
  const image = `${account}.dkr.ecr.${region}.amazonaws.com/${stack}@sha256:${copy.bundle}`;
  const own = readParameterFile(join(copy.folder, "parameters"), environment);
  const given = { ImageUri: image, Release: release.id, ...parameters };
  const evaluated = evaluate(template, site, parameterValues(template, environment, own, given), before);
  if (!("Endpoint" in evaluated.outputs)) {
    throw new Stopped(
      "template.yaml has no output Endpoint, which Verify needs",
      "give it one with the service's https URL, then start a new release",
    );
  }
  const deployment = deploymentOf(site, evaluated, join(copy.folder, "source"));
  const changes = changesOf(site, before, evaluated);
  const notRehearsed = [...deployment.notRehearsed, ...tableChanges(deployment, before)];
  return { release, copy, evaluated, deployment, changes, summary: summaryOf(changes), notRehearsed };
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
