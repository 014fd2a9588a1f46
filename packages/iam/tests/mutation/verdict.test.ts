import assert from "node:assert/strict";
import { mutants } from "../../src/mutation/mutators";
import { type Killer, type Verdict, verdictOn } from "../../src/mutation/verdict";
import { evaluate } from "../../src/evaluate/evaluate";
import { policy } from "../../src/policy/policies";
import { allow, document, documentedKeys, lookup, READER, withKeys } from "../asked";
import { list, type Values } from "../../src/json";

withKeys();

const CATS = "arn:aws:s3:::cats";
const SMALL = document(
  allow({ Sid: "Read", Action: ["s3:GetObject", "s3:GetObjectVersion"], Resource: `${CATS}/*` }),
  allow({
    Sid: "Find",
    Action: "s3:ListBucket",
    Resource: CATS,
    Condition: { StringLike: { "s3:prefix": "a/*" } },
  }),
);

type Question = readonly [may: boolean, action: string, resource: string, prefix?: string];
const QUESTIONS: readonly Question[] = [
  [true, "s3:GetObject", `${CATS}/a`],
  [true, "s3:GetObjectVersion", `${CATS}/a`],
  [true, "s3:ListBucket", CATS, "a/b"],
  [false, "s3:PutObject", `${CATS}/a`],
  [false, "s3:GetObject", "arn:aws:s3:::dogs/a"],
  [false, "s3:ListBucketVersions", CATS, "a/b"],
  [false, "s3:ListBucket", CATS, "b/a"],
  [false, "s3:ListBucket", CATS],
];

/** A killer that holds a document against some questions. */
const asking = (questions: readonly Question[]): Killer => ({
  name: "access matrix",
  finds: ({ document: { Statement } }) => {
    const statements = list(Statement) as Values[];
    const identity =
      statements.length > 0 ? [policy("small", "identity", document(...statements), documentedKeys())] : [];
    const wrong = questions.find(([may, action, arn, prefix]) => {
      const context = lookup({ "s3:prefix": prefix });
      const request = { principal: READER, action, resource: { arn, account: "111111111111" }, context };
      return (evaluate(request, { identity }).verdict === "allowed") !== may;
    });
    return wrong && `${wrong[1]} on ${wrong[2]}`;
  },
});

const run = (questions: readonly Question[]): Verdict[] =>
  mutants(SMALL, { stranger: "arn:aws:iam::999999999999:root" }).map((each) =>
    verdictOn("small", each, [asking(questions)], () => undefined),
  );

const survivors = (verdicts: readonly Verdict[]) =>
  verdicts.flatMap(({ outcome, direction, name }) =>
    outcome === "survived" ? [`${direction} ${name}`] : [],
  );

describe("mutation/verdict", () => {
  it("kills every mutant of a small policy that the questions cover", () => {
    const verdicts = run(QUESTIONS);
    const all = (direction: string) => verdicts.filter((each) => each.direction === direction).length;
    assert.deepEqual([all("widening"), all("narrowing")], [9, 7]);
    assert.deepEqual(survivors(verdicts), [
      "widening Find: resource *",
      `widening Find: resource ${CATS} as arn:aws:s3:::*`,
    ]);
    const [gone] = verdicts;
    assert.deepEqual(gone, {
      policy: "small",
      mutator: "delete statement",
      direction: "narrowing",
      name: "Read: without the statement",
      outcome: "killed",
      by: "access matrix",
      finding: `s3:GetObject on ${CATS}/a`,
    });
  });

  it("kills all with the one question that was missing", () => {
    const decoy: Question = [false, "s3:ListBucket", "arn:aws:s3:::dogs", "a/b"];
    assert.deepEqual(survivors(run([...QUESTIONS, decoy])), []);
  });

  it("lets those survive that no question tells apart", () => {
    assert.equal(survivors(run([])).length, 16);
    const without = QUESTIONS.filter(([, , , prefix]) => prefix !== "b/a");
    assert.deepEqual(
      survivors(run(without)).filter((each) => each.includes("s3:prefix")),
      ["widening Find: StringLike s3:prefix a/* as *"],
    );
  });

  it("takes the first killer that finds something, and an excuse only for what survives all", () => {
    const [mutant] = mutants(SMALL, { stranger: "" });
    assert.ok(mutant);
    const killer = (name: Killer["name"], finding: string | undefined): Killer => ({
      name,
      finds: () => finding,
    });
    const outcome = (killers: readonly Killer[], excuse: "redundant" | undefined = undefined) => {
      const verdict = verdictOn("small", mutant, killers, () => excuse);
      return [verdict.outcome, verdict.by, verdict.finding];
    };
    const [idle, one, other] = [
      killer("access matrix", undefined),
      killer("simulated calls", "one"),
      killer("access matrix", "other"),
    ];
    assert.deepEqual(outcome([idle, one, other], "redundant"), ["killed", "simulated calls", "one"]);
    assert.deepEqual(outcome([idle], "redundant"), ["excused", "redundant", ""]);
    assert.deepEqual(outcome([idle]), ["survived", "", ""]);
  });
});
