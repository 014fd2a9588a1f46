import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { runStack } from "../../../rehearsal/bringUp/runStack";
import type { Resource, StackRun } from "../../../rehearsal/record/record";
import { PACKAGES } from "../../../scripts/packages";
import { broughtUp, runOf } from "../../../tests/programs";
import type { Values } from "../../../tests/stacks/settingsSample";
import { outside, PROGRAMS } from "./outside";

const ROOT = join(__dirname, "../../..");

/** Runs a program's file as a stack, from scratch. */
async function run(file: string, stack: string, earlier: readonly StackRun[] = []): Promise<StackRun> {
  const path = join(outside().folder, file.replace(/\.ts$/, ".js"));
  const load = createRequire(path);
  const ran = await runStack({
    ...{ project: "acme", stack, config: { "aws:region": "eu-west-1" }, earlier },
    program: () => {
      for (const each of Object.keys(load.cache))
        if (each.startsWith(outside().folder)) Reflect.deleteProperty(load.cache, each);
      const exported: unknown = load(path);
      return Promise.resolve(typeof exported === "function" ? (exported as () => unknown)() : exported);
    },
  });
  assert.deepEqual(ran.failures, []);
  return ran;
}

/** What AWS completes names with, and makes ids of: it goes by the components that a resource is in, too. */
const random = (text: string): string =>
  text.replace(/(?<=-)[0-9a-f]{7}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "…");
const withoutRandom = <T>(value: T): T => JSON.parse(random(JSON.stringify(value))) as T;

/** What is made in AWS, whichever component it is in. */
const made = ({ resources }: StackRun) =>
  withoutRandom(resources)
    .filter(({ type, custom, remote }) => (custom || remote) && !type.startsWith("pulumi:"))
    .map(({ type, name, account, protect, inputs }) => ({ type, name, account, protect, inputs }))
    .sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));

const components = ({ resources }: StackRun): string[] =>
  resources
    .filter(({ type }) => /^delivery:/.test(type))
    .map(({ type }: Resource) => type.split(":")[2] ?? "");

