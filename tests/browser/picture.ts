/**
 * Takes the README's picture of the report that `npm start` has written: node -r ts-node/register tests/browser/picture.ts
 * It shows who may reach whom, and none of the figures above that, which change more often than anybody takes pictures.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./chromium";

const ROOT = resolve(__dirname, "../..");
const PAGE = resolve(ROOT, ".out/report.html"); // eslint-disable-line no-restricted-syntax -- no test
const PICTURE = resolve(ROOT, "docs/report.png") as `${string}.png`;
/** Pixels of empty paper around it. */
const PAPER = 12;

async function take(): Promise<void> {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 1000 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    await page.goto(pathToFileURL(PAGE).href);
    const [top, bottom] = await page.$eval("figure", (figure) =>
      [(figure.closest("section") ?? figure).querySelector("h2") ?? figure, figure].map((each) =>
        Math.round(each.getBoundingClientRect()[each === figure ? "bottom" : "top"]),
      ),
    );
    if (top === undefined || bottom === undefined) throw new Error("the page has no figure");
    await page.screenshot({
      path: PICTURE,
      clip: { x: 0, y: top - PAPER, width: 1280, height: bottom - top + 2 * PAPER },
    });
    console.log(PICTURE);
  } finally {
    await browser.close();
  }
}

void take();
