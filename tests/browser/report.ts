import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { page as written } from "../../rehearsal/report/page/page";
import { sampleInput } from "../rehearsal/report/page/sampleInput";
import { launch } from "./chromium";

export interface Opened {
  readonly page: Page;
  /** Everything that the console said, and every error. */
  readonly said: string[];
  /** Every address that was asked for, but the file itself. */
  readonly asked: string[];
}

interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
}

/** The sample's report in a browser, written once for all tests. */
export class Report {
  private browser: Browser | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "report-"));
  readonly file = join(this.folder, "report.html");

  async start(): Promise<void> {
    writeFileSync(this.file, await written(await sampleInput()));
    this.browser = await launch();
  }

  async end(): Promise<void> {
    await this.browser?.close();
    rmSync(this.folder, { recursive: true });
  }

  /** A page of its own for each test. */
  async open({ width = 1280, height = 900, scheme = "light" }: Look = {}): Promise<Opened> {
    if (!this.browser) throw new Error("start the report first");
    const page = await (await this.browser.createBrowserContext()).newPage();
    const address = pathToFileURL(this.file).href;
    const [said, asked]: [string[], string[]] = [[], []];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(`error: ${String(error)}`));
    page.on("request", (request) => {
      if (request.url() !== address && !request.url().startsWith("data:")) asked.push(request.url());
    });
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(address);
    return { page, said, asked };
  }
}
