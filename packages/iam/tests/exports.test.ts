import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";

const ROOT = join(__dirname, "..");
const load: NodeJS.Require = createRequire(__filename);
const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((each) => each.endsWith(".ts"))
  .map((each) => `./src/${each.replaceAll("\\", "/")}`);
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

const { exports: entries, peerDependencies } = JSON.parse(read("package.json")) as {
  readonly exports: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

describe("What of the package is for others", () => {
  it("is a closed list of files that load by its name", () => {
    const all = Object.entries(entries);
    assert.ok(all.length > 20);
    for (const [name, file] of all) {
      assert.equal(file, `./src/${name.slice(2)}.ts`);
      assert.ok(files.includes(file), `${file} is not there`);
      assert.equal(load.resolve(`@delivery/iam/${name.slice(2)}`), join(ROOT, file));
      load(`@delivery/iam/${name.slice(2)}`);
    }
  });

  it("is not what else it has", () => {
    const internal = files.filter((each) => !Object.values(entries).includes(each));
    assert.ok(internal.length > 5);
    for (const file of internal)
      assert.throws(() => load.resolve(`@delivery/iam/${file.slice(6, -3)}`), {
        code: "ERR_PACKAGE_PATH_NOT_EXPORTED",
      });
  });

  it("needs nothing but itself, Node.js and the packages that it names, and knows no name of the project", () => {
    const imports = files.flatMap((file) =>
      [...read(file).matchAll(/(?:from|import\(|require\()\s*"([^"]+)"/g)].map(
        ([, from = ""]) => [file, from] as const,
      ),
    );
    assert.ok(imports.length > 80, `only ${imports.length} imports were read`);
    const others = new Set<string>();
    for (const [file, from] of imports) {
      if (!from.startsWith(".")) others.add(from);
      else
        assert.ok(
          !relative(join(ROOT, "src"), resolve(ROOT, file, "..", from)).startsWith(".."),
          `${file}: ${from}`,
        );
    }
    assert.deepEqual(
      [...others].filter((each) => !each.startsWith("node:")).sort(),
      Object.keys(peerDependencies),
    );
    const names = /pulumi|\bdelivery\b(?!\.logs)|catalog-|tooling|charter/i; // AWS has a delivery.logs.amazonaws.com
    const lines = files.flatMap((file) =>
      read(file)
        .split("\n")
        .map((line) => `${file}: ${line}`),
    );
    assert.deepEqual(
      lines.filter((line) => names.test(line)),
      [],
    );
  });
});
