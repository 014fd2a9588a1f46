import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, lstatSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { readStackFiles } from "../../rehearsal/record/stackFiles";
import { emptyFolder, write } from "../folders";
import { pulumi } from "./commandLine";
import { PROJECT } from "./install";
import { emptyWorld, removeWorlds } from "./worlds";

const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
  cwd: PROJECT,
  encoding: "utf8",
})
  .trimEnd()
  .split("\n")
  .filter((file) => lstatSync(join(PROJECT, file), { throwIfNoEntry: false })?.isFile());

/** A clone as it is after `git clone`. */
function clone(): string {
  const folder = emptyFolder();
  for (const file of tracked) cpSync(join(PROJECT, file), join(folder, file));
  return folder;
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => !each.isDirectory())
    .map((each) => relative(folder, join(each.parentPath, each.name)))
    .sort();

/** A project of that name, made of a clone. */
async function newProject(from: string): Promise<string> {
  const into = emptyFolder();
  const args = ["new", from, "--dir", into, "--name", "acme", "--generate-only", "--yes", "--offline"];
  const { code, output } = await pulumi(emptyWorld(), ...args);
  assert.equal(code, 0, output);
  return into;
}

describe("pulumi new", () => {
  afterEach(removeWorlds);

  it("makes a project of a clean clone: the same files, under another name", async () => {
    const from = clone();
    const declared = parse(readFileSync(join(PROJECT, "Pulumi.yaml"), "utf8")) as {
      name: string;
      config: Record<string, unknown>;
    };
    const made = await newProject(from);
    assert.ok(tracked.length > 500);
    assert.deepEqual(filesOf(made), filesOf(from));
    const changed = filesOf(from).filter(
      (file) => !readFileSync(join(made, file)).equals(readFileSync(join(from, file))),
    );
    assert.deepEqual(changed, ["Pulumi.yaml"]);
    const described = parse(readFileSync(join(made, "Pulumi.yaml"), "utf8")) as typeof declared;
    // It spells the same otherwise, and adds where the project is from.
    const { "pulumi:tags": tags, ...config } = described.config;
    const off = "pulumi:disable-default-providers";
    assert.deepEqual(tags, { value: { "pulumi:template": from } });
    assert.deepEqual(
      { ...described, config },
      { ...declared, name: "acme", config: { ...declared.config, [off]: { value: declared.config[off] } } },
    );
    const { project, stacks } = readStackFiles(made, join(made, "Pulumi.yaml"));
    assert.deepEqual([project, stacks.map(({ stack }) => stack)], ["acme", ["prod", "test", "tooling"]]);
  });

  it("makes one of a clone that was used, with its packages and other files", async () => {
    const from = clone();
    write(from, {
      "node_modules/a/cli.js": "",
      "coverage/index.html": "",
    });
    write(from, { "node_modules/.bin/other": "" });
    symlinkSync("../a/cli.js", join(from, "node_modules/.bin/a")); // as npm makes it; a link to a folder is refused
    assert.deepEqual(filesOf(await newProject(from)), filesOf(from));
  });
});
