import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { html } from "../../../../rehearsal/report/page/html";
import type { PageInput } from "../../../../rehearsal/report/page/input";
import { page } from "../../../../rehearsal/report/page/page";
import { subjectOf } from "../../../../rehearsal/access/threats/scenarios";
import { sampleInput } from "./sampleInput";
import { part, rowsOf } from "./spelledOut";
import { whole } from "../../../whole/sample";

/** As it stands in the page. */
const shown = (text: string): string => html`${text}`.text;
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);
const rows = (text: string): string[] => all(text, /<tr>([\s\S]*?)<\/tr>/g);

const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;

describe("page", () => {
  let input: PageInput;
  let text: string;
  before(async () => {
    input = await sampleInput();
    text = await page(input);
  });

  whole("is the same bytes for the same input", async () => {
    assert.equal(await page(input), text);
  });

  it("has a language, a title, one main heading, and headings that leave no level out", () => {
    assert.match(text, /^<!doctype html>\n<html lang="en">/);
    assert.match(text, /<title>delivery: access and release, rehearsed<\/title>/);
    const levels = all(text, /<h([1-6])\b/g).map(Number);
    assert.deepEqual(levels.filter((each) => each === 1).length, 1);
    levels.forEach((level, index) =>
      assert.ok(level <= (levels[index - 1] ?? 0) + 1, `h${level} after h${levels[index - 1]}`),
    );
  });

  it("has each id once, and each link inside it leads somewhere", () => {
    const ids = all(text, / id="([^"]+)"/g);
    assert.deepEqual(
      ids.filter((each, index) => ids.indexOf(each) !== index),
      [],
    );
    const there = new Set(ids);
    const lost = [...all(text, / href="#([^"]+)"/g), ...all(text, / data-opens="([^"]+)"/g)].filter(
      (each) => !there.has(each),
    );
    assert.deepEqual(lost, []);
  });

  it("lets the browser run and fetch nothing but its own script and style", () => {
    const [style = "", script = ""] = [/<style>([\s\S]*?)<\/style>/, /<script>([\s\S]*?)<\/script>/].map(
      (each) => each.exec(text)?.[1] ?? "",
    );
    const hash = (content: string) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
    const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; img-src data:; base-uri 'none'; form-action 'none'`;
    assert.ok(text.includes(`http-equiv="Content-Security-Policy" content="${shown(policy)}"`));
    assert.deepEqual(all(text, /<(?:script|link|img|iframe|object|embed)\b([^>]*)>/g), [
      ` rel="icon" href="data:,"`.replace(/$/, " /"),
      "",
    ]);
    assert.deepEqual(all(text, / (style|on[a-z]+)="/g), []);
    assert.doesNotMatch(style, /url\(|@import/);
  });

  whole("tells every call of the walk once, with what decides it; calls that are alike in one row", () => {
    const found = rows(part(text, "walk"))
      .filter((each) => !each.includes("<th scope"))
      .map((each) => {
        const [actions = "", resources = ""] = all(each, /<code>([\s\S]*?)<\/code>/g);
        return { each, actions: actions.split(", "), resources: resources.split("<br />") };
      });
    const calls = input.walk?.calls ?? [];
    assert.ok(calls.length > 500);
    const apart = new Set(
      calls.map(({ pipeline, environment, phase, step, caller, action, resource, context, why, answer }) =>
        JSON.stringify([
          ...[pipeline, environment, phase, step, caller, action, resource, context, why, answer.verdict],
          answer.by.map(({ policy, sid }) => [policy, sid]),
        ]),
      ),
    );
    assert.equal(
      found.reduce((sum, { actions, resources }) => sum + actions.length * resources.length, 0),
      apart.size,
    );
    assert.ok(found.length < calls.length);
    for (const { action, resource, caller, why, answer } of calls) {
      const row = found.find(
        ({ each, actions, resources }) =>
          actions.includes(shown(action)) &&
          resources.includes(shown(resource)) &&
          [shown(caller), shown(why), answer.verdict, ...answer.by.map(({ sid }) => shown(sid))].every(
            (piece) => each.includes(piece),
          ),
      );
      assert.ok(row, `${caller} ${action} on ${resource} is not told`);
    }
  });

  it("is small enough for a filter of mails", () => {
    const elements = text.split(/<[a-z]/).length - 1;
    assert.ok(elements < 26_000, `${elements} elements`);
    assert.ok(text.length < 1_300_000, `${text.length} characters`);
  });

  it("tells every threat scenario: story, steps, what blocks it, and the change that would let it through", () => {
    const told = all(
      part(text, "threats"),
      /<details class="threat"([\s\S]*?)(?=<details class="threat"|$)/g,
    );
    const threats = input.threats ?? [];
    assert.ok(threats.length >= 30);
    assert.equal(told.length, threats.length);
    threats.forEach(({ title, story, steps, refusedBy, change, applicable, notApplicable = "" }) => {
      const own = told.filter((each) => each.includes(`</span> ${shown(title)}</h4>`));
      assert.equal(own.length, 1, title);
      const pieces = applicable
        ? [
            title,
            story,
            refusedBy,
            change,
            ...steps.flatMap(({ who, action, resource }) => [who, action, resource]),
          ]
        : [title, notApplicable];
      for (const piece of pieces)
        assert.ok(own[0]?.includes(shown(piece)), `threat scenario ${title} does not tell ${piece}`);
    });
  });

  it("groups the threat scenarios by what they are about, those of other settings last and folded", () => {
    const threats = input.threats ?? [];
    const headings = all(part(text, "threats"), /<h3>\s*([^<]*?)\s*</g);
    assert.deepEqual(headings, [...new Set(threats.map(({ id }) => shown(subjectOf(id))))]);
    assert.ok(headings.length > 5 && !headings.includes("Others"));
    const idle = threats.filter(({ applicable }) => !applicable).length;
    const folded = all(part(text, "threats"), /<span class="muted">(\d+) scenarios? of other settings/g);
    assert.equal(
      folded.reduce((sum, number) => sum + Number(number), 0),
      idle,
    );
  });

  it("says when, by which version and commit, and from which settings it was made", () => {
    const head = text.slice(0, text.indexOf("<main"));
    for (const piece of ["2026-11-26 10:30 UTC", "delivery 1.2.3", "4f0c21d7".repeat(5), "0a".repeat(32)])
      assert.ok(head.includes(piece), piece);
  });

  it("shows each pipeline in each environment before the pictures: who is asked, what is tested, what the checks say", () => {
    assert.ok(text.indexOf('id="overview"') < text.indexOf('id="picture"'));
    const cells = all(part(text, "overview"), /<td>([\s\S]*?)<\/td>/g).map((each) =>
      each
        .replace(/<[^>]*>/g, " ")
        .replace(/\s+/g, " ")
        .trim(),
    );
    const allowed = (environment: string) =>
      input.walk?.calls.filter((call) => call.environment === environment).length;
    assert.deepEqual(cells, [
      `step 1: no approval end-to-end tests, then promoted ✓ ${allowed("test")} calls allowed ✓ rehearsed on this machine: live`,
      `step 2: approval of release@example.com end-to-end tests, then promoted ✓ ${allowed("prod")} calls allowed ✓ rehearsed on this machine: live`,
    ]);
  });

  it("tells every row of the access matrix", () => {
    const found = rowsOf(text, "charter").slice(1);
    const charter = input.charter?.rows ?? [];
    assert.ok(charter.length >= 90);
    assert.equal(found.length, charter.length);
    for (const { who, on, when, why, may } of charter) {
      const [own = "", ...others] = found.filter(
        (each) =>
          [who, on, when].every((piece) => each.includes(`<td>${shown(piece)}</td>`)) &&
          each.includes(`<td>${shown(why)}`) &&
          may.every((action) => each.includes(shown(action.split(":")[1] ?? action))),
      );
      assert.ok(own !== "", `no row tells ${who} on ${on}`);
      assert.deepEqual(others, []);
    }
  });

  it("tells everything that is not covered, every rule, stack and environment", () => {
    const open = part(text, "not-shown");
    for (const { what, shownBy } of input.notShown)
      assert.ok(open.includes(shown(what)) && open.includes(shown(shownBy)), what);
    const stacks = part(text, "stacks");
    for (const { rule } of input.act1.verdicts)
      assert.ok(stacks.includes(shown(rule.title)) && stacks.includes(shown(rule.source)), rule.id);
    for (const { stack, account } of input.act1.runs)
      assert.match(stacks, new RegExp(`<th scope="row">${stack}</th>\\s*<td>${account}</td>`));
    for (const each of ["test", "prod"])
      assert.match(part(text, "release"), new RegExp(`<th scope="row">${each}</th>`));
  });

  it("writes every statement of every policy once", () => {
    const world = input.world ?? assert.fail("the sample has no world");
    const reference = part(text, "reference").replaceAll("\n", " ");
    for (const { identity, trust } of world.model.roles.values()) {
      for (const { sid, policy } of [trust, ...identity].flatMap(({ statements }) => statements)) {
        const written =
          reference.split(`<b>${shown(sid)}</b> <span class="policy">${shown(policy)}</span>`).length - 1;
        assert.equal(written, 1, `${policy}, ${sid} is written ${written} times`);
      }
    }
  });

  it("says at the top what does not hold, and where to read of it", async () => {
    const { threats = [], charter, act1 } = input;
    assert.ok(charter);
    const found = await page({
      ...input,
      act1: { ...act1, findings: [] },
      walk: { calls: [], findings: ["this cannot be decided"], notShown: [] },
      charter: { ...charter, findings: [], unused: [] },
      threats: threats.map((each, index) => ({ ...each, refused: index > 0, succeedsWithChange: true })),
    });
    assert.deepEqual(all(found, /Failed: ([\s\S]*?)\.\n/g), [
      `<a href="#walk">1 finding about simulated calls</a>, <a href="#threats">1 threat scenario is not blocked, or is inconclusive</a>`,
    ]);
    assert.equal(part(found, "threats").split("✕ not blocked").length, 2);
    assert.ok(part(found, "walk").includes("<li>this cannot be decided</li>"));
  });

  whole("does not count a threat scenario that no changed statement lets through", async () => {
    const { threats = [] } = input;
    const changed = threats.map((each) => ({
      ...each,
      applicable: true,
      refused: true,
      succeedsWithChange: false,
    }));
    const found = await page({ ...input, threats: changed });
    assert.equal(part(found, "threats").split("✕ blocked, but inconclusive").length - 1, threats.length);
  });

  it("tells of stacks that did not come up, and claims nothing of access or release", async () => {
    const { project, made, promotions, settings, act1 } = input;
    const finding = { stack: "test", resource: "-", message: HOSTILE };
    const failed = { ...act1, verdicts: [], findings: [finding] };
    const found = await page({
      ...{ project, made, promotions, settings },
      act1: failed,
      release: "not released, since the bring-up has findings",
      notShown: [],
    });
    assert.ok(found.includes(`Failed: <a href="#findings">1 finding about the stacks</a>.`));
    assert.ok(part(found, "findings").includes(shown(HOSTILE)));
    assert.match(part(found, "release"), /There was none: not released, since the bring-up has findings\./);
    assert.deepEqual(all(found, /<section id="([^"]+)"/g), [
      ...["findings", "overview", "release", "stacks", "not-shown"],
    ]);
    assert.doesNotMatch(part(found, "overview"), /allowed|rehearsed on this machine/);
  });

  whole("does not say that all is ok where access was not judged", async () => {
    const { project, made, promotions, settings, act1 } = input;
    const found = await page({
      project,
      made,
      promotions,
      settings,
      act1,
      release: "no service is here",
      notShown: [],
    });
    assert.match(found, /OK as far as it was checked, but access was not judged and nothing was released\./);
  });

  whole("escapes whatever comes from settings, templates and answers", async () => {
    const { walk, threats = [], charter, act1 } = input;
    const [call] = walk?.calls ?? [];
    const [threat] = threats;
    assert.ok(walk && call && threat && charter);
    const found = await page({
      ...input,
      project: HOSTILE,
      promotions: [
        {
          ...{ stack: HOSTILE, account: HOSTILE, environments: [{ name: HOSTILE, account: HOSTILE }] },
          pipelines: [
            {
              ...{ name: HOSTILE, workload: HOSTILE, prefix: HOSTILE },
              promoted: [{ environment: HOSTILE, approvers: [HOSTILE], verified: true }],
            },
          ],
        },
      ],
      settings: [{ stack: HOSTILE, path: "x", config: { [HOSTILE]: HOSTILE } }],
      act1: { ...act1, runs: act1.runs.map((run) => ({ ...run, stack: HOSTILE })) },
      walk: {
        ...walk,
        calls: [
          {
            ...call,
            pipeline: HOSTILE,
            environment: HOSTILE,
            step: HOSTILE,
            caller: HOSTILE,
            why: HOSTILE,
            source: `javascript:${HOSTILE}`,
          },
        ],
      },
      threats: [{ ...threat, title: HOSTILE, story: HOSTILE, change: HOSTILE, refusedBy: HOSTILE }],
      charter: {
        ...charter,
        rows: [{ who: HOSTILE, may: [HOSTILE], on: HOSTILE, when: HOSTILE, why: HOSTILE }],
      },
      notShown: [{ what: HOSTILE, shownBy: HOSTILE }],
      release: HOSTILE,
      sizes: [{ policy: HOSTILE, size: 1, limit: 2 }],
    });
    assert.equal(found.includes(HOSTILE), false);
    assert.equal(found.split("<script").length, 2);
    assert.equal(found.includes("<img"), false);
    assert.equal(/href="javascript:/.test(found), false);
  });
});
