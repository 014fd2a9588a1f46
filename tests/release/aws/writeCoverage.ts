import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { page } from "./coverage";

void page().then((text) => writeFileSync(join(__dirname, "../../../docs/release-test-aws.md"), text));
