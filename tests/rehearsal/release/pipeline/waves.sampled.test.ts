import assert from "node:assert/strict";
import { changed, handler, pipelineWith, releaseOf, service } from "../service";
import { whole } from "../../../whole/sample";

describe("a release side by side", () => {
  const wave = pipelineWith({ wave: "wave.1" });

  whole("plans and asks for all, then deploys to all, then verifies all, then marks all", async () => {
    const { act, lines } = await releaseOf(service(), { pipeline: wave });
    assert.equal(act.stopped, undefined);
    const steps = lines.flatMap((line) => /^(plan of|approval|deploy|verify|promote)/.exec(line)?.[1] ?? []);
    assert.deepEqual(steps, [
      ...["plan of", "plan of", "approval", "deploy", "deploy", "verify", "verify", "promote", "promote"],
    ]);
    assert.deepEqual(
      act.environments.map(({ state, bundle }) => [state, bundle]),
      [
        ["live", act.bundle],
        ["live", act.bundle],
      ],
    );
  });

  whole("rolls all back when the verification of one fails", async () => {
    const folder = changed({}, { "index.js": handler("broken") });
    const { act } = await releaseOf(folder, { pipeline: wave, from: "HEAD" });
    assert.match(
      act.stopped?.message ?? "",
      /^npm run verify failed in stage .*; live was rolled back to the release before$/,
    );
    assert.deepEqual(
      act.environments.map(({ state, rollback }) => [state, rollback?.bundle]),
      [
        ["rolled back", act.from?.bundle],
        ["rolled back", act.from?.bundle],
      ],
    );
  });

  whole("deploys without the service's tests where they are switched off", async () => {
    const { act, lines } = await releaseOf(service({ "verify.cjs": "process.exitCode = 1;" }), {
      pipeline: pipelineWith({ verify: false }),
    });
    assert.equal(act.stopped, undefined);
    assert.deepEqual(
      act.environments.map(({ state, verify }) => [state, verify]),
      [
        ["live", undefined],
        ["live", undefined],
      ],
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith("verify")),
      [],
    );
  });
});
