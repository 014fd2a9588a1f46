import assert from "node:assert/strict";
import { judge, total } from "../../../rehearsal/rules/rule";
import { RULES } from "../../../rehearsal/rules/all";
import { SAMPLE, unbroken } from "../sample";

describe("rehearse", () => {
  it("finds nothing in the sample, and every stack is brought up once", async () => {
    const { runs, findings } = await unbroken();
    assert.deepEqual(findings, []);
    assert.deepEqual(
      runs.map(({ stack, failures }) => [stack, failures]),
      [
        ["tooling", []],
        ["test", []],
        ["prod", []],
      ],
    );
    assert.deepEqual(runs.map(({ stack }) => stack).sort(), SAMPLE.stacks.map(({ stack }) => stack).sort());
  });

  it("puts every resource of the sample into the account of its stack", async () => {
    const { runs } = await unbroken();
    const accounts = runs.map((run) => [
      run.account,
      ...new Set(run.resources.flatMap(({ type, account }) => (/^awsx?:/.test(type) ? [account] : []))),
    ]);
    assert.deepEqual(accounts, [
      ["111111111111", "111111111111"],
      ["222222222222", "222222222222"],
      ["333333333333", "333333333333"],
    ]);
  });

  it("examines something by every rule", async () => {
    const { verdicts } = await unbroken();
    assert.deepEqual(
      verdicts.map(({ rule }) => rule.id),
      RULES.map(({ id }) => id),
    );
    assert.deepEqual(
      verdicts.filter(({ examined }) => total(examined) === 0).map(({ rule }) => rule.id),
      [],
    );
  });

  it("fails every rule that is given nothing, unless it says why it may be idle", () => {
    const verdicts = judge([], RULES);
    assert.deepEqual(
      verdicts.map(({ findings }) => findings),
      RULES.map(({ id, mayBeIdle }) =>
        mayBeIdle === undefined
          ? [{ stack: "-", resource: "-", message: `rule ${id} examined nothing` }]
          : [],
      ),
    );
    assert.deepEqual(
      RULES.flatMap(({ id, mayBeIdle }) => (mayBeIdle === undefined ? [] : [id])),
      ["given-parameter"],
    );
  });

  it("lets a rule be idle that gives a reason for it", () => {
    const idle = { id: "x", title: "y", source: "z", mayBeIdle: "not every pipeline has one" };
    const [verdict] = judge([], [{ ...idle, judge: () => ({ examined: {}, findings: [] }) }]);
    assert.deepEqual(verdict?.findings, []);
  });

  it("has rules of different names, each with a page that it rests on", () => {
    assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
    assert.deepEqual(
      RULES.filter(({ source }) => !/^https:\/\/(docs\.aws\.amazon|www\.pulumi)\.com\//.test(source)),
      [],
    );
  });

  it("says what it does not show, and what would", async () => {
    const { notShown } = await unbroken();
    assert.ok(notShown.length >= 4);
    assert.deepEqual(
      notShown.filter(({ what, shownBy }) => what === "" || shownBy === ""),
      [],
    );
  });
});