describe("the packages, outside of this repository", function () {
  const SETTINGS = {
    tooling: {
      ...{ "aws:region": "eu-west-1", kind: "tooling", account: "111111111111" },
      environments: [
        { name: "test", account: "222222222222" },
        { name: "prod", account: "333333333333", approval: { emails: ["ops@example.com"] } },
      ],
      pipelines: [{ name: "catalog", source: { codecommit: "catalog" } }],
    },
    test: { "aws:region": "eu-west-1", kind: "environment", account: "222222222222" },
    prod: { "aws:region": "eu-west-1", kind: "environment", account: "333333333333" },
  } satisfies Record<string, Values>;

  it("are found by what they export, and by nothing else", () => {
    const load = createRequire(join(outside().folder, "index.js"));
    for (const [name, { manifest, files }] of outside().packages) {
      const entries = Object.entries(manifest.exports);
      assert.ok(entries.length > 10);
      for (const [entry, file] of entries) {
        load(`${name}/${entry.slice(2)}`);
        assert.ok(files.includes(file.slice(2)) && files.includes(file.slice(2).replace(/js$/, "d.ts")));
      }
      assert.throws(() => load.resolve(`${name}/package.json`), { code: "ERR_PACKAGE_PATH_NOT_EXPORTED" });
    }
  });

  it("hold compiled code, its types, what it reads, README and licence, and nothing else", () => {
    assert.equal(outside().packages.size, PACKAGES.length);
    for (const [name, { files, manifest }] of outside().packages) {
      const code = files.filter((file) => file.endsWith(".js"));
      const data = files.filter((file) =>
        /^components\/jobs\/scripts\/[\w-]+\.(sh|jq|py|schema\.json)$/.test(file),
      );
      const rest = new Set(files);
      for (const file of code) {
        const source = file.replace(/js$/, "ts");
        const root = name === "@delivery/iam" ? "packages/iam" : ".";
        assert.ok(existsSync(join(ROOT, root, source)), `${file} has no source`);
        assert.doesNotMatch(file, /tests?\/|\.test\./);
        for (const each of [file, file.replace(/js$/, "d.ts")]) assert.ok(rest.delete(each), each);
      }
      const read = PACKAGES.filter(
        ({ root }) => (root === ".") === (name === "@delivery/components"),
      ).flatMap((each) =>
        each.data.flatMap((path) => readdirSync(join(ROOT, path)).map((file) => `${path}/${file}`)),
      );
      assert.deepEqual(data, read.sort());
      for (const file of data) rest.delete(file);
      assert.deepEqual([...rest], ["LICENSE", "README.md", "package.json"]);
      assert.ok(code.length > 20);
      assert.equal(data.length > 20, name === "@delivery/components");
      assert.equal("private" in manifest, false);
    }
  });

  for (const [how, moduleResolution, module] of [
    ["node", ts.ModuleResolutionKind.Node10, ts.ModuleKind.CommonJS],
    ["nodenext", ts.ModuleResolutionKind.NodeNext, ts.ModuleKind.NodeNext],
  ] as const)
    it(`have types for the programs of the documentation, where modules are resolved as ${how} does it`, () => {
      const { folder } = outside();
      const wrong = join(folder, `wrong-${how}.ts`);
      const text = PROGRAMS["index.ts"] ?? "";
      ts.sys.writeFile(wrong, text.replace('codecommit: "catalog"', 'codecomit: "catalog"'));
      const files = Object.keys(PROGRAMS).map((file) => join(folder, file));
      assert.equal(files.length, 3);
      const program = ts.createProgram([...files, wrong], {
        ...{ strict: true, noEmit: true, skipLibCheck: true, esModuleInterop: true, types: [] },
        ...{ target: ts.ScriptTarget.ES2022, module, moduleResolution },
      });
      const found = ts
        .getPreEmitDiagnostics(program)
        .map(({ file, messageText }) => [file?.fileName, ts.flattenDiagnosticMessageText(messageText, " ")]);
      assert.deepEqual(
        found.map(([file]) => file),
        [wrong],
        found.join("\n"),
      );
      assert.match(found.join(), /codecomit/);
    });

  it("make what this program's own stacks have, in a component more", async () => {
    const own = await broughtUp(SETTINGS, "acme");
    const runs: StackRun[] = [];
    for (const stack of Object.keys(SETTINGS)) {
      const outer = await run("index.ts", stack, runs);
      runs.push(outer);
      const expected = runOf(own, stack);
      assert.ok(made(expected).length > 5);
      const untagged = (resources: ReturnType<typeof made>) =>
        resources.filter(({ type }) => type !== "pulumi:providers:aws");
      assert.deepEqual(untagged(made(outer)), untagged(made(expected)));
      const kind = stack === "tooling" ? "Tooling" : "Environment";
      assert.deepEqual(components(outer), [kind, ...components(expected)]);
    }
    const { version, ...outputs } = runOf(own, "tooling").outputs;
    assert.ok(version);
    assert.deepEqual(withoutRandom(runOf(runs, "tooling").outputs), withoutRandom(outputs));
  });

  it("have parts that are used by themselves", async () => {
    const tooling = await run("parts.ts", "tooling");
    assert.deepEqual([...new Set(components(tooling))].sort(), [
      "ApprovalTopic",
      "ArtifactStore",
      "DeliveryPipeline",
      "EnvironmentJobs",
      "ImageRepository",
      "Job",
      "PeoplePolicies",
      "PipelineJobs",
      "PublishedValues",
      "Triggers",
    ]);
    const roles = await run("roles.ts", "test");
    assert.deepEqual(Object.keys(roles.outputs["roleArns"] as object).sort(), [
      "cleanup",
      "codedeploy",
      "deploy",
      "execution",
      "plan",
    ]);
  });
});
