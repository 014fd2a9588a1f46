import assert from "node:assert/strict";
import { allParts } from "../../commands/delivery";
import { EngineFailure } from "../../commands/engine/engine";
import { report, runStacks } from "../../commands/stackRuns";
import { quiet, sessionWith } from "./quiet";
import { counts, created, delivery, error, event, FakeEngine, urn } from "./sample";

const ROLE = "aws:iam/role:Role";
const CANCELLED = event({ stdoutEvent: { message: "^C received; cancelling.", color: "never" } });
const parts = () => allParts(delivery());

describe("stacks that the engine works on", () => {
  it("end with a line each, and come back in the order that they were given in", async () => {
    const engine = new FakeEngine(
      {},
      { "up build": { events: [...created("build", ROLE, "a"), counts({ create: 1, same: 2 })] } },
    );
    const { show, lines } = quiet();
    const outcomes = await runStacks(sessionWith(engine, show), "up", parts());
    assert.deepEqual(engine.calls, ["up build", "up qa", "up eu-live"]);
    assert.deepEqual(
      outcomes.map(({ stack, state, problems }) => [stack, state, problems]),
      [
        ["build", "done", []],
        ["qa", "done", []],
        ["eu-live", "done", []],
      ],
    );
    assert.deepEqual(lines, [
      "ok build: up, 1 created, 2 unchanged, some time",
      "ok qa: up, some time",
      "ok eu-live: up, some time",
    ]);
  });

  it("tell every error of theirs, and leave the others alone", async () => {
    const events = [
      error("AccessDenied", urn("qa", ROLE, "a")),
      error("Throttled", urn("qa", ROLE, "b")),
      counts({ create: 3 }),
    ];
    const engine = new FakeEngine({}, { "up qa": { events, error: new EngineFailure("code 1") } });
    const { show, lines } = quiet();
    const outcomes = await runStacks(sessionWith(engine, show), "up", parts());
    assert.deepEqual(report(outcomes), ["qa: aws:iam:Role a: AccessDenied", "qa: aws:iam:Role b: Throttled"]);
    assert.ok(
      lines.includes("failed qa: failed (2 problems, below), 3 created, some time"),
      lines.join("\n"),
    );
    assert.deepEqual(
      outcomes.map(({ state }) => state),
      ["done", "failed", "done"],
    );
  });

  it("tell who holds them, what the engine refused before it began, and that they were stopped", async () => {
    const locked =
      "the stack is currently locked by 1 lock(s).\n  file:///s/1.json: created by al@host (pid 1) at 2026-01-01T00:00:00Z";
    const engine = new FakeEngine(
      {},
      {
        "up build": { error: new EngineFailure(locked) },
        "up qa": { error: new EngineFailure("incorrect passphrase") },
        "up eu-live": { events: [CANCELLED], error: new EngineFailure("code 1") },
      },
    );
    const outcomes = await runStacks(sessionWith(engine), "up", parts());
    assert.deepEqual(report(outcomes), [
      "build: it is locked by al@host (pid 1) since 2026-01-01T00:00:00Z: wait for that to end or, if nothing is running, pulumi cancel --stack build --yes",
      "qa: incorrect passphrase",
    ]);
    assert.deepEqual(
      outcomes.map(({ state }) => state),
      ["failed", "failed", "cancelled"],
    );
  });
});
