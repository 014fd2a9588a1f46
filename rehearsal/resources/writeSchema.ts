/** Writes docs/resources.schema.json, which a test compares. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { endPlain, ROOT } from "../bringUp/commandLine";
import { resourcesSchema, written } from "./document";

const FILE = "docs/resources.schema.json";
endPlain("resources:schema", `writes ${FILE}, the schema of what npm run resources -- --json writes`, () => {
  writeFileSync(join(ROOT, FILE), written(z.toJSONSchema(resourcesSchema)));
  return FILE;
});
