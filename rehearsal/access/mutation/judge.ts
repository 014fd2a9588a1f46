import type { Folder } from "../../record/stackFiles";
import type { Rehearsed } from "../../record/record";
import { catalog, serviceOf } from "../../../packages/iam/src/policy/catalog";
import { type AloneJudge, aloneJudge } from "../matrix/alone";
import { prepareCharter, type Prepared } from "../matrix/judge";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { actionPatterns } from "../../../packages/iam/src/lint/statementFaults";
import { makeWorld, type World } from "../estate/world";
import { changedPolicy } from "../../../packages/iam/src/mutation/changed";
import { excuseFor } from "./excuses";
import { type Forms, formsOf } from "../../../packages/iam/src/mutation/forms";
import { identityJudge } from "./identityJudge";
import { mutants, type Mutant } from "../../../packages/iam/src/mutation/mutators";
import { asRegistered, type Bounded, boundedRoles, type Subject, subjects } from "./subjects";
import { type Killer, unjudged, type Verdict, verdictOn } from "./verdict";
import { trustJudge } from "./trustJudge";
import { walk } from "../calls/walk";
import { needs, walkKiller } from "./walkKiller";
import { list, map, type Values } from "../../../packages/iam/src/json";
import type { Outside } from "../../../packages/iam/src/mutation/mutant";

/** What a thread needs to judge: data alone. */
export interface Given {
  readonly folder: Folder;
  readonly record: Rehearsed;
  /** Folders that services are looked for in. */
  readonly places: readonly string[];
}

/** One policy with all its mutants, or one role's boundary. */
export interface Task {
  readonly name: string;
  readonly judge: () => Verdict[];
}

/** An account that is none of the project's: the one that the access matrix asks for. */
export function outside({ model }: World): Outside {
  const all = Array.from({ length: model.accounts.size + 1 }, (_, index) => String(999999999999 - index));
  const stranger =
    all.find((id) => !model.accounts.has(id)) ?? notKnown("every account that was made up exists");
  const partition = [...model.roles.keys()][0]?.split(":")[1] ?? "aws";
  return { stranger: `arn:${partition}:iam::${stranger}:root` };
}

/** The access matrix, ready to judge single policies. */
interface Judges {
  readonly alone: AloneJudge;
  readonly prepared: Prepared;
  readonly forms: Forms;
  readonly others: Outside;
}

const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** In place of a document's only statement: one that fits no request, since each says how it came. */
function withStatement(before: Values, after: Values): Values {
  const [only] = list(before["Statement"]).map(map);
  return list(after["Statement"]).length > 0
    ? after
    : { ...after, Statement: [{ ...only, Condition: { Null: { "aws:SecureTransport": "true" } } }] };
}

function charterKiller({ alone, prepared, forms, others }: Judges, subject: Subject): Killer {
  const { policy, registered, attached, document } = subject;
  const changed = (mutant: Mutant) => changedPolicy(policy, mutant, prepared.real.model.keys);
  if (attached === "identity") {
    const judge = identityJudge(prepared, { forms, stranger: accountOf(others.stranger) }, subject);
    return { name: "access matrix", finds: (mutant) => judge(changed(mutant)) };
  }
  const on = registered ?? asRegistered(subject);
  const atHome = attached === "trust" ? trustJudge(prepared, subject) : () => undefined;
  return {
    name: "access matrix",
    finds: (mutant) =>
      alone.judge(on, withStatement(document, mutant.document))[0] ?? atHome(changed(mutant)),
  };
}

const NO_CHANGE: Mutant = {
  ...{ mutator: "none", direction: "widening", fits: "more", name: "" },
  ...{ index: -1, statement: undefined, document: {} },
};

function boundaryTask({ arn, boundary }: Bounded, alone: AloneJudge): Task {
  const mutant: Mutant = { ...NO_CHANGE, mutator: "boundary removed", name: `without ${boundary}` };
  const killer: Killer = { name: "access matrix", finds: () => alone.judgeBoundary(arn, undefined)[0] };
  const name = `boundary of role ${arn.split("/").at(-1)}`;
  return { name, judge: () => [verdictOn(name, mutant, [killer], () => undefined)] };
}

/** Everything that is to be judged, in the same order in every thread. */
export async function tasks({ folder, record, places }: Given): Promise<Task[]> {
  const world = await makeWorld(folder, record, { places, app: undefined });
  const [alone, prepared] = [await aloneJudge(world), await prepareCharter(world)];
  const others = outside(world);
  const judges: Judges = { alone, prepared, forms: await formsOf(prepared.ground.actions), others };
  const all = subjects(world);
  const patterns = all.flatMap(({ policy }) =>
    policy.statements.flatMap(({ content }) => actionPatterns(content)),
  );
  const known = await catalog(patterns.filter((each) => each !== "*").map(serviceOf));
  const calls = needs(world, walk(world));
  return [
    ...all.map((subject): Task => {
      const excuse = (mutant: Mutant) =>
        excuseFor(subject, mutant, { model: world.model, catalog: known, forms: judges.forms });
      return {
        name: subject.name,
        judge: () => {
          const killers = [charterKiller(judges, subject), walkKiller(world, calls, subject.policy)];
          const unchanged: Mutant = { ...NO_CHANGE, name: "unchanged", document: subject.document };
          const first = unjudged(subject.name, unchanged, killers);
          if (first.length > 0) return first;
          return mutants(subject.document, others).map((each) =>
            verdictOn(subject.name, each, killers, excuse),
          );
        },
      };
    }),
    ...boundedRoles(world).map((role) => boundaryTask(role, alone)),
  ];
}
