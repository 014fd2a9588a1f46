import assert from "node:assert/strict";
import { arn, resource, run } from "../madeUp";
import { type Delivery, EventBridge, matches, pipelineEvent, transform } from "./eventBridge";

const EVENT = pipelineEvent(arn("codepipeline", "shop"), "shop", "run-1", "FAILED");
const rule = (name: string, inputs: Record<string, unknown>) =>
  resource("aws:cloudwatch/eventRule:EventRule", name, inputs, arn("events", `rule/${name}`));
const target = (name: string, inputs: Record<string, unknown>) =>
  resource("aws:cloudwatch/eventTarget:EventTarget", name, { rule: name, ...inputs }, "");

describe("EventBridge", () => {
  it("matches what a pattern lists, and nothing else", () => {
    const pattern = {
      source: ["aws.codepipeline"],
      resources: [arn("codepipeline", "other"), arn("codepipeline", "shop")],
      detail: { state: ["FAILED", "STOPPED"] },
    };
    assert.equal(matches(pattern, EVENT), true);
    assert.equal(matches({ ...pattern, detail: { state: ["STOPPED"] } }, EVENT), false);
    assert.equal(matches({ ...pattern, detail: { state: ["FAILED"], none: ["x"] } }, EVENT), false);
    assert.equal(matches({ resources: [arn("codepipeline", "shop2")] }, EVENT), false);
    assert.equal(matches({ detail: { version: [1] } }, EVENT), true);
    assert.equal(matches({ detail: { version: ["1"] } }, EVENT), false);
  });

  it("knows wildcards and prefixes, and refuses what it does not know", () => {
    const named = (name: string, wanted: unknown) =>
      matches({ detail: { name: [wanted] } }, { detail: { name } });
    assert.equal(named("feature/a/b", { wildcard: "feature/*" }), true);
    assert.equal(named("feature.a", { wildcard: "feature/*" }), false);
    assert.equal(named("my-feature/a", { wildcard: "feature/*" }), false);
    assert.equal(named("ab", { prefix: "a" }), true);
    assert.throws(() => named("a", { "anything-but": "b" }), /no operator anything-but/);
  });

  it("fills in texts with their quotes, escaped, and within quotes without them", () => {
    const filled = (inputTemplate: string, detail: object) =>
      transform({ inputPaths: { a: "$.detail.a-1", b: "$.detail.b" }, inputTemplate }, { detail });
    assert.deepEqual(filled('{"x":<a>,"y":[<b>]}', { "a-1": 'q"\\', b: 3 }), { x: 'q"\\', y: [3] });
    assert.deepEqual(filled('{"x":"to <a>!"}', { "a-1": 'q"' }), { x: 'to q"!' });
    assert.deepEqual(filled('{"x":<a>}', {}), { x: "" });
    assert.throws(() => filled('{"x":<c>}', {}), /no path is named so/);
    assert.throws(
      () => transform({ inputPaths: { a: "$.detail[0]" }, inputTemplate: "<a>" }, {}),
      /reads no path like/,
    );
  });

  it("delivers to every target of every rule that matches, of the event's own account and Region", () => {
    const delivered: string[] = [];
    const made = [
      rule("failed", { eventPattern: JSON.stringify({ detail: { state: ["FAILED"] } }) }),
      rule("stopped", { eventPattern: JSON.stringify({ detail: { state: ["STOPPED"] } }) }),
      rule("hourly", { scheduleExpression: "rate(1 hour)" }),
      target("failed", {
        arn: "one",
        inputTransformer: { inputPaths: { id: "$.detail.execution-id" }, inputTemplate: '{"id":<id>}' },
      }),
      target("failed", { arn: "two" }),
      target("stopped", { arn: "three" }),
      target("hourly", { arn: "four" }),
    ];
    const bus = new EventBridge([run(made)], ({ rule: by, target: to, input }: Delivery) => {
      const shown = to.inputs["arn"] === "one" ? JSON.stringify(input) : typeof input;
      delivered.push(`${by.name} ${String(to.inputs["arn"])} ${shown}`);
    });
    bus.put(EVENT);
    bus.put({ ...EVENT, account: "222222222222" });
    assert.deepEqual(delivered, ['failed one {"id":"run-1"}', "failed two object"]);
    assert.equal(bus.events.length, 2);
    bus.tick("hourly");
    assert.deepEqual(delivered.slice(2), ["hourly four object"]);
    assert.throws(() => bus.tick("failed"), /no rule failed has a schedule/);
  });
});
