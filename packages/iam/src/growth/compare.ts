/** What may be done in one of two models and not in the other. */
import { catalog } from "../policy/catalog";
import { actionPatterns } from "../lint/statementFaults";
import { type AccessModel, statementsOf } from "../model";
import { formsOf } from "../mutation/forms";
import type { Tested } from "../mutation/included";
import type { Reference } from "../mutation/known";
import { withOthers } from "../matrix/statements";
import { serviceOf } from "../policy/catalog";
import { type Layer, type Layers, layersOf } from "./layers";
import { type Lacking, lackingIn, saidOtherwise } from "./rights";

/** Some actions on some resources by some principals. */
export interface Part {
  readonly actions: readonly string[];
  /** Undefined: the thing itself that has the policy. */
  readonly on: readonly (string | undefined)[];
  /** `AWS arn:…`; undefined: whoever has the policy. */
  readonly who: readonly (string | undefined)[];
  readonly when: readonly Tested[];
  /** Under what conditions it was so before; those of the state after, for a statement that is gone. */
  readonly only: readonly Tested[];
  /** Why it may be no change at all. */
  readonly unsure: string | undefined;
}

/** What one statement lets more, or less, than was let before. */
export interface StatementChange {
  readonly of: "statement";
  /** Whether rights grow. */
  readonly grows: boolean;
  readonly layer: Pick<Layer, "kind" | "owner">;
  readonly effect: "Allow" | "Deny";
  readonly parts: readonly Part[];
}

/** A role that has another permissions boundary. */
export interface BoundaryChange {
  readonly of: "boundary";
  readonly grows: boolean;
  readonly role: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly unsure: string | undefined;
}

export type Change = StatementChange | BoundaryChange;

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): Item[][] {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    found.set(key, [...(found.get(key) ?? []), item]);
  }
  return [...found.values()];
}

/** One condition with the values of several that differ in nothing else. */
function merged(all: readonly (readonly Tested[])[]): Tested[] {
  return (all[0] ?? []).map((each, index) => ({
    ...each,
    values: [...new Set(all.flatMap((conditions) => conditions[index]?.values ?? []))],
  }));
}

/** Rights of one statement that differ in nothing but values of conditions. */
const sorted = (lacking: readonly Lacking[]): Lacking[][] =>
  grouped(lacking, ({ conditions, only, unsure }) => [
    conditions.map((each) => ({ ...each, values: [] })),
    ...[only, unsure],
  ]);

/** Actions that are lacking in the same places stand together, and so do principals with the same actions. */
function partsOf(lacking: readonly Lacking[]): Part[] {
  const { only = [], unsure } = lacking[0] ?? {};
  const byPlace = grouped(lacking, ({ resource, who }) => [resource, who]).map((own) => ({
    ...{ resource: own[0]?.resource, who: own[0]?.who },
    actions: [...new Set(own.map(({ action }) => action))],
    when: merged(own.map(({ conditions }) => conditions)),
  }));
  const byWho = grouped(byPlace, ({ actions, who, when }) => [actions, who, when]).map((own) => ({
    ...{ actions: own[0]?.actions ?? [], who: own[0]?.who, when: own[0]?.when ?? [] },
    on: own.map(({ resource }) => resource),
  }));
  return grouped(byWho, ({ actions, on, when }) => [actions, on, when]).map((own) => ({
    ...{ actions: own[0]?.actions ?? [], on: own[0]?.on ?? [], when: own[0]?.when ?? [] },
    ...{ who: own.map(({ who }) => who), only, unsure },
  }));
}

/** One change for each statement that lacks something. */
function changesOf(layer: Layer, lacking: readonly Lacking[], came: boolean): StatementChange[] {
  const effect = lacking[0]?.effect;
  return effect === undefined
    ? []
    : [
        {
          ...{ of: "statement", layer: { kind: layer.kind, owner: layer.owner }, effect },
          grows: came === (effect === "Allow"),
          parts: sorted(lacking).flatMap(partsOf),
        },
      ];
}

const none = (layer: Layer): Layer => ({ ...layer, statements: [], shared: [] });

function layerChanges(before: Layer, after: Layer, reference: Reference): StatementChange[] {
  const [more, less] = [lackingIn(before, after, reference), lackingIn(after, before, reference)];
  // A statement that denies what it allowed, or the other way round, is one change.
  const came = more.flat();
  return [
    ...more.flatMap((each) => changesOf(after, each, true)),
    ...less.flatMap((each) => changesOf(before, saidOtherwise(each, came, reference), false)),
  ];
}

/** What both models are compared by: AWS's reference of all actions that their policies name. */
async function referenceOf(models: readonly AccessModel[], model: AccessModel): Promise<Reference> {
  const patterns = models.flatMap(statementsOf).flatMap(({ content }) => actionPatterns(content));
  const services = patterns.map(serviceOf).filter((each) => each !== "*" && each !== "");
  const known = withOthers(await catalog(services), patterns);
  return { model, catalog: known, forms: await formsOf(known.covered("*")) };
}

function boundaryChanges(before: AccessModel, after: AccessModel): BoundaryChange[] {
  return [...after.roles.values()].flatMap(({ arn, boundary }): BoundaryChange[] => {
    const old = before.roles.get(arn);
    if (!old || old.boundary === boundary) return [];
    const unsure =
      old.boundary !== undefined && boundary !== undefined ? "two boundaries are not compared" : undefined;
    return [
      {
        of: "boundary",
        grows: old.boundary !== undefined,
        role: arn,
        before: old.boundary,
        after: boundary,
        unsure,
      },
    ];
  });
}

const emptyOr = (layers: Layers, key: string, other: Layer): Layer => layers.get(key) ?? none(other);

/** Compares two models whose names are the same; what is not known to both must have been renamed before. */
export function changesBetween(before: AccessModel, after: AccessModel, reference: Reference): Change[] {
  const [old, now] = [layersOf(before), layersOf(after)];
  const all = new Map([...old, ...now]);
  return [
    ...[...all].flatMap(([key, layer]) =>
      layerChanges(emptyOr(old, key, layer), emptyOr(now, key, layer), reference),
    ),
    ...boundaryChanges(before, after),
  ];
}

/** The same, with what AWS documents of the actions that both name. */
export const compare = async (before: AccessModel, after: AccessModel): Promise<Change[]> =>
  changesBetween(before, after, await referenceOf([before, after], after));
