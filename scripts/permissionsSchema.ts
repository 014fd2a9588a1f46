/** Writes the schemas of permissions, simulated calls and threat scenarios for editors, which tests compare. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { z } from "zod";
import { FILE as CALLS } from "../rehearsal/access/calls/rows";
import { FILE as PERMISSIONS } from "../rehearsal/access/matrix/rows";
import { FILE as THREATS } from "../rehearsal/access/threats/format";

async function write(): Promise<void> {
  for (const [name, file] of Object.entries({ permissions: PERMISSIONS, calls: CALLS, threats: THREATS })) {
    const path = join(__dirname, `../docs/schemas/${name}.json`);
    const schema = JSON.stringify(z.toJSONSchema(file, { io: "input", reused: "ref" }));
    writeFileSync(path, await format(schema, { ...(await resolveConfig(path)), parser: "json" }));
  }
}

void write();
