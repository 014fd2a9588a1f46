import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { type Prepared, prepareMatrix } from "../../../../rehearsal/access/matrix/judge";
import { serviceOf } from "../../../../packages/iam/src/policy/catalog";
import type { World } from "../../../../rehearsal/access/estate/world";
import { documentOf } from "../../../../rehearsal/access/threats/change";
import type { Scenario } from "../../../../rehearsal/access/threats/format";
import { scenesOf, tryThreats } from "../../../../rehearsal/access/threats/run";
import { parseScenarios, scenarios } from "../../../../rehearsal/access/threats/scenarios";
import { sampled, whole } from "../../../whole/sample";
import { worldOf } from "../worlds";
import { noticed } from "./noticed";

/** Settings that have between them what scenarios need. */
const ALL = [
  "the sample",
  "every kind of workload over one store",
  "branches of a repository in CodeCommit, and behind a connection",
  "seven environments and three pipelines",
  "readers of environments, and roles that artifacts are for",
  "two environments in one account",
  "functions in zips, in the one account",
  "a service of the Serverless Framework",
  "a VPC",
  "functions, their branches and tasks that use further services",
  "waves, and environments that one pipeline changes",
  "functions, their branches and tasks that have permissions of their own",
  "runners inside environments, of files and images, in the one account",
  "previews of pull requests in CodeCommit",
  "a pipeline that brings the stacks up",
  "code alone, to functions that other stacks own",
  "code alone, to services of ECS that other stacks own",
  "code alone, to services of ECS on instances that other stacks own",
  "environments in three Regions",
  "images in three Regions",
  "branches in another Region",
  "kept releases and images in another Region",
];
const TITLES = sampled(ALL, (_, index) => index === 0);

/** Calls that were scenarios, with the reason of the row that decides each. */
const FOLDED = parseScenarios(readFileSync(join(__dirname, "folded.yaml"), "utf8"), "folded.yaml");

/** Scenes of one scenario: none where settings have nothing of the kind. */
function sceneOf(world: World, scenario: Scenario) {
  const scenes = () => scenesOf(world, [scenario]).flatMap(({ scene }) => ("lacks" in scene ? [] : [scene]));
  if (!FOLDED.includes(scenario)) return scenes();
  try {
    return scenes().filter(({ change }) => documentOf(world.model, change));
  } catch (error) {
    const isLacking = / is not known here$| has not one statement \w+ to change$/;
    if (error instanceof NotKnown && isLacking.test(error.message)) return [];
    throw error;
  }
}

describe("The access matrix and threat scenarios", () => {
  const grounds: { readonly world: World; readonly prepared: Prepared }[] = [];
  before(async () => {
    for (const title of TITLES) {
      const world = await worldOf(title);
      grounds.push({ world, prepared: await prepareMatrix(world) });
    }
  });

  /** Ids that are asked about, and where the matrix has nothing against it. */
  function missed(all: readonly Scenario[]) {
    const asked = new Set<string>();
    const unnoticed: string[] = [];
    for (const [index, { world, prepared }] of grounds.entries())
      for (const scenario of all)
        for (const scene of sceneOf(world, scenario)) {
          asked.add(scenario.id);
          if (noticed(prepared, scene).length === 0) unnoticed.push(`${TITLES[index] ?? ""}: ${scenario.id}`);
        }
    return { asked, unnoticed };
  }

  it("the matrix finds each call that must be refused, once the statement is changed that refuses it", () => {
    const { asked, unnoticed } = missed(scenarios());
    assert.deepEqual(unnoticed, []);
    assert.ok(asked.size > 65, `${asked.size} asked`);
  });

  it("so it does where a row alone decides, which therefore is no scenario", () => {
    const { asked, unnoticed } = missed(FOLDED);
    assert.deepEqual(unnoticed, []);
    assert.ok(asked.size >= 10, `${asked.size} asked`);
    const ids = scenarios().map(({ id }) => id);
    assert.deepEqual(
      FOLDED.filter(({ id, steps = [] }) => ids.includes(id) || steps.length > 0),
      [],
    );
  });

  it("there the policies refuse the call too, and the reason stands in a row about that service", () => {
    for (const { world, prepared } of grounds)
      for (const scenario of FOLDED)
        for (const { steps } of sceneOf(world, scenario)) {
          const [result] = tryThreats(world, [scenario]);
          assert.ok(result?.refused && result.succeedsWithChange, scenario.id);
          const service = serviceOf(steps[0]?.action ?? "");
          const rows = prepared.rows.filter(({ row }) => row.reason === scenario.because);
          assert.ok(
            rows.some(({ row }) => row.actions.some((each) => serviceOf(each) === service)),
            `${scenario.id}: no row has that reason`,
          );
        }
  });

  whole("each of them is asked about with some settings", () => {
    for (const all of [scenarios(), FOLDED]) {
      const { asked } = missed(all);
      assert.deepEqual(
        all.filter(({ id }) => !asked.has(id)),
        [],
      );
    }
  });
});
