/** Takes the README's picture of the report that `npm start` has written: node -r ts-node/register tests/browser/picture.ts */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./chromium";

const ROOT = resolve(__dirname, "../..");
const PAGE = resolve(ROOT, ".out/report.html"); // eslint-disable-line no-restricted-syntax -- no test
const PICTURE = resolve(ROOT, "docs/report.png") as `${string}.png`;
/** Pixels of empty paper that are left out at the top. */
const TOP = 24;

async function take(): Promise<void> {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 1000 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    await page.goto(pathToFileURL(PAGE).href);
    const bottom = await page.$eval("figure", (each) => Math.ceil(each.getBoundingClientRect().bottom));
    await page.screenshot({ path: PICTURE, clip: { x: 0, y: TOP, width: 1280, height: bottom - TOP } });
    console.log(PICTURE);
  } finally {
    await browser.close();
  }
}

void take();
