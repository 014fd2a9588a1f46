import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "../../sample";

const FOLDER = join(ROOT, "rehearsal/access/matrix");

describe("The access matrix's own files", () => {
  it("import nothing from the components and stacks that it judges", () => {
    const files = readdirSync(FOLDER).filter((each) => each.endsWith(".ts"));
    const imports = files.flatMap((file) =>
      [...readFileSync(join(FOLDER, file), "utf8").matchAll(/(?:from|import\(|require\()\s*"([^"]+)"/g)].map(
        ([, from = ""]) => [file, from.startsWith(".") ? resolve(FOLDER, from) : from],
      ),
    );
    assert.ok(imports.length > 60, `only ${imports.length} imports were read`);
    const own = ["components", "stacks", "index"].map((each) => join(ROOT, each));
    assert.deepEqual(
      imports.filter(([, from = ""]) => own.some((each) => from === each || from.startsWith(`${each}/`))),
      [],
    );
  });
});
