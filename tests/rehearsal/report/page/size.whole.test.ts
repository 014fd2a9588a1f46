import assert from "node:assert/strict";
import program from "../../../../index";
import { act2 } from "../../../../rehearsal/access/check";
import { rehearse } from "../../../../rehearsal/bringUp/check";
import { promotionsOf } from "../../../../rehearsal/release/promotions";
import { html } from "../../../../rehearsal/report/page/html";
import { page } from "../../../../rehearsal/report/page/page";
import { APP, folderOf } from "../../access/worlds";
import { sampleInput } from "./sampleInput";
import { part, rowsOf, spelledOut } from "./spelledOut";

/** Opening tags as a browser counts elements: no text of the page has one, since all of it is escaped. */
const elements = (text: string): number => [...text.matchAll(/<[a-z][^<>]*>/g)].length;
const shown = (text: string): string => html`${text}`.text;
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);
const cells = (row: string): string[] => all(row, /<td>([\s\S]*?)<\/td>/g).map((each) => each.trim());

async function made() {
  const folder = folderOf("seven environments and three pipelines");
  const act1 = await rehearse(folder, { program });
  const judged = await act2(folder, act1.runs, { places: [APP], app: undefined });
  const { world, walk, charter, threats } = judged;
  assert.ok(world && walk && charter && threats);
  const text = await page({
    ...(await sampleInput()),
    settings: folder.stacks,
    promotions: promotionsOf(folder),
    ...{ act1, world, walk, charter, threats },
  });
  return { text, world, walk, charter };
}

describe("the page of seven environments and three pipelines", () => {
  let input: Awaited<ReturnType<typeof made>>;
  before(async () => {
    input = await made();
  });

  it("has at most 30,000 elements and is less than two megabytes", () => {
    const size = { elements: elements(input.text), bytes: Buffer.byteLength(input.text) };
    assert.ok(size.elements > 10_000 && size.elements <= 30_000, JSON.stringify(size));
    assert.ok(size.bytes < 2_000_000, JSON.stringify(size));
  });

  it("tells every call, with its verdict and the statements that decide it", () => {
    const { text, walk } = input;
    const told = new Set(
      rowsOf(text, "walk").flatMap((row) => {
        const [caller = "", call = "", on = "", decided = ""] = cells(row);
        const [actions = ""] = all(call, /<code>(.*?)<\/code>/gs);
        const [resources = ""] = all(on, /<code>(.*?)<\/code>/gs);
        const by = all(decided, /class="by"[^>]*title="([^"]*)"/g);
        const sids = all(decided, /class="by"[^>]*>([^<]*)<\/a/g);
        return actions
          .split(", ")
          .flatMap((action) =>
            resources
              .split("<br />")
              .map((resource) =>
                [caller, action, resource, ...by.map((each, index) => `${each}, ${sids[index]}`)].join("\n"),
              ),
          );
      }),
    );
    assert.ok(walk.calls.length > 4000);
    const lost = walk.calls
      .map(({ caller, action, resource, answer }) =>
        [caller, action, resource, ...answer.by.map(({ policy, sid }) => `${policy}, ${sid}`)]
          .map(shown)
          .join("\n"),
      )
      .filter((each) => !told.has(each));
    assert.deepEqual(lost, []);
  });

  it("tells every row of the access matrix, and no other", () => {
    const { text, charter } = input;
    const plain = (row: string) => row.replace(/<a class="names"[\s\S]*?<\/a\s*>/g, "");
    const told = rowsOf(text, "charter")
      .map((row) => cells(plain(row)))
      .filter(({ length }) => length > 0)
      .map(([who, , on, when, why]) => [who, on, when, why].join("\n"));
    const rows = charter.rows.map(({ who, on, when, why }) => [who, on, when, why].map(shown).join("\n"));
    assert.ok(rows.length > 1000);
    assert.deepEqual(told.sort(), rows.sort());
  });

  it("writes every statement of every role once, and has every role", () => {
    const { text, world } = input;
    const reference = part(text, "reference");
    const blocks = all(reference, /(<details class="statement"[\s\S]*?<\/details>)/g).flatMap((each) =>
      spelledOut(text, each),
    );
    const told = blocks.map((each) => {
      const [sid = "", policy = ""] = [/<b>([^<]*)<\/b>/, /class="policy">([^<]*)</].map(
        (piece) => piece.exec(each)?.[1],
      );
      return `${policy}, ${sid}`;
    });
    assert.equal(new Set(told).size, told.length);
    const statements = [...world.model.roles.values()].flatMap(({ trust, identity }) =>
      [trust, ...identity].flatMap((each) => each.statements),
    );
    assert.ok(statements.length > 1000);
    const there = new Set(told);
    assert.deepEqual(
      statements.map(({ policy, sid }) => shown(`${policy}, ${sid}`)).filter((each) => !there.has(each)),
      [],
    );
    const entries = all(reference, /(<article class="entry"[\s\S]*?<\/article>)/g).flatMap((each) =>
      spelledOut(text, each),
    );
    const arns = new Set(entries.flatMap((each) => all(each, /<code>([^<]*)<\/code>/g)));
    assert.deepEqual(
      [...world.model.roles.keys()].filter((each) => !arns.has(shown(each))),
      [],
    );
  });

  it("has each id once, and each link inside it leads somewhere", () => {
    const ids = all(input.text, / id="([^"]+)"/g);
    assert.equal(new Set(ids).size, ids.length);
    const there = new Set(ids);
    const links = [/ href="#([^"]+)"/g, / data-opens="([^"]+)"/g].flatMap((each) => all(input.text, each));
    assert.ok(links.length > 1000);
    assert.deepEqual(
      links.filter((each) => !there.has(each)),
      [],
    );
  });
});
