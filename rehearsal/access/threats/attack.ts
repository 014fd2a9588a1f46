import { type Answer, decide, prepare } from "../../../packages/iam/src/evaluate/decide";
import type { Leg } from "../../../packages/iam/src/evaluate/evaluate";
import { withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import { notKnown, NotKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Principal } from "../../../packages/iam/src/policy/principals";
import type { World } from "../estate/world";
import { changed, describe } from "./change";
import { factsOf } from "./inventory";
import { ATTACKS } from "./list";
import type { Attack, Scene, Step } from "./scene";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { Facts } from "./inventoryModel";

export interface AttackedStep {
  readonly who: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  /** Whether the attack must end here. */
  readonly stops: boolean;
  /** By the policies that are registered. */
  readonly answer: Answer;
}

export interface AttackResult {
  /** Of the attack, whatever the settings. */
  readonly id: string;
  readonly title: string;
  /** Who, holding what, tries what, why that would hurt, what stops it. Empty where it is not applicable. */
  readonly story: string;
  readonly steps: readonly AttackedStep[];
  /** It gets as far as the step that must be denied, and no further. */
  readonly held: boolean;
  /** What denies that step; where it is allowed, the statements that allow it. */
  readonly stoppedBy: string;
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

/** The registered policies with the attacker's own people and things beside them. */
function onStage(model: AccessModel, { roles = [], guarded = [], also = [] }: Scene): AccessModel {
  const [allRoles, allGuarded] = [new Map(withHolders(model).roles), new Map(model.guarded)];
  for (const each of roles) allRoles.set(each.arn, each);
  for (const each of guarded) allGuarded.set(each.arn, each);
  for (const { role: arn, policy } of also) {
    const role = allRoles.get(arn) ?? notKnown(`role ${arn} is not in the model`);
    allRoles.set(arn, { ...role, identity: [...role.identity, policy] });
  }
  return { ...model, roles: allRoles, guarded: allGuarded };
}

const allows = (model: AccessModel, step: Step): boolean => decide(model, step).verdict === "allowed";

/** What denied a step, by the names of the policies that would have had to allow it. */
function stoppedBy(model: AccessModel, step: Step, answer: Answer): string {
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

function run({ id, title }: Attack, facts: Facts, scene: Scene): AttackResult {
  const { story, steps, change } = scene;
  const end = steps.findIndex(({ stops }) => stops);
  const stop = steps[end] ?? notKnown("no step must be denied");
  const model = onStage(facts.model, scene);
  const answered = steps.map((step): AttackedStep => {
    const { principal, action, resource, context, stops = false } = step;
    return { who: whoIs(principal), action, resource, context, stops, answer: decide(model, step) };
  });
  const [last] = answered.slice(end);
  const leads = answered.slice(0, end).every(({ answer }) => answer.verdict === "allowed");
  const withChange = onStage(changed(facts.model, change), scene);
  return {
    id,
    title,
    story,
    steps: answered,
    held: leads && last?.answer.verdict === "denied",
    stoppedBy: last ? stoppedBy(model, stop, last.answer) : "",
    change: describe(facts.model, change),
    succeedsWithChange: steps.every((step) => allows(withChange, step)),
    applicable: true,
  };
}

const notApplicable = ({ id, title }: Attack, lacks: string): AttackResult => ({
  id,
  title,
  story: "",
  steps: [],
  held: false,
  stoppedBy: "",
  change: "",
  succeedsWithChange: false,
  applicable: false,
  notApplicable: lacks,
});

/** Says in a refusal which attack it is about. */
function within<Made>(id: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw error instanceof NotKnown ? new NotKnown(`threat scenario ${id}: ${error.message}`) : error;
  }
}

/** Runs every attack. Throws NotKnown, with the attack's id, rather than guess how one ends. */
export function attack(world: World, attacks: readonly Attack[] = ATTACKS): Promise<AttackResult[]> {
  const facts = factsOf(world);
  const results = attacks.map((each) =>
    within(each.id, () => {
      const scene = each.scene(facts);
      return "lacks" in scene ? notApplicable(each, scene.lacks) : run(each, facts, scene);
    }),
  );
  return Promise.resolve(results);
}
