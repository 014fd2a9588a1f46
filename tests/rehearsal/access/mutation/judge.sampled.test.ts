import assert from "node:assert/strict";
import { type Task, tasks } from "../../../../rehearsal/access/mutation/judge";
import { subjects } from "../../../../rehearsal/access/mutation/subjects";
import type { Verdict } from "../../../../packages/iam/src/mutation/verdict";
import { policyDocuments } from "../../../../rehearsal/aws/policyDocuments";
import type { Rehearsed } from "../../../../rehearsal/record/record";
import { ROOT, SAMPLE, unbroken } from "../../sample";
import { withPolicy } from "../matrix/changes";
import { upOf } from "../../../stacks/together.cases";
import { APP, folderOf, unbrokenWorld } from "../worlds";
import type { Values } from "../../../../packages/iam/src/json";
import { whole } from "../../../whole/sample";

const judged = async (record: Rehearsed): Promise<readonly Task[]> =>
  (await tasks({ folder: SAMPLE, record, places: [ROOT] })).all;

const counts = (verdicts: readonly Verdict[]): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const { direction, outcome, by } of verdicts) {
    const key = [direction, outcome, by].filter(Boolean).join(" ");
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
};

describe("access/mutation/judge", () => {
  let all: readonly Task[];
  before(async () => {
    all = await judged((await unbroken()).runs);
  });
  /** Of each mutant that is judged here, its own sentence alone must be said, or rightly nothing. */
  const run = (name: string, from = all): Verdict[] => {
    const verdicts = from.find((each) => each.name === name)?.judge() ?? assert.fail(`there is no ${name}`);
    assert.deepEqual(
      verdicts.filter(({ missaid }) => missaid !== undefined),
      [],
    );
    return verdicts;
  };

  it("changes every policy that the stacks register, and every one that a template writes", async () => {
    const world = await unbrokenWorld();
    const found = subjects(world);
    const registered = found.flatMap((each) => each.registered ?? []);
    assert.deepEqual(new Set(registered), new Set(policyDocuments(world.record)));
    assert.equal(registered.length, new Set(registered).size);
    assert.deepEqual(
      found.filter((each) => each.registered === undefined).map(({ policy }) => policy.attached),
      ["trust", "identity", "trust", "identity", "function", "function"],
    );
    const bounded = all.flatMap(({ name }) => (name.startsWith("boundary of ") ? [name] : []));
    assert.equal(bounded.length, 2);
    assert.equal(all.length, found.length + bounded.length);
  });

  it("tells every mutant of a job's trust from it, or shows that it says the same", () => {
    const verdicts = run("trust of role delivery-catalog-promote");
    assert.deepEqual(counts(verdicts), {
      "narrowing killed access matrix": 2,
      "widening killed access matrix": 6,
      "widening excused key never there": 1,
    });
    const [excused] = verdicts.filter(({ outcome }) => outcome === "excused");
    assert.equal(excused?.name, "AssumedByService: principal arn:aws:iam::999999999999:root as well");
  });

  whole("tells every mutant of a job's policy from it", () => {
    const verdicts = run("inline policy of role delivery-catalog-promote");
    assert.deepEqual([...new Set(verdicts.map(({ outcome }) => outcome))], ["killed"]);
    assert.deepEqual([...new Set(verdicts.map(({ by }) => by))], ["access matrix"]);
  });

  it("tells a role without its boundary from it, in words too", () => {
    const [verdict, ...more] = all
      .filter(({ name }) => name.startsWith("boundary of "))
      .flatMap(({ name }) => run(name));
    assert.deepEqual([verdict?.outcome, more.length], ["killed", 1]);
  });

  whole("has roles of the same account ask as if they had every permission", async () => {
    const title = "single-account mode";
    const record = await upOf(title);
    const { all: own } = await tasks({ folder: folderOf(title), record, places: [APP] });
    const wider = run("trust of role delivery-catalog--test-deploy", own).filter(
      ({ mutator }) => mutator === "action to svc:*",
    );
    assert.deepEqual(
      wider.map(({ outcome, by }) => [outcome, by]),
      [["killed", "access matrix"]],
    );
    assert.match(wider[0]?.finding ?? "", /rewritten by an administrator .* may sts:/);
  });

  it("knows a function's permission for its own API from one for any", () => {
    const names = all.map(({ name }) => name).filter((each) => each.startsWith("policy of function "));
    assert.equal(names.length, 2);
    for (const name of names) {
      const found = run(name).filter(({ mutator }) => mutator === "condition value to any name");
      assert.deepEqual(
        found.map(({ outcome, by }) => [outcome, by]),
        [["killed", "simulated calls"]],
      );
    }
  });

  it("judges no mutant of a policy that has findings as it is", async () => {
    const name = "inline policy of role delivery-catalog-promote";
    const everything = (statement: Values): Values => ({ ...statement, Action: "ecr:*" });
    const type = "aws:iam/rolePolicy:RolePolicy";
    const record = await withPolicy(type, "catalog-promote", "RemoveOldImages", everything);
    const verdicts = run(name, await judged(record));
    assert.deepEqual(
      verdicts.map(({ outcome, by, name: what }) => [outcome, by, what]),
      [["unjudged", "access matrix", "unchanged"]],
    );
    assert.match(verdicts[0]?.finding ?? "", /may ecr:\w+ .* which the access matrix does not have/);
  });
});
