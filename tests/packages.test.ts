import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { satisfies } from "semver";
import { REGISTER_INSTANCE } from "ts-node";
import { manifestOf, PACKAGES } from "../scripts/packages";
import { licenceOf, type Locked, locked, nameOf, page } from "../scripts/licences";

const ROOT = join(__dirname, "..");
const textOf = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Whoever has one of these may use a package in a product without publishing the product. */
const PERMISSIVE = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-3.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PSF-2.0",
  "Python-2.0",
]);
const LOCKFILES = ["package-lock.json", "app/package-lock.json", "bench/cdk/package-lock.json"];

/** Packages with a licence that is not known to be permissive: of alternatives one has to be, of parts each. */
const notPermissive = (packages: ReadonlyMap<string, Locked>): string[] =>
  [...packages].flatMap(([folder, found]) => {
    const licence = licenceOf(folder, found);
    const alternatives = licence?.replace(/[()]/g, "").split(" OR ") ?? [];
    const allowed = alternatives.some((all) => all.split(" AND ").every((part) => PERMISSIVE.has(part)));
    return folder === "" || allowed ? [] : [`${folder}: ${licence}`];
  });

/** Where Node.js finds a package for another: in the nearest folder above it. */
function found(packages: ReadonlyMap<string, Locked>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (packages.has(path)) return path;
    if (folder === "") return undefined;
  }
}

/** Versions of packages that another version, installed beside them, could take the place of for each that asks for them. */
function superfluous(packages: ReadonlyMap<string, Locked>): string[] {
  const versions = new Map<string, Set<string>>();
  for (const [folder, { version }] of packages)
    versions.set(nameOf(folder), (versions.get(nameOf(folder)) ?? new Set()).add(version));
  const needed = new Set<string>();
  for (const [from, { dependencies, optionalDependencies, peerDependencies, ...rest }] of packages) {
    const dev = "devDependencies" in rest ? (rest.devDependencies as Record<string, string>) : {};
    const asked = { ...dev, ...dependencies, ...optionalDependencies, ...peerDependencies };
    for (const [name, range] of Object.entries(asked)) {
      const path = found(packages, from, name);
      if (path === undefined) continue; // an optional one that this project does without
      const { version } = packages.get(path) ?? { version: "" };
      const others = [...(versions.get(name) ?? [])].filter((each) => each !== version);
      if (!others.some((each) => satisfies(each, range))) needed.add(`${name} ${version}`);
    }
  }
  return [...versions]
    .filter(([, all]) => all.size > 1)
    .flatMap(([name, all]) => [...all].map((version) => `${name} ${version}`))
    .filter((each) => !needed.has(each));
}

/** Keeps what it makes of a file, which the tests have run already. */
const TS_NODE_SERVICE = process[REGISTER_INSTANCE] ?? assert.fail("ts-node runs no tests");
const known = new Map<string, readonly string[]>();
/** What a file loads when it runs: imports of types alone are gone by then. */
function loaded(path: string): readonly string[] {
  const names = known.get(path) ?? read(path);
  known.set(path, names);
  return names;
}
function read(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  const program = path.endsWith(".ts") ? TS_NODE_SERVICE.compile(text, path) : text;
  return [...program.matchAll(/\brequire\("([^"]+)"\)/g)].flatMap(([, name]) => name ?? []);
}

/** Packages that are loaded by these files and by what they load of the project, each with a file that loads it. */
function packagesOf(entries: readonly string[]): ReadonlyMap<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const left = entries.map((entry) => join(ROOT, entry));
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const name of loaded(file)) {
      if (name.startsWith("node:")) continue;
      if (!name.startsWith(".")) {
        const [scope = "", rest] = name.split("/");
        packages.set(scope.startsWith("@") ? `${scope}/${rest}` : scope, relative(ROOT, file));
        continue;
      }
      const place = join(dirname(file), name);
      const path = [place, `${place}.ts`].find((each) => /[.](ts|cjs|json)$/.test(each) && existsSync(each));
      assert.ok(path, `${relative(ROOT, file)} loads ${name}, which is no file`);
      if (!path.endsWith(".json")) left.push(path);
    }
  }
  return packages;
}

