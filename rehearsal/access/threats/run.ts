import { type Answer, decide, prepare } from "../../../packages/iam/src/evaluate/decide";
import type { Leg } from "../../../packages/iam/src/evaluate/evaluate";
import { withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import type { AccessModel } from "../../../packages/iam/src/model";
import { notKnown, NotKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Principal } from "../../../packages/iam/src/policy/principals";
import type { World } from "../estate/world";
import { sceneOf } from "./bind";
import { changed, describe } from "./change";
import type { Scenario } from "./format";
import { inventoryOf } from "./needs";
import { names, scenarios } from "./scenarios";
import type { Scene, Step } from "./scene";

export interface TriedStep {
  readonly who: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  /** Whether the scenario must end here. */
  readonly mustBeRefused: boolean;
  /** By the policies that are registered. */
  readonly answer: Answer;
}

export interface ThreatResult {
  /** Of the scenario, whatever the settings. */
  readonly id: string;
  readonly title: string;
  /** Who, holding what, tries what, why that would hurt, what refuses it. Empty where it is not applicable. */
  readonly story: string;
  readonly steps: readonly TriedStep[];
  /** It gets as far as the step that must be refused, and no further. */
  readonly refused: boolean;
  /** What refuses that step; where it is allowed, the statements that allow it. */
  readonly refusedBy: string;
  /** One statement of one registered document, changed, removed or added. */
  readonly change: string;
  /** With that one change every step is allowed. */
  readonly succeedsWithChange: boolean;
  readonly applicable: boolean;
  /** What the settings lack for it. */
  readonly notApplicable?: string;
}

const whoIs = (principal: Principal): string => {
  if (principal.kind === "anonymous") return "anybody, without credentials";
  if (principal.kind === "service") return `service ${principal.name}`;
  return principal.kind === "session"
    ? `role ${principal.roleArn.split("/").at(-1)} in account ${principal.account}`
    : `${principal.kind} of account ${principal.account}`;
};

/** Policies with others' people and things beside them. */
export function onStage(model: AccessModel, { roles, guarded, also }: Scene): AccessModel {
  const [allRoles, allGuarded] = [new Map(model.roles), new Map(model.guarded)];
  for (const each of roles) allRoles.set(each.arn, each);
  for (const each of guarded) allGuarded.set(each.arn, each);
  for (const { role: arn, policy } of also) {
    const role = allRoles.get(arn) ?? notKnown(`role ${arn} is not in the model`);
    allRoles.set(arn, { ...role, identity: [...role.identity, policy] });
  }
  return { ...model, roles: allRoles, guarded: allGuarded };
}

/** What refused a step, by the names of the policies that would have had to allow it. */
function refusedBy(model: AccessModel, step: Step, answer: Answer): string {
  const { documents } = prepare(model, step);
  const named: Readonly<Record<string, string>> = {
    identity:
      documents.identity.map(({ name }) => name).join(", ") || "a policy of its own, which it has not",
    resource: documents.resource?.name ?? `a policy of ${step.resource}, which has none`,
    boundary: documents.boundary?.name ?? "",
    session: documents.session?.name ?? "",
  };
  const words = (leg: Leg): string => {
    const name = named[leg];
    return name === undefined ? leg : `${leg}: not allowed by ${name}`;
  };
  if (answer.verdict === "denied") return answer.missing.map(words).join("; ");
  return `nothing: allowed by ${answer.by.map(({ policy, sid }) => `${policy}, ${sid}`).join("; ")}`;
}

function tried({ id, title }: Scenario, registered: AccessModel, scene: Scene): ThreatResult {
  const { story, steps, change } = scene;
  const end = steps.findIndex(({ mustBeRefused }) => mustBeRefused);
  const stop = steps[end] ?? notKnown("no step must be refused");
  const model = onStage(registered, scene);
  const answered = steps.map((step): TriedStep => {
    const { principal, action, resource, context, mustBeRefused = false } = step;
    return { who: whoIs(principal), action, resource, context, mustBeRefused, answer: decide(model, step) };
  });
  const [last] = answered.slice(end);
  const leads = answered.slice(0, end).every(({ answer }) => answer.verdict === "allowed");
  const withChange = onStage(changed(registered, change), scene);
  return {
    id,
    title,
    story,
    steps: answered,
    refused: leads && last?.answer.verdict === "denied",
    refusedBy: last ? refusedBy(model, stop, last.answer) : "",
    change: describe(registered, change),
    succeedsWithChange: steps.every((step) => decide(withChange, step).verdict === "allowed"),
    applicable: true,
  };
}

const notApplicable = ({ id, title }: Scenario, lacks: string): ThreatResult => ({
  ...{ id, title, story: "", steps: [], refused: false, refusedBy: "", change: "" },
  ...{ succeedsWithChange: false, applicable: false, notApplicable: lacks },
});

/** Scenarios as they go with a world's settings, each with the scene or what the settings lack for one. */
export function scenesOf(
  world: World,
  written: readonly Scenario[] = scenarios(),
): { readonly scenario: Scenario; readonly scene: Scene | { readonly lacks: string } }[] {
  const inventory = inventoryOf(world);
  return written.map((scenario) => {
    const found = inventory.find(scenario.needs ?? []);
    return {
      scenario,
      scene: within(scenario, () =>
        "lacks" in found ? found : sceneOf(scenario, found.places, world.model, names()),
      ),
    };
  });
}

/** Says in a refusal which scenario it is about. */
function within<Made>({ id }: Scenario, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw error instanceof NotKnown ? new NotKnown(`threat scenario ${id}: ${error.message}`) : error;
  }
}

/** Tries every scenario. Throws NotKnown, with the scenario's id, rather than guess how one ends. */
export function tryThreats(world: World, written: readonly Scenario[] = scenarios()): ThreatResult[] {
  const registered = withHolders(world.model);
  return scenesOf(world, written).map(({ scenario, scene }) =>
    within(scenario, () =>
      "lacks" in scene ? notApplicable(scenario, scene.lacks) : tried(scenario, registered, scene),
    ),
  );
}
