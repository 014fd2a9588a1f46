/** What the gate has decided in all tests before, by a second evaluator: the emulator's own IAM. The last file. */
import assert from "node:assert/strict";
import { differences, secondOpinions } from "./aws/secondOpinion";
import { tools } from "./aws/tools";

const DIFFERENCES = differences();
const found = tools();

(("skipped" in found ? describe.skip : describe) as Mocha.SuiteFunction)("decisions of the gate", () => {
  it("are those of the emulator's own IAM, but for what a list explains", function () {
    assert.ok(!("skipped" in found));
    const all = secondOpinions(found);
    if (all.length === 0) return this.skip();
    const needed = new Map(Object.keys(DIFFERENCES).map((each) => [each, 0]));
    const unexplained: string[] = [];
    for (const { verdict, shown, other } of all) {
      if (other.plain === verdict) continue;
      const names = Object.keys(DIFFERENCES) as (keyof typeof DIFFERENCES)[];
      const alone = names.filter((name) => other[name] === verdict);
      const by = alone.length > 0 ? alone : other.all === verdict ? names : [];
      if (by.length === 0) unexplained.push(`${shown}: ${verdict} here, ${other.plain} there`);
      for (const name of by) needed.set(name, (needed.get(name) ?? 0) + 1);
    }
    const denied = all.filter(({ verdict }) => verdict === "denied").length;
    console.log(
      `      ${all.length} decisions, ${denied} of them denials; otherwise there: ${[...needed].map(([name, count]) => `${name} ${count}`).join(", ")}`,
    );
    assert.deepEqual(unexplained, [], "differences.yaml explains none of these");
    assert.deepEqual(
      [...needed].filter(([, count]) => count === 0).map(([name]) => name),
      [],
      "differences.yaml lists what no decision differs by",
    );
  });
});
