import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import Module from "node:module";
import { join } from "node:path";
import { deserialize } from "node:v8";
import { folderWith, write } from "./folders";

interface Made {
  readonly outputText: string;
  readonly sourceMapText?: string;
  readonly diagnostics?: readonly unknown[];
}
interface Compiled {
  readonly files: ReadonlyMap<string, { readonly source: string }>;
}
interface Transpiler {
  transpile(text: string, file: { readonly fileName: string }): Made;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports -- plain CommonJS, which ts-node loads
const { create } = require("../scripts/transpiler.cjs") as {
  create: (given: { service: { config: { options: object } }; folder: string }) => Transpiler;
};

describe("what is kept of transpiled files", () => {
  const fileName = "/project/a.ts";
  const open = (path: string, options: object = { target: 9 }) =>
    create({ service: { config: { options } }, folder: path });
  const output = (transpiler: Transpiler, text: string) =>
    transpiler.transpile(text, { fileName }).outputText;

  it("is taken for the same text alone, and made in the same way", () => {
    const path = folderWith({});
    assert.equal(output(open(path), "const a: number = 1;"), "const a = 1;\n");
    const [kept = ""] = readdirSync(path);
    const found = JSON.parse(readFileSync(join(path, kept), "utf8")) as object;
    writeFileSync(join(path, kept), JSON.stringify({ ...found, outputText: "kept" }));
    assert.equal(output(open(path), "const a: number = 1;"), "kept");
    assert.equal(
      output(open(path, { target: 9, removeComments: true }), "const a: number = 1;"),
      "const a = 1;\n",
    );
    assert.equal(output(open(path), "const a: number = 2;"), "const a = 2;\n");
    assert.equal(readdirSync(path).length, 2, "one for each way");
    assert.equal(output(open(path), "const a: number = 2;"), "const a = 2;\n");
  });

  it("is made anew where it can't be read, and works where nothing can be kept", () => {
    const path = folderWith({});
    output(open(path), "let b: string;");
    for (const name of readdirSync(path)) writeFileSync(join(path, name), "{");
    assert.equal(output(open(path), "let b: string;"), "let b;\n");
    const file = join(folderWith({ file: "" }), "file");
    assert.equal(output(open(join(file, "below")), "let b: string;"), "let b;\n");
  });

  it("says how it was made by a tsconfig.json, where that is for this project's kind of modules", () => {
    const [path, configFilePath] = [
      folderWith({}),
      join(folderWith({ "tsconfig.json": "{}" }), "tsconfig.json"),
    ];
    open(path, { module: 99, configFilePath });
    assert.deepEqual(readdirSync(path), []);
    open(path, { module: 1, configFilePath });
    assert.equal(readdirSync(path).length, 1);
  });

  it("is nothing of a text with an error, which is told each time", () => {
    const path = folderWith({});
    const refused = () => (open(path).transpile("const = 1;", { fileName }).diagnostics ?? []).length > 0;
    assert.deepEqual([refused(), refused()], [true, true]);
    assert.deepEqual(readdirSync(path), []);
  });
});

describe("a command's files", () => {
  const ROOT = join(__dirname, "..");
  const TEXT = `interface Gone {
  readonly gone: string;
}
export const line = (): string => new Error().stack?.split("\\n")[1]?.match(/\\w+\\.ts:\\d+/)?.[0] ?? "";
`;
  const MAIN = `import { line } from "./part";
interface Gone {
  readonly first: string;
  readonly second: string;
  readonly gone: string;
}
export const gone: Partial<Gone> = { gone: "" };
const loaded = Object.keys(require.cache).filter((path) => /ts-node.dist.index.js$|typescript.lib.typescript.js$/.test(path));
console.log(loaded.length, line(), new Error().stack?.split("\\n")[1]?.match(/main\\.ts:\\d+/)?.[0]);
`;
  const project = () => {
    const path = folderWith({ "main.ts": MAIN, "part.ts": TEXT, "tsconfig.json": read("tsconfig.json") });
    for (const name of ["register.cjs", "compiled.cjs", "transpiler.cjs", "deferred.cjs"])
      write(path, { [`scripts/${name}`]: read(`scripts/${name}`) });
    symlinkSync(join(ROOT, "node_modules"), join(path, "node_modules"));
    return path;
  };
  const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
  const run = (cwd: string, env: object = {}, before: readonly string[] = []) => {
    const args = [...before, "-r", "./scripts/register.cjs", "main.ts"];
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      encoding: "utf8",
    });
    return stdout + stderr;
  };

  it("need neither ts-node nor TypeScript once they are kept, and traces name their lines all the same", () => {
    const path = project();
    const told = [run(path), run(path)];
    write(path, { "part.ts": `\n${TEXT}` });
    told.push(run(path), run(path));
    write(path, { "main.ts": `${MAIN}// changed` });
    told.push(run(path), run(path));
    const lines = [
      [2, 4],
      [0, 4],
      [2, 5],
      [0, 5],
      [2, 5],
      [0, 5],
    ];
    assert.deepEqual(
      told,
      lines.map(([loaded, line]) => `${loaded} part.ts:${line} main.ts:9\n`),
    );
  });

