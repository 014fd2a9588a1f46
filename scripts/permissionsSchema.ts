/** Writes the schema of permissions for editors, which a test compares. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { z } from "zod";
import { FILE } from "../rehearsal/access/matrix/rows";

async function write(): Promise<void> {
  const schema = JSON.stringify(z.toJSONSchema(FILE, { io: "input", reused: "ref" }));
  writeFileSync(
    join(__dirname, "../docs/schemas/permissions.json"),
    await format(schema, { parser: "json" }),
  );
}

void write();
