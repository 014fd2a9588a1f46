import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { Report } from "./report";

const report = new Report();
before(() => report.start());
after(() => report.end());

/** Widths of the document and of what is seen of it. */
const widths = (page: Page) =>
  page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);

/** What has the focus: what it opens, or its text. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null;
    return at?.dataset["opens"] ?? at?.textContent?.trim() ?? "";
  });

const panelText = (page: Page) =>
  page.$eval("#panel", (panel) =>
    (panel as HTMLElement).hidden ? undefined : (panel as HTMLElement).innerText,
  );

/** Focuses an arrow or a principal of the picture by its name. */
const focusOn = (page: Page, label: string) =>
  page.$eval(`svg.picture [aria-label^="${label}"]`, (each) => {
    (each as SVGElement).focus();
    return (each as SVGElement).dataset["opens"] ?? "";
  });

describe("the report in a browser", () => {
  for (const width of [1280, 390]) {
    for (const scheme of ["light", "dark"] as const) {
      it(`opens at ${width} pixels, ${scheme}, without a word on the console, a request, or a page that is too wide`, async () => {
        const { page, said, asked } = await report.open({ width, scheme });
        await page.$$eval("details", (all) => all.forEach((each) => (each.open = true)));
        await page.evaluate(() => document.documentElement.scrollHeight);
        assert.deepEqual(said, []);
        assert.deepEqual(asked, []);
        assert.deepEqual(await widths(page), [width, width]);
        await page.close();
      });
    }
  }

  it("keeps what is wider than a small screen in a part that scrolls by itself", async () => {
    const { page } = await report.open({ width: 390 });
    const canvas = await page.$eval(".canvas", (each) => [
      each.scrollWidth > each.clientWidth,
      getComputedStyle(each).overflowX,
    ]);
    assert.deepEqual(canvas, [true, "auto"]);
    await page.close();
  });

  it("leads the tab key by the skip link and the contents to the picture", async () => {
    const { page } = await report.open();
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the report");
    const visited: string[] = [];
    while (
      visited.length < 60 &&
      !(await page.evaluate(() => document.activeElement?.closest("svg.picture") !== null))
    ) {
      await page.keyboard.press("Tab");
      visited.push(await focused(page));
    }
    assert.ok(visited.includes("Skip the picture"), visited.join(", "));
    assert.match(visited.at(-1) ?? "", /^a\d+$/);
    await page.close();
  });

  it("opens an arrow with Enter: the calls, and the statements of both sides", async () => {
    const { page, said } = await report.open();
    const id = await focusOn(
      page,
      "delivery-catalog--prod-release-job takes role delivery-catalog--prod-deploy",
    );
    await page.keyboard.press("Enter");
    const text = (await panelText(page)) ?? assert.fail("the panel is closed");
    const pieces = [
      "delivery-catalog--prod-release-job → delivery-catalog--prod-deploy",
      "Allow TakeRoles inline policy of role delivery-catalog--prod-release-job",
      "Allow AssumedByJobs trust of role delivery-catalog--prod-deploy",
      "aws:PrincipalArn ArnEquals arn:aws:iam::111111111111:role/delivery-catalog--prod-release-job",
    ];
    for (const piece of pieces) assert.ok(text.includes(piece), `${piece} is not in: ${text}`);
    assert.match(await focused(page), /^Close/);
    await page.keyboard.press("Escape");
    assert.equal(await panelText(page), undefined);
    assert.equal(await focused(page), id);
    assert.deepEqual(said, []);
    await page.close();
  });

  it("opens a principal by click: who may take it, what it may, whom it reaches", async () => {
    const { page } = await report.open();
    await page.click('svg.picture .thing[aria-label^="delivery-catalog--test-plan,"]');
    const text = (await panelText(page)) ?? assert.fail("the panel is closed");
    for (const piece of [
      "Is reached by",
      "Who may take it (trust)",
      "AssumedByJobs",
      "What it may",
      "CreateChangeSets",
      "cloudformation:ChangeSetName StringLike d-*",
    ])
      assert.ok(text.includes(piece), `${piece} is not in: ${text}`);
    await page.keyboard.press("Escape");
    assert.equal(await panelText(page), undefined);
    await page.close();
  });

  it("opens a statement from a table, and gives the focus back", async () => {
    const { page } = await report.open();
    await page.$eval("[data-filtered=walk] details", (each) => (each.open = true));
    const sid = await page.$eval("[data-filtered=walk] a.by", (each) => {
      (each as HTMLElement).focus();
      return each.textContent ?? "";
    });
    await page.keyboard.press("Enter");
    assert.ok((await panelText(page))?.includes(`Allow ${sid}`));
    await page.keyboard.press("Escape");
    assert.equal(await focused(page), sid);
    await page.close();
  });

  it("filters calls, threat scenarios and rows of the access matrix, and shows all again", async () => {
    const { page } = await report.open();
    const visible = (rows: string) =>
      page.$$eval(rows, (all) =>
        all.filter((each) => each.checkVisibility()).map((each) => each.textContent ?? ""),
      );
    const filters = [
      ["walk", "AssumeRole prod-deploy", "#walk tbody tr:not(.step)"],
      ["threats", "approver", "#threats details.threat"],
      ["charter", "PutApprovalResult", "#charter tbody tr"],
    ] as const;
    for (const [section, words, items] of filters) {
      const closed = await page.$$eval(`#${section} details`, (all) => all.map((each) => each.open));
      const before = await page.$$eval(items, (all) => all.length);
      await page.type(`input[data-filters="${section}"]`, words);
      const found = await visible(items);
      assert.ok(found.length > 0 && found.length < before, `${section}: ${found.length} of ${before}`);
      for (const text of found)
        for (const word of words.split(" "))
          assert.ok(text.toLowerCase().includes(word.toLowerCase()), `${word} is not in ${text}`);
      assert.equal(
        await page.$eval(`#${section} output`, (each) => each.textContent),
        `${found.length} of ${before}`,
      );
      await page.$eval(`input[data-filters="${section}"]`, (field) => {
        field.value = "";
        field.dispatchEvent(new Event("input"));
      });
      assert.deepEqual(
        await page.$$eval(`#${section} details`, (all) => all.map((each) => each.open)),
        closed,
      );
      assert.equal(await page.$$eval(`${items}[hidden]`, (all) => all.length), 0);
    }
    await page.close();
  });

  it("finds what is told once for several by the names of each, and opens the list of these names", async () => {
    const { page } = await report.open();
    const name = await page.$eval("#charter tr:has(a.names)", (row) => {
      const list = document.querySelector(row.querySelector("a.names")?.getAttribute("href") ?? "");
      const last = [...(list?.querySelectorAll("li") ?? [])].at(-1)?.textContent ?? "";
      return last.split(", ").find((each) => !row.textContent?.includes(each)) ?? "";
    });
    assert.match(name, /^[0-9]{12}$/);
    await page.type('input[data-filters="charter"]', name);
    const link = await page.$eval("#charter tr:has(a.names)", (row) => {
      if (!row.checkVisibility()) return "";
      row
        .querySelector("a.names")
        ?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      return row.querySelector("a.names")?.textContent ?? "";
    });
    assert.match(link, /each of 3/);
    assert.ok((await panelText(page))?.includes(name));
    await page.close();
  });

  it("leaves out a kind of arrows, and says so to those who do not see it", async () => {
    const { page } = await report.open();
    const shown = () =>
      page.$$eval(
        "svg.picture .arrow.data",
        (all) => all.filter((each) => getComputedStyle(each).display !== "none").length,
      );
    const all = await shown();
    assert.ok(all > 0);
    await page.click('[data-toggles="data"]');
    assert.deepEqual(
      [await shown(), await page.$eval('[data-toggles="data"]', (each) => each.getAttribute("aria-pressed"))],
      [0, "false"],
    );
    await page.click('[data-toggles="data"]');
    assert.equal(await shown(), all);
    await page.close();
  });

  it("opens everything for print, and folds it again afterwards", async () => {
    const { page } = await report.open();
    const closed = () => page.$$eval("details", (all) => all.filter((each) => !each.open).length);
    const before = await closed();
    assert.ok(before > 20);
    await page.emulateMediaType("print");
    await page.waitForFunction(() => document.querySelectorAll("details:not([open])").length === 0);
    await page.emulateMediaType("screen");
    await page.waitForFunction(
      (count) => document.querySelectorAll("details:not([open])").length === count,
      {},
      before,
    );
    assert.equal(await closed(), before);
    await page.close();
  });
});
