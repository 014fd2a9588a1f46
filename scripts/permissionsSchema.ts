/** Writes the schemas of permissions and simulated calls for editors, which tests compare. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { z } from "zod";
import { FILE as CALLS } from "../rehearsal/access/calls/rows";
import { FILE as PERMISSIONS } from "../rehearsal/access/matrix/rows";

async function write(): Promise<void> {
  for (const [name, file] of Object.entries({ permissions: PERMISSIONS, calls: CALLS })) {
    const schema = JSON.stringify(z.toJSONSchema(file, { io: "input", reused: "ref" }));
    writeFileSync(join(__dirname, `../docs/schemas/${name}.json`), await format(schema, { parser: "json" }));
  }
}

void write();
