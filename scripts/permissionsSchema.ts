/** Writes the schemas of permissions, simulated calls and threat scenarios for editors, which tests compare. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { z } from "zod";
import { FILE as CALLS } from "../rehearsal/access/calls/rows";
import { FILE as PERMISSIONS } from "../rehearsal/access/matrix/rows";
import { FILE as THREATS } from "../rehearsal/access/threats/format";
import { endPlain } from "../rehearsal/bringUp/commandLine";

const SCHEMAS = { permissions: PERMISSIONS, calls: CALLS, threats: THREATS };
const fileOf = (name: string) => `docs/schemas/${name}.json`;

async function write(): Promise<string> {
  for (const [name, file] of Object.entries(SCHEMAS)) {
    const path = join(__dirname, "..", fileOf(name));
    const schema = JSON.stringify(z.toJSONSchema(file, { io: "input", reused: "ref" }));
    writeFileSync(path, await format(schema, { ...(await resolveConfig(path)), parser: "json" }));
  }
  return Object.keys(SCHEMAS).map(fileOf).join("\n");
}

endPlain(
  "docs:permissions",
  "writes the schemas of permissions, calls and threat scenarios in docs/schemas",
  write,
);
