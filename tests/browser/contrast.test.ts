import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { Report } from "./report";

const report = new Report();
before(() => report.start());
after(() => report.end());

type Rgb = readonly number[];

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
const luminance = (rgb: Rgb): number => {
  const [red = 0, green = 0, blue = 0] = rgb.map((each) => {
    const share = each / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
}
const rgb = (colour: string): Rgb => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);

/** Colours of the first element that a selector finds, and of what it stands on. */
const coloursOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => {
    const isText = element instanceof SVGElement;
    let behind: Element | null = element;
    const solid = (each: Element) =>
      !/rgba\(.*, 0\)|transparent/.test(getComputedStyle(each).backgroundColor);
    while (behind.parentElement && !solid(behind)) behind = behind.parentElement;
    const box = element.parentElement?.querySelector("rect");
    return {
      text: isText ? getComputedStyle(element).fill : getComputedStyle(element).color,
      on: isText && box ? getComputedStyle(box).fill : getComputedStyle(behind).backgroundColor,
    };
  });

const TEXTS = [
  "body",
  "main p",
  ".muted",
  ".verdict",
  "a",
  ".badge",
  "#not-shown td",
  "thead th",
  ".counts a",
  ".thing .title",
  ".thing .subtitle",
  ".cluster text",
];

describe("colours of the report", () => {
  const grounds: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    it(`have a contrast of 4.5 at least for text, ${scheme}`, async () => {
      const { page } = await report.open({ scheme });
      for (const selector of TEXTS) {
        const { text, on } = await coloursOf(page, selector);
        const found = contrast(rgb(text), rgb(on));
        assert.ok(found >= 4.5, `${selector}: ${text} on ${on} is ${found.toFixed(2)}`);
      }
      grounds.push((await coloursOf(page, "body")).on);
      await page.close();
    });

    it(`have a contrast of 3 at least for arrows, ${scheme}`, async () => {
      const { page } = await report.open({ scheme });
      const on = await page.$eval(".cluster rect", (each) => getComputedStyle(each).fill);
      for (const kind of ["role", "start", "deploy", "data"]) {
        const line = await page.$eval(`.arrow.${kind} .line`, (each) => getComputedStyle(each).stroke);
        const found = contrast(rgb(line), rgb(on));
        assert.ok(found >= 3, `${kind}: ${line} on ${on} is ${found.toFixed(2)}`);
      }
      await page.close();
    });
  }

  it("differ between light and dark", () => {
    assert.equal(new Set(grounds).size, 2);
  });
});
