/** Writes docs/resources.schema.json, which a test compares. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { resourcesSchema, written } from "./document";

writeFileSync(join(__dirname, "../../docs/resources.schema.json"), written(z.toJSONSchema(resourcesSchema)));
