import { isDeepStrictEqual } from "node:util";
import { changesBetween } from "../../../packages/iam/src/growth/compare";
import { sentenceOf } from "../../../packages/iam/src/growth/sentence";
import type { Reference } from "../../../packages/iam/src/mutation/known";
import { formsFor, judgePolicy, UNCHANGED } from "../../../packages/iam/src/mutation/mutate";
import type { Mutant } from "../../../packages/iam/src/mutation/mutators";
import { type Killer, type Verdict, verdictOn } from "../../../packages/iam/src/mutation/verdict";
import type { Rehearsed } from "../../record/record";
import type { Folder } from "../../record/stackFiles";
import { walk } from "../calls/walk";
import { makeWorld, type World } from "../estate/world";
import { boundaryFindings } from "../matrix/boundaries";
import { prepareMatrix, type Prepared } from "../matrix/judge";
import { callsKiller, needs } from "./callsKiller";
import { type Bounded, boundedRoles, subjects } from "./subjects";

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

function boundaryTask(world: World, { facts }: Prepared, reference: Reference, role: Bounded): Task {
  const name = `boundary of role ${role.arn.split("/").at(-1)}`;
  const mutant: Mutant = { ...UNCHANGED, mutator: "boundary removed", name: `without ${role.boundary}` };
  const finds = () => boundaryFindings(world, facts, { ...role, boundary: undefined })[0];
  const killer: Killer = { name: "access matrix", finds };
  const judge = (): Verdict[] => {
    const verdict = verdictOn(name, mutant, [killer], () => undefined);
    const { model } = reference;
    const without = { ...model, roles: new Map(model.roles).set(role.arn, { ...role, boundary: undefined }) };
    const said = changesBetween(model, without, reference).map(sentenceOf);
    const right = `role ${role.arn.split("/").at(-1)} is no longer limited by boundary ${role.boundary.split("/").at(-1)}`;
    return [
      isDeepStrictEqual(said, [right])
        ? verdict
        : { ...verdict, missaid: said.join(" / ") || "it is not said" },
    ];
  };
  return { name, judge };
}

/** Everything that is to be judged, in the same order in every thread; and what is not here to be judged, one line each. */
export async function tasks({ folder, record, places }: Given): Promise<{
  readonly all: readonly Task[];
  readonly left: readonly string[];
}> {
  const world = await makeWorld(folder, record, { places, app: undefined });
  const prepared = await prepareMatrix(world);
  const { matrix } = prepared;
  const forms = await formsFor(matrix);
  const calls = needs(world, walk(world));
  const all = [
    ...subjects(world).map((each): Task => ({
      name: each.policy.name,
      judge: () => judgePolicy(matrix, forms, each, [callsKiller(world, calls, each.policy)]),
    })),
    ...boundedRoles(world).map((role) =>
      boundaryTask(world, prepared, { model: world.model, catalog: matrix.catalog, forms }, role),
    ),
  ];
  const left = world.withoutTemplate.map(
    ({ pipeline, why }) => `what the template of pipeline ${pipeline} makes: ${why}`,
  );
  return { all, left };
}
