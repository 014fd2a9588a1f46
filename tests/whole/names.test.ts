import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

describe("tests of which npm test runs a sample, or nothing", () => {
  const packages = readdirSync(join(ROOT, "packages")).map((name) => `packages/${name}/tests`);
  const files = ["tests", ...packages].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`),
  );

  it("have a name by which npm run test:whole takes them", () => {
    const sampling = files.filter((name) =>
      /from "[./]*whole\/sample"/.test(readFileSync(join(ROOT, name), "utf8")),
    );
    assert.ok(sampling.length > 0);
    assert.deepEqual(
      sampling.filter((name) => !name.endsWith(".sampled.test.ts")),
      [],
    );
    assert.deepEqual(
      files.filter((name) => name.endsWith(".sampled.test.ts") && !sampling.includes(name)),
      [],
      "these take no sample",
    );
  });
});
