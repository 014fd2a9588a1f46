import assert from "node:assert/strict";
import { places, wavesOf } from "../../../commands/up/waves";
import { readDelivery } from "../../../commands/delivery";
import type { Pipeline } from "../../../stacks/settings/model";
import { folderWith } from "../../folders";

/** Pipelines, each as the environments that it releases to: one after the other, or several at once. */
const of = (...pipelines: (string | string[])[][]) =>
  places(
    pipelines.map((steps) => ({
      environments: steps.flatMap((step, i) =>
        typeof step === "string" ? [{ name: step }] : step.map((name) => ({ name, wave: `wave.${i}` })),
      ) as unknown as Pipeline["environments"],
    })),
  );

describe("waves of environments", () => {
  it("are those of the pipelines, whichever lists an environment last", () => {
    assert.deepEqual([...of(["test", "prod"])].sort(), [
      ["prod", 1],
      ["test", 0],
    ]);
    const together = of(["test", ["eu", "us"], "last"]);
    assert.deepEqual(
      ["test", "eu", "us", "last"].map((name) => together.get(name)),
      [0, 1, 1, 2],
    );
    // Environments beside each other are two waves where their names are of two.
    const apart = of([["a", "b"], ["c"]]);
    assert.deepEqual(
      ["a", "b", "c"].map((name) => apart.get(name)),
      [0, 0, 1],
    );
    // prod comes after test, and test after dev, though no pipeline has all three.
    const linked = of(["test", "prod"], ["dev", "test"]);
    assert.deepEqual(
      ["dev", "test", "prod"].map((name) => linked.get(name)),
      [0, 1, 2],
    );
  });

  it("end, though pipelines contradict each other", () => {
    assert.equal(of(["test", "prod"], ["prod", "test"]).size, 2);
  });

  it("have the stacks whose environment no pipeline releases to at their end, each stack once", () => {
    const stack = (account: string) =>
      `config:\n  aws:region: eu-west-1\n  kind: environment\n  account: "${account}"\n`;
    const [a, b, c, d] = ["222222222222", "333333333333", "444444444444", "555555555555"];
    const folder = folderWith({
      "Pulumi.yaml": "name: delivery\nruntime: nodejs\n",
      "Pulumi.tooling.yaml": `config:
  aws:region: eu-west-1
  kind: tooling
  account: "111111111111"
  environments:
    - { name: spare, account: "${d}" }
    - { name: test, account: "${a}" }
    - { name: eu, account: "${b}" }
    - { name: us, account: "${c}" }
  pipelines:
    - { name: catalog, source: { codecommit: catalog }, environments: [test, [eu, us]] }
`,
      ...Object.fromEntries([
        ["Pulumi.test.yaml", stack(a ?? "")],
        ["Pulumi.eu.yaml", stack(b ?? "")],
        ["Pulumi.us.yaml", stack(c ?? "")],
        ["Pulumi.spare.yaml", stack(d ?? "")],
      ]),
    });
    const delivery = readDelivery(folder);
    assert.deepEqual(
      wavesOf(delivery, delivery.environments).map((wave) => wave.map((part) => part.stack)),
      [["test"], ["eu", "us"], ["spare"]],
    );
    assert.deepEqual(wavesOf(delivery, []), []);
  });
});
