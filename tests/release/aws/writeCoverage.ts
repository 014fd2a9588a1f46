import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { endPlain, ROOT } from "../../../rehearsal/bringUp/commandLine";
import { page } from "./coverage";

const PAGE = "docs/release-test-aws.md";
endPlain("docs:release-test", `writes ${PAGE}: what of AWS the release test emulates`, async () => {
  writeFileSync(join(ROOT, PAGE), await page());
  return PAGE;
});
