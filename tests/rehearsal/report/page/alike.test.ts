import assert from "node:assert/strict";
import type { Promotions } from "../../../../rehearsal/release/promotions";
import { EACH, Together } from "../../../../rehearsal/report/page/alike";
import { html } from "../../../../rehearsal/report/page/html";

const promotions = (environments: readonly string[], pipelines: readonly string[]): Promotions[] => [
  {
    ...{ stack: "tooling", account: "111111111111" },
    environments: environments.map((name) => ({ name, account: "222222222222" })),
    pipelines: pipelines.map((name) => ({ name, workload: name, prefix: name, promoted: [] })),
  },
];

/** Texts of what is told, and the lists of names. */
function told(together: Together, texts: readonly string[]) {
  const all = together.of(
    texts,
    (each) =>
      html`<p class="a">${each}</p>
        ${EACH}`,
  );
  return {
    texts: all.map(({ text }) => text.text.replace(/<a class="names"[\s\S]*/, "").trim()),
    members: all.map(({ members }) => members),
    lists: together.names.map(({ heads, lines }) => [heads, lines]),
  };
}

describe("page/alike", () => {
  it("tells what differs in names alone once, with the names of each in a list", () => {
    const texts = ["a", "b", "prod-eu"].map(
      (name, index) => `shop--${name}-plan in 22222222222${index}, ${name}`,
    );
    const found = told(new Together(promotions(["a", "b", "prod", "prod-eu"], ["shop"])), texts);
    assert.deepEqual(found, {
      texts: [`<p class="a">shop--{environment}-plan in {account}, {environment}</p>`],
      members: [texts],
      lists: [
        [
          ["{environment}", "{account}"],
          [
            ["a", "222222222220"],
            ["b", "222222222221"],
            ["prod-eu", "222222222222"],
          ],
        ],
      ],
    });
  });

  it("tells two one by one, and whatever differs in more than names", () => {
    const texts = ["shop--a reads", "shop--b reads", "shop--c writes"];
    const found = told(new Together(promotions(["a", "b", "c"], ["shop"])), texts);
    assert.deepEqual(
      found.texts,
      texts.map((each) => `<p class="a">${each}</p>`),
    );
    assert.deepEqual(found.lists, []);
  });

  it("keeps names apart that go different ways, and has a list that several refer to once", () => {
    const together = new Together(promotions(["a", "b", "c"], []));
    const pairs = ["a to b", "b to c", "c to a"];
    assert.deepEqual(told(together, pairs).texts, [`<p class="a">{environment} to {environment 2}</p>`]);
    assert.deepEqual(
      told(
        together,
        pairs.map((each) => `${each}, again`),
      ).texts,
      [`<p class="a">{environment} to {environment 2}, again</p>`],
    );
    assert.deepEqual(
      together.names.map(({ lines }) => lines.length),
      [3],
    );
  });

  it("leaves tags, attributes and references alone, whatever environments are called", () => {
    const names = ["p", "class", "a", "quot", "amp"];
    const found = told(
      new Together(promotions(names, [])),
      names.map((name) => `"${name}" & p`),
    );
    assert.deepEqual(found.texts, [`<p class="a">&quot;{environment}&quot; &amp; p</p>`]);
    assert.deepEqual(found.lists, [[["{environment}"], names.map((name) => [name])]]);
  });

  it("looks for no name that settings would refuse", () => {
    const found = told(new Together(promotions([".*", "|"], ["("])), ["x", "y", "z"]);
    assert.equal(found.texts.length, 3);
  });
});
