import { findChromium } from "./chromium";

// Before any test is loaded: without a browser there is nothing to test.
if (findChromium() === undefined) {
  console.log("skipped: no Chromium; install Debian's chromium");
  process.exit(0);
}
