import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../folders";
import { ROOT } from "./sample";
import { whole } from "../whole/sample";

const PACKAGE = { name: "none", version: "1.0.0", lockfileVersion: 3 };
const LOCK = JSON.stringify({ ...PACKAGE, packages: { "": PACKAGE } });

/** A project that needs the packages of this lockfile; there is a network for none of them. */
function project(lock = LOCK): string {
  const path = folderWith({
    "package.json": JSON.stringify({ name: "none", version: "1.0.0" }),
    "package-lock.json": lock,
  });
  mkdirSync(join(path, "scripts"));
  cpSync(join(ROOT, "scripts/install.cjs"), join(path, "scripts/install.cjs"));
  return path;
}
function installed(path: string, packages: object): void {
  mkdirSync(join(path, "node_modules"), { recursive: true });
  writeFileSync(join(path, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
}
function install(path: string, { node = [], args = [] }: { node?: string[]; args?: string[] } = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...node, join(path, "scripts/install.cjs"), ...args],
    { encoding: "utf8", env: { ...process.env, npm_config_offline: "true" } },
  );
  return { status, stdout, stderr };
}
const SAID = "Installing the packages of the project (npm ci) ...\n";

describe("install", () => {
  it("does nothing when everything is there", () => {
    const path = project();
    installed(path, {});
    assert.deepEqual(install(path), { status: 0, stdout: "", stderr: "" });
  });

  whole("installs when node_modules is missing", () => {
    // What a command prints may go into a file: npm run access -- matrix > matrix.csv
    assert.deepEqual(install(project()), { status: 0, stdout: "", stderr: SAID });
  });

  whole("installs when node_modules was never finished", () => {
    const path = project();
    installed(path, {});
    rmSync(join(path, "node_modules/.package-lock.json"));
    assert.equal(install(path).stderr, SAID);
  });

  whole("installs when a version differs, and not for optional packages that are missing", () => {
    const packages = { "": PACKAGE, "node_modules/a": { version: "2.0.0", optional: true } };
    const path = project(JSON.stringify({ ...PACKAGE, packages }));
    installed(path, {});
    assert.deepEqual(install(path), { status: 0, stdout: "", stderr: "" });
    const needed = project(
      JSON.stringify({ ...PACKAGE, packages: { "": PACKAGE, "node_modules/a": { version: "2.0.0" } } }),
    );
    installed(needed, { "node_modules/a": { version: "1.0.0" } });
    assert.equal(install(needed).stderr, SAID);
  });

  whole(
    "takes an install without packages for development with --omit=dev, and needs nothing of the service",
    () => {
      const omit = { args: ["--omit=dev"] };
      const locked = (development: object, production: object) => {
        const path = project(
          JSON.stringify({
            ...PACKAGE,
            packages: { "": PACKAGE, "node_modules/a": development, "node_modules/b": production },
          }),
        );
        mkdirSync(join(path, "app"));
        writeFileSync(join(path, "app/package-lock.json"), LOCK);
        return path;
      };
      const path = locked({ version: "1.0.0", dev: true }, { version: "1.0.0" });
      mkdirSync(join(path, "node_modules/b"), { recursive: true });
      installed(path, { "node_modules/b": { version: "1.0.0" } });
      assert.deepEqual(install(path, omit), { status: 0, stdout: "", stderr: "" });
      assert.ok(install(path).stderr.startsWith(SAID));
      const missing = locked({ version: "1.0.0", dev: true }, { version: "1.0.0" });
      installed(missing, {});
      assert.ok(install(missing, omit).stderr.startsWith(SAID));
    },
  );

  whole("fails with npm's own words and the folder when npm ci fails", () => {
    const path = project();
    const dependencies = { "is-not-in-the-lockfile": "1.0.0" };
    writeFileSync(
      join(path, "package.json"),
      JSON.stringify({ name: "none", version: "1.0.0", dependencies }),
    );
    const { status, stderr } = install(path);
    assert.equal(status, 1);
    assert.match(stderr, /npm error/);
    assert.match(stderr, new RegExp(`npm ci failed in ${path}; see the lines above, .*\n$`));
  });

  whole("installs the service too, where it has a lockfile", () => {
    const path = project();
    installed(path, {});
    mkdirSync(join(path, "app"));
    assert.equal(install(path).stderr, "");
    for (const file of ["package.json", "package-lock.json"])
      cpSync(join(path, file), join(path, "app", file));
    assert.equal(install(path).stderr, "Installing the packages of the service (npm ci) ...\n");
    assert.equal(existsSync(join(path, "app/package-lock.json")), true);
  });

  it("refuses a Node that is too old", () => {
    const path = project();
    const old = join(path, "old.cjs");
    writeFileSync(old, 'Object.defineProperty(process.versions, "node", { value: "20.18.3" });');
    assert.deepEqual(install(path, { node: ["-r", old] }), {
      status: 1,
      stdout: "",
      stderr: "Node.js 20.18.3 is too old; install 20.19 or newer\n",
    });
  });
});