interface Package {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const PACKAGE = JSON.parse(textOf("package.json")) as Package;
/** ts-node, which register.cjs loads, loads TypeScript, and the project's own transpiler in place of its own. */
const TS_NODE = { "ts-node": "package.json", typescript: "ts-node" };
const { transpiler } = (JSON.parse(textOf("tsconfig.json")) as { "ts-node": { transpiler: string } })[
  "ts-node"
];

const COMMAND = "node -r ./scripts/register.cjs commands/";
const programOf = (script: string): string => script.slice(COMMAND.length - "commands/".length);
const COMMANDS = Object.entries(PACKAGE.scripts).filter(([, script]) => script.startsWith(COMMAND));

describe("the packages", () => {
  it("for development need not be there for the commands", () => {
    assert.deepEqual(
      Object.keys(PACKAGE.scripts).filter((name) => PACKAGE.scripts[name]?.includes("--omit=dev")),
      COMMANDS.map(([name]) => `pre${name}`),
    );
  });

  it("that pulumi and the commands load are dependencies, and others are for development", () => {
    assert.ok(COMMANDS.length > 10);
    const commands = COMMANDS.map(([, script]) => programOf(script));
    const needed = { ...TS_NODE, ...Object.fromEntries(packagesOf(["index.ts", transpiler, ...commands])) };
    assert.deepEqual(Object.keys(PACKAGE.dependencies).sort(), Object.keys(needed).sort());
  });

  it("of Pulumi are not loaded by commands that run no stack, since they take half of the time", () => {
    const loading = COMMANDS.filter(([, script]) =>
      [...packagesOf([programOf(script)]).keys()].some((each) => each.startsWith("@pulumi/")),
    );
    assert.deepEqual(
      loading.map(([name]) => name),
      ["doctor", "down", "failover", "preview", "remove", "up"],
    );
  });

  for (const each of PACKAGES)
    it(`that ${each.folder} loads are those that it asks for, in versions that it is tested with`, () => {
      const { exports, dependencies = {}, peerDependencies } = manifestOf(each);
      const entries = Object.values(exports).map((file) => join(each.root, file));
      const asked = { ...dependencies, ...peerDependencies };
      assert.deepEqual(Object.keys(asked).sort(), [...packagesOf(entries).keys()].sort());
      for (const [name, range] of Object.entries(asked)) {
        const { [name]: version } = PACKAGE.dependencies;
        assert.ok(
          version !== undefined && (range === version || range === `^${version}`),
          `${name} ${range}`,
        );
        // Pulumi finds one copy of itself, or none of what the program makes.
        assert.equal(name in peerDependencies, range === `^${version}` || each.folder === "packages/iam");
      }
    });

  it("for programs outside have the version of this one, where they are made of it", () => {
    const [components] = PACKAGES;
    assert.ok(components);
    assert.equal(manifestOf(components).version, PACKAGE.version);
  });

  it("are there in no version that another one installed could replace: else npm dedupe", () => {
    assert.deepEqual(superfluous(locked()), []);
  });

  it("are found superfluous where whoever asks for one version would take another that is there", () => {
    const packages = (asked: string) =>
      new Map<string, Locked>([
        ["", { version: "1.0.0", dependencies: { a: "1.0.0", b: "1.0.0" } }],
        ["node_modules/a", { version: "1.0.0", dependencies: { b: asked } }],
        ["node_modules/a/node_modules/b", { version: "1.2.0" }],
        ["node_modules/b", { version: "1.0.0" }],
      ]);
    assert.deepEqual(superfluous(packages("^1.0.0")), ["b 1.2.0"]);
    assert.deepEqual(superfluous(packages("^1.1.0")), []);
  });

  for (const lockfile of LOCKFILES)
    it(`have permissive licences: ${lockfile}`, () => {
      const packages = locked(lockfile);
      assert.ok(packages.size > 1);
      assert.deepEqual(notPermissive(packages), []);
    });

  it("with another licence are named, those with none too", () => {
    const packages = new Map<string, Locked>([
      ["node_modules/a", { version: "1.0.0", license: "GPL-3.0-only" }],
      ["node_modules/b", { version: "1.0.0", license: "(MIT AND AGPL-3.0-only)" }],
      ["node_modules/c", { version: "1.0.0" }],
      ["node_modules/d", { version: "1.0.0", license: "(MIT OR GPL-3.0-or-later)" }],
    ]);
    assert.deepEqual(notPermissive(packages), [
      "node_modules/a: GPL-3.0-only",
      "node_modules/b: (MIT AND AGPL-3.0-only)",
      "node_modules/c: undefined",
    ]);
  });

  it("are listed with their licences: else run npm run docs:licences", async () => {
    assert.equal(textOf("docs/licences.md"), await page());
  });
});
