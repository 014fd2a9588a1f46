import assert from "node:assert/strict";
import type { Verdict } from "../../../../packages/iam/src/mutation/verdict";
import { report } from "../../../../rehearsal/access/mutation/report";

const verdict = (more: Partial<Verdict>): Verdict => ({
  ...{
    policy: "small",
    mutator: "delete statement",
    direction: "narrowing",
    name: "Read: without the statement",
  },
  ...{ outcome: "killed", by: "access matrix", finding: "s3:GetObject on cats" },
  ...more,
});
const wider = { mutator: "resource to *", direction: "widening", name: "Find: resource *" } as const;

describe("access/mutation/report", () => {
  it("counts by mutator and direction, and names who survives and who is not judged", () => {
    const told = report(
      [
        verdict({}),
        verdict({ outcome: "excused", by: "redundant", finding: "" }),
        verdict({ ...wider, by: "simulated calls", missaid: "it is not said" }),
        verdict({ ...wider, outcome: "survived", by: "", finding: "" }),
        verdict({ policy: "large", mutator: "none", outcome: "unjudged", finding: "it is wrong" }),
      ],
      3,
    );
    const lines = told.split("\n").map((line) => line.replace(/[│ ]+/g, " ").trim());
    for (const line of [
      "delete statement narrowing 2 1 1 0",
      "resource to * widening 2 1 0 1",
      "killed by the access matrix: 1",
      "killed by the simulated calls: 1",
      "excused as redundant: 1 (the rest of the policy says the same)",
      "widening small, Find: resource *",
      "large, by the access matrix: it is wrong",
      "widening: 2 mutants, 1 killed, 0 excused, 1 surviving",
      "narrowing: 2 mutants, 1 killed, 1 excused, 0 surviving",
      "widening small, Find: resource *: it is not said",
      "said by their own sentence alone, or rightly not at all: 3 of 4",
      "policies judged: 2, in 3 s",
    ])
      assert.ok(lines.includes(line), `${line} is not in\n${told}`);
  });
});