  it("are kept as they are compiled, without the maps that ts-node adds", () => {
    const path = project();
    // eslint-disable-next-line no-restricted-syntax -- of the project in that folder
    const folder = join(path, ".out/compiled");
    const sources = () =>
      readdirSync(folder, { withFileTypes: true })
        .filter((each) => each.isFile())
        .map(({ name }) => deserialize(readFileSync(join(folder, name))) as Compiled)
        .map(({ files }) => files.get(join(path, "part.ts"))?.source.includes("sourceMappingURL=data:"));
    run(path);
    write(path, { "part.ts": `\n${TEXT}` });
    run(path);
    const first = sources();
    run(path);
    // Node.js 22.1 and later keep what is compiled themselves.
    assert.deepEqual([first, sources()], "enableCompileCache" in Module ? [[], []] : [[undefined], [false]]);
  });

  it("are in traces by their whole path, beside ts-node's and whatever was loaded before that", () => {
    const path = project();
    const placed = `interface Gone {
  readonly gone: string;
}
export const line = (): string => String(new Error().stack?.includes(__filename + ":4:"));
`;
    write(path, { "part.ts": placed });
    const told = [run(path), run(path)];
    write(path, { "part.ts": `${placed}// changed` });
    told.push(run(path, {}, ["-r", "node:repl"]));
    assert.deepEqual(told, ["2 true main.ts:9\n", "0 true main.ts:9\n", "2 true main.ts:9\n"]);
  });

  it("are left to ts-node where that is told to do it otherwise", () => {
    const path = project();
    assert.deepEqual(
      [run(path), run(path, { TS_NODE_LOG_ERROR: "true" })],
      ["2 part.ts:4 main.ts:9\n", "2 part.ts:4 main.ts:9\n"],
    );
    write(path, {
      "tsconfig.json": read("tsconfig.json").replace('"noUnusedLocals": true', '"noUnusedLocals": false'),
    });
    assert.deepEqual([run(path), run(path)], ["2 part.ts:4 main.ts:9\n", "0 part.ts:4 main.ts:9\n"]);
  });
});

describe("what Node.js compiles", () => {
  const asked = (given: string) =>
    spawnSync(
      process.execPath,
      ["-e", `require("node:module").enableCompileCache = ${given}; require("./scripts/transpiler.cjs")`],
      { cwd: join(__dirname, ".."), encoding: "utf8" },
    );

  it("is kept beside what is transpiled, by a Node.js that can", () => {
    const { status, stdout, stderr } = asked("(folder) => console.log(folder)");
    assert.deepEqual([status, stdout, stderr], [0, `${join(__dirname, "../.out/compiled")}\n`, ""]);
  });

  it("is not kept by an older one", () => {
    const { status, stdout, stderr } = asked("undefined");
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
  });
});

describe("what packages load for few", () => {
  it("is not loaded with them, and is there for whoever asks", () => {
    const program = `
      require("./scripts/deferred.cjs");
      const pulumi = require("@pulumi/pulumi");
      const { z } = require("zod");
      const parts = ["/automation/stack.js", "/arborist/lib/node.js", "/normalize-package-data/lib/fixer.js",
        "/typescript/lib/typescript.js", "/zod/v4/locales/de.cjs", "/@grpc/grpc-js/build/src/server.js",
        "/semver/classes/semver.js", "/@opentelemetry/api/build/src/api/trace.js"];
      const loaded = () => parts.filter((part) => Object.keys(require.cache).some((path) => path.endsWith(part))).length;
      console.log(loaded(), typeof pulumi.runtime.computeCodePaths, z.string().safeParse(1).error.issues[0].message);
      console.log(pulumi.automation.LocalWorkspace.name, loaded());
      console.log(require("@pulumi/pulumi/automation").PulumiCommand.name, require("@npmcli/arborist").Arborist.name, loaded());
      console.log(typeof require("normalize-package-data").default, loaded());
      console.log(require("@pulumi/pulumi/typescript-shim").ScriptTarget.ES2022, loaded());
      console.log(typeof z.locales.de, loaded());
      console.log(Object.keys(z.locales).length > 40, "de" in z.locales, "nowhere" in z.locales);
      console.log(typeof require("@grpc/grpc-js").Server, require("@grpc/grpc-js").status.UNAVAILABLE, loaded());
      console.log(typeof require("@pulumi/pulumi/proto/engine_grpc_pb").EngineClient);
      console.log({ ...require("semver") }.gt("2.0.0", "1.0.0"), typeof require("@opentelemetry/api").trace, loaded());`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], {
      cwd: join(__dirname, ".."),
      encoding: "utf8",
    });
    const lines = [
      "0 function Invalid input: expected string, received number",
      ...["LocalWorkspace 3", "PulumiCommand Arborist 4", "function 5", "9 6", "function 7"],
      ...["true true false", "function 14 7", "function", "true object 8"],
    ];
    assert.deepEqual([stdout, stderr], [`${lines.join("\n")}\n`, ""]);
  });
});
