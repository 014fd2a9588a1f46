import { type Answer, decide, type Question } from "../../../../packages/iam/src/evaluate/decide";
import { withHolders } from "../../../../packages/iam/src/evaluate/unattachedPolicies";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import type { World } from "../../../access/estate/world";
import { type Asking, askingsOf } from "./askings";
import { meeting } from "./instances";
import { rankOf, verbOf } from "./verbs";
import type { AccessModel } from "../../../../packages/iam/src/model";
import type { Thing } from "./thing";

/** One action that is allowed, with the statements of both sides that allow it. */
export interface Allowed {
  readonly verb: string;
  readonly action: string;
  readonly resource: string;
  readonly answer: Answer;
}

/** Who may reach what, and how. */
export interface Arrow {
  /** `a1`: unique in a page. */
  readonly id: string;
  readonly from: Thing;
  readonly to: Thing;
  /** In the order of `rankOf`. */
  readonly verbs: readonly string[];
  readonly calls: readonly Allowed[];
}

export interface Reach {
  readonly arrows: readonly Arrow[];
  /** Questions without an answer, by reason. */
  readonly open: ReadonlyMap<string, number>;
}

/** Asks with what the asker's statement wants, and then with what the thing's own statements, or its boundary's, want beside it. */
function answered(model: AccessModel, asking: Asking): Answer {
  const { principal, action, resource, context, from, to } = asking;
  const question: Question = {
    principal,
    action,
    resource,
    context,
    absent: "others",
    resourceAccount: to.account,
  };
  const first = decide(model, question);
  if (first.verdict === "allowed" || principal.kind === "service") return first;
  const others = [to.policy ?? to.role?.trust, model.managed.get(from.role?.boundary ?? "")]
    .flatMap((policy) => policy?.statements ?? [])
    .filter(({ effect }) => effect === "Allow");
  const answers = others.map(({ content }) =>
    decide(model, { ...question, context: { ...meeting(content, from.account), ...context } }),
  );
  return answers.find(({ verdict }) => verdict === "allowed") ?? first;
}

/**
 * Who may reach what: every action that a statement names is asked on everything that the statement covers, with
 * a request that meets its conditions, and drawn only where both sides allow it.
 */
export async function reachOf(world: World, things: readonly Thing[]): Promise<Reach> {
  const model = withHolders(world.model);
  const found = new Map<string, { from: Thing; to: Thing; calls: Map<string, Allowed> }>();
  const open = new Map<string, number>();
  for (const asking of await askingsOf(things)) {
    const { from, to, action, resource } = asking;
    try {
      const answer = answered(model, asking);
      if (answer.verdict === "denied") continue;
      const arrow = found.get(`${from.id} ${to.id}`) ?? { from, to, calls: new Map<string, Allowed>() };
      arrow.calls.set(`${action} ${resource}`, { verb: verbOf(action), action, resource, answer });
      found.set(`${from.id} ${to.id}`, arrow);
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      open.set(error.message, (open.get(error.message) ?? 0) + 1);
    }
  }
  const arrows = [...found.values()].map(({ from, to, calls }, index): Arrow => {
    const all = [...calls.values()].sort((left, right) => rankOf(left.verb) - rankOf(right.verb));
    return { id: `a${index + 1}`, from, to, verbs: [...new Set(all.map(({ verb }) => verb))], calls: all };
  });
  return { arrows, open };
}
