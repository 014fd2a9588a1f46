import assert from "node:assert/strict";
import { Ledger } from "../../../commands/engine/ledger";
import { created, event, stackUrn, urn } from "../sample";
import type { EngineEvent } from "../../../commands/engine/engine";

const ROLE = "aws:iam/role:Role";
const step = (op: string, name: string, others: object = {}): EngineEvent =>
  event({
    resourcePreEvent: { metadata: { op, urn: urn("qa", ROLE, name), type: ROLE, provider: "", ...others } },
  } as Partial<EngineEvent>);
const told = (message: string, severity: string, about?: string): EngineEvent =>
  event({
    diagnosticEvent: { message, severity, color: "never", ...(about && { urn: about }) },
  } as Partial<EngineEvent>);

function ledger(...events: EngineEvent[]): Ledger {
  const made = new Ledger();
  events.forEach((each) => made.add(each));
  return made;
}

describe("the ledger of a stack", () => {
  it("says how far the engine is, and with what it is busy", () => {
    assert.equal(ledger().phase, "0 resources, 0 changed");
    const busy = ledger(
      ...created("qa", ROLE, "a"),
      step("create", "b"),
      step("update", "c"),
      step("delete", "d"),
    );
    assert.equal(busy.phase, "1 resource, 1 changed, creating aws:iam:Role b and 2 others");
  });

  it("counts a resource that stays as seen, and one that fails as not changed", () => {
    const failed = {
      resOpFailedEvent: { metadata: step("create", "a").resourcePreEvent?.metadata, status: 1, steps: 0 },
    };
    const made = ledger(
      event({ resOutputsEvent: step("same", "b").resourcePreEvent } as Partial<EngineEvent>),
      step("create", "a"),
      event(failed as Partial<EngineEvent>),
    );
    assert.equal(made.phase, "2 resources, 0 changed");
  });

  it("lists what changes, with its properties, a replacement once, and without what stays or is the engine's own", () => {
    const made = ledger(
      step("same", "kept"),
      step("read", "read"),
      step("create", "new"),
      step("update", "other", { diffs: ["policy", "tags"] }),
      step("update", "detailed", { diffs: ["policy"], detailedDiff: { "stages[1].name": {} } }),
      step("create-replacement", "turned"),
      step("replace", "turned", { diffs: ["name"] }),
      step("delete-replaced", "turned"),
      event({
        resourcePreEvent: {
          metadata: {
            op: "create",
            urn: urn("qa", "pulumi:providers:pulumi", "default_3_9_0"),
            type: "",
            provider: "",
          },
        },
      }),
    );
    assert.deepEqual(
      made.changes.map(({ op, urn: each, properties }) => [op, each.split("::").at(-1), properties]),
      [
        ["create", "new", []],
        ["update", "other", ["policy", "tags"]],
        ["update", "detailed", ["stages[1].name"]],
        ["replace", "turned", ["name"]],
      ],
    );
  });

  it("keeps steps with what the resource is to be, the halves of a replacement too, and protection that alone is other", () => {
    const state = (inputs: object, protect?: boolean) => ({
      inputs,
      ...(protect !== undefined && { protect }),
    });
    const guarded = ledger(
      step("same", "kept", { old: state({ a: 1 }, true), new: state({ a: 1 }, true) }),
      step("same", "never", { old: state({ a: 1 }, false), new: state({ a: 1 }) }),
      step("same", "lifted", { old: state({ a: 1 }, true), new: state({ a: 1 }) }),
      step("update", "both", { old: state({ a: 1 }), new: state({ a: 2 }, true), diffs: ["a"] }),
      step("create", "new", { new: state({ b: 1, a: 1 }) }),
      step("create-replacement", "turned", { new: state({ a: 1, b: 1 }) }),
      step("delete", "gone", { old: state({ a: 1 }, true) }),
    );
    assert.deepEqual(
      guarded.changes.map(({ op, urn: each, properties }) => [op, each.split("::").at(-1), properties]),
      [
        ["update", "lifted", ["protect"]],
        ["update", "both", ["a", "protect"]],
        ["create", "new", []],
        ["delete", "gone", []],
      ],
    );
    assert.deepEqual(
      guarded.steps.map(({ op, urn: each }) => [op, each.split("::").at(-1)]),
      [
        ["same", "lifted"],
        ["update", "both"],
        ["create", "new"],
        ["create-replacement", "turned"],
        ["delete", "gone"],
      ],
    );
    assert.deepEqual(
      guarded.steps.map(({ to }) => to),
      [
        { inputs: { a: 1 }, protect: false },
        { inputs: { a: 2 }, protect: true },
        { inputs: { b: 1, a: 1 }, protect: false },
        { inputs: { a: 1, b: 1 }, protect: false },
        undefined,
      ],
    );
    assert.equal(guarded.phase, "0 resources, 0 changed, updating aws:iam:Role both and 3 others");
  });

  it("keeps errors and warnings once each, with the resource that they are about, and drops what is neither", () => {
    const made = ledger(
      told("<{%reset%}>AccessDenied: you may not<{%reset%}>\n", "error", urn("qa", ROLE, "a")),
      told("AccessDenied: you may not", "error", urn("qa", ROLE, "a")),
      told("stack acme/build provides nothing yet", "error", stackUrn("qa")),
      told("update failed\n", "error"),
      told("resource 'x' has a problem: grpc: the client connection is closing", "error"),
      told("deprecated", "warning"),
      told("starting", "info"),
    );
    assert.deepEqual(made.errors, [
      "aws:iam:Role a: AccessDenied: you may not",
      "stack acme/build provides nothing yet",
    ]);
    assert.deepEqual(made.warnings, ["deprecated"]);
  });

  it("knows that the engine was told to stop, and its final counts", () => {
    const made = ledger(
      event({ stdoutEvent: { message: "^C received; cancelling. If you would like …", color: "never" } }),
      event({
        summaryEvent: {
          maybeCorrupt: false,
          durationSeconds: 1,
          resourceChanges: { create: 2, same: 3 },
          policyPacks: {},
        },
      }),
    );
    assert.deepEqual([made.cancelled, made.counts], [true, { create: 2, same: 3 }]);
    assert.equal(ledger(event({ stdoutEvent: { message: "hello", color: "never" } })).cancelled, false);
  });
});
