import assert from "node:assert/strict";
import { EngineFailure } from "../../../commands/engine/engine";
import { runStacks } from "../../../commands/stackRuns";
import { losses } from "../../../commands/up/dataLoss";
import { sessionWith } from "../quiet";
import { delivery, event, FakeEngine, urn } from "../sample";

describe("what an up would cost runs that are under way", () => {
  const RUNS = [
    { pipeline: "shop", id: "1", stage: "Build", approval: false },
    { pipeline: "blog", id: "2", stage: "Build", approval: false },
  ];
  const pipelineChange = event({
    resourcePreEvent: {
      metadata: {
        op: "update",
        urn: urn("build", "delivery:index:DeliveryPipeline$aws:codepipeline/pipeline:Pipeline", "shop"),
        type: "aws:codepipeline/pipeline:Pipeline",
        provider: "",
      },
    },
  });
  const foresee = async (answers: ConstructorParameters<typeof FakeEngine>[1]) =>
    losses(await runStacks(sessionWith(new FakeEngine({}, answers)), "preview", delivery().tooling), RUNS);

  it("is what the preview says: runs of pipelines that stay as they are go on", async () => {
    assert.deepEqual(await foresee({ "preview build": { events: [pipelineChange] } }), {
      lost: ["pipeline shop: run 1 is in Build; this stops it, and it does not start again by itself"],
      kept: ["pipeline blog: run 2 in Build goes on, since nothing of the pipeline changes"],
    });
  });

  it("is everything where the preview fails", async () => {
    const { lost, kept } = await foresee({ "preview build": { error: new EngineFailure("no") } });
    assert.deepEqual([lost.length, kept], [2, []]);
  });
});
