import assert from "node:assert/strict";
import { NEEDS, inventoryOf } from "../../../../rehearsal/access/threats/needs";
import { scenarios } from "../../../../rehearsal/access/threats/scenarios";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { worldOf as caseOf } from "../worlds";
import { sample, withSample } from "./sampleWorld";
import { whole } from "../../../whole/sample";

withSample();

describe("access/threats/needs", () => {
  const placesOf = (...needs: string[]) => {
    const found = inventoryOf(sample.world).find(needs);
    return "lacks" in found ? assert.fail(found.lacks) : found.places;
  };
  const wordsOf = (place: { readonly values: Readonly<Record<string, unknown>> }, ...words: string[]) =>
    words.map((each) => place.values[each]);

  it("is where a release of the pipeline with the most environments gets to last, unless a need says more", () => {
    const { here } = placesOf();
    assert.deepEqual(
      wordsOf(
        here,
        "pipeline",
        "environment",
        "account",
        "planner",
        "fetching",
        "pullSid",
        "Pipeline",
        "stranger",
      ),
      [
        "catalog",
        "prod",
        "333333333333",
        "plan-job",
        "role {own}-execution",
        "PullToCreateFunctions",
        "Catalog",
        "999999999999",
      ],
    );
    const { first } = placesOf("two environments of one pipeline");
    assert.deepEqual(wordsOf(first ?? here, "environment", "account", "planner"), [
      "test",
      "222222222222",
      "release-job",
    ]);
  });

  whole("takes the pipeline with the most environments, and another one beside it", async () => {
    const found = inventoryOf(await caseOf("seven environments and three pipelines")).find([
      "another pipeline",
    ]);
    const { here, other } = "lacks" in found ? assert.fail(found.lacks) : found.places;
    assert.deepEqual(
      [here, other ?? here].map(({ values }) => values["pipeline"]),
      ["a-very-long-name-of-a-service", "catalog"],
    );
  });

  it("says the first thing that is lacking", () => {
    const lacking = inventoryOf(sample.world).find(["another pipeline", "branches that have stacks"]);
    assert.deepEqual(lacking, { lacks: "another pipeline" });
  });

  it("has no need that no scenario has", () => {
    const used = new Set(scenarios().flatMap(({ needs = [] }) => needs));
    assert.deepEqual(
      Object.keys(NEEDS).filter((each) => !used.has(each)),
      [],
    );
  });

  it("refuses settings without a pipeline", () => {
    const stacks = sample.world.folder.stacks.map((each) => ({
      ...each,
      config: Object.fromEntries(Object.entries(each.config).filter(([key]) => !key.endsWith(":pipelines"))),
    }));
    assert.throws(
      () => inventoryOf({ ...sample.world, folder: { ...sample.world.folder, stacks } }),
      (error) => error instanceof NotKnown && error.message === "there is no pipeline",
    );
  });
});
