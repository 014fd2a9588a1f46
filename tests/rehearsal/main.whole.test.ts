import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../folders";
import { ALLOWED_TEMPLATE } from "./release/sampleTemplate";
import { service } from "./release/service";
import { ROOT } from "./sample";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs what `npm start` runs. */
function start(...given: string[]): Promise<Ended> {
  // Several run at once: each writes a report of its own.
  const args = given.includes("--page") ? given : ["--page", join(folderWith({}), "report.html"), ...given];
  // As people have it, not as setup.ts makes it: standard error must be empty.
  const own = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined, FORCE_COLOR: undefined };
  const env = { ...process.env, INIT_CWD: ROOT, ...own };
  const child = spawn(process.execPath, ["-r", "./scripts/register.cjs", "rehearsal/main.ts", ...args], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/**
 * The sample's stack files in a folder of their own, some of them changed; undefined leaves one out. Its pipeline's
 * service is not there, so that nothing is released.
 */
function sampleWith(changes: Readonly<Record<string, ((content: string) => string) | undefined>>): string {
  const path = folderWith({});
  for (const file of ["Pulumi.tooling.yaml", "Pulumi.test.yaml", "Pulumi.prod.yaml"]) {
    if (file in changes && changes[file] === undefined) continue;
    cpSync(join(ROOT, file), join(path, file));
  }
  const elsewhere = (content: string): string => content.replace("directory: app", "directory: elsewhere");
  const tooling = join(path, "Pulumi.tooling.yaml");
  if (existsSync(tooling)) writeFileSync(tooling, elsewhere(readFileSync(tooling, "utf8")));
  const written = Object.entries(changes).flatMap(([file, change]) =>
    change ? [[file, change(readFileSync(join(path, file), "utf8"))] as const] : [],
  );
  for (const [file, content] of written)
    cpSync(join(folderWith({ [file]: content }), file), join(path, file));
  return path;
}

/** A service that may do what it needs. */
const allowed = (): string => service({ "template.yaml": ALLOWED_TEMPLATE });

const HINT = "; npm start -- --help shows the options\n";

describe("npm start", () => {
  it("rehearses the sample, says what it does and what is not covered, and ends with 0", async () => {
    const { code, stdout, stderr } = await start("--app", allowed());
    assert.deepEqual([code, stderr], [0, ""]);
    for (const line of [
      /^Settings: Pulumi\.prod\.yaml, Pulumi\.test\.yaml, Pulumi\.tooling\.yaml$/m,
      /^No terminal: every question is answered with yes\.$/m,
      /^Bring-up: 3 stacks of project delivery, each brought up once$/m,
      /^ {2}1\/3 tooling: up, \d+ resources, \d+ components, \d+\.\d\d s$/m,
      /^ {2}2\/3 test: up, /m,
      /^ {2}3\/3 prod: up, /m,
      /^ {2}rules of AWS: \d+, applied to \d{3,} things, no findings$/m,
      /^Access: who may do what, by the policies of all stacks$/m,
      /^ {2}simulated calls: [\d,]+ of releases, in every environment and phase$/m,
      /^ {2}access matrix: \d+ rows against \d,\d{3},\d{3} combinations of principal,\s+action\s+and resource;[^]* one\s+by one$/m,
      /^ {2}threat scenarios: \d{2}, each with the one statement that blocks it; \d+ more\s+need\s+other settings$/m,
      /^ {2}ok, \d+\.\d s$/m,
      /^Release: pipeline catalog releases\s+\S+\s+to test, prod$/m,
      /^ {2}released: live in test, prod$/m,
      /^Not covered: \d\d things; the report lists them, and npm start -- --verbose$/m,
    ]) {
      assert.match(stdout, line);
    }
    assert.deepEqual(
      stdout.split("\n").filter((line) => line.length > 80 && !line.startsWith("The report")),
      [],
    );
    assert.doesNotMatch(stdout, /│/, "no table where there are no findings");
    assert.match(
      stdout,
      /^OK: 3 stacks, \d+ rules, \d,\d{3} simulated calls, \d{2} threat scenarios, a release to\s+2 environments\.\nThe report, for a browser: .*report\.html$\n$(?![^])/m,
    );
    assert.doesNotMatch(stdout, new RegExp(String.fromCharCode(27)), "no colour without a terminal");
  });

  it("ends with 1 when the release stops, and says what to do next", async () => {
    const { code, stdout } = await start("--reject", "--app", allowed());
    assert.equal(code, 1);
    assert.match(stdout, /^Failed: the release stopped at prod: approval; next: /m);
  });

  it("writes one page that fetches nothing, and says where", async () => {
    const file = join(folderWith({}), "page.html");
    const { stdout } = await start("--config", sampleWith({}), "--page", file);
    assert.ok(stdout.includes("The report, for a browser: "));
    const page = readFileSync(file, "utf8");
    assert.match(page, /^<!doctype html>/i);
    assert.doesNotMatch(page, /(src|href)="https?:[^"]*\.(js|css|png|svg)"/);
  });

  it("ends with 1 when AWS would deny the service what it needs, with who needs what; it is released all the same", async () => {
    const { code, stdout } = await start("--app", service());
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ {2}catalog to prod, .*: service apigateway\.amazonaws\.com needs lambda:InvokeFunction on .*; missing: resource$/m,
    );
    assert.match(stdout, /^ {2}released: live in test, prod$/m);
    assert.match(stdout, /^Failed: 8 findings\.$/m);
  });

  it("ends with 1 and one line when a template cannot be read", async () => {
    const app = service({ "template.yaml": "Resources: [" });
    const { code, stdout, stderr } = await start("--app", app);
    assert.deepEqual([code, stderr], [1, ""]);
    assert.match(
      stdout,
      /^Failed: the access check stopped: template\.yaml:1: [^]*; correct\s+the\s+template,\s+then\s+start\s+a\s+new\s+release\.$/m,
    );
    assert.match(stdout, /^ {2}a release .* \(not\s+released,\s+since\s+the\s+access\s+check\s+stopped\)$/m);
  });

  it("writes everything as data with --json, and takes another folder with --config", async () => {
    const path = sampleWith({});
    const json = join(path, "out.json");
    const { code, stdout } = await start("--yes", "--verbose", "--config", path, "--json", json);
    for (const line of [/^│ tooling │ 111111111111 │ eu-west-1 │ /m, /^│ provider /m, /^Not covered$/m])
      assert.match(stdout, line);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /No terminal/);
    assert.match(
      stdout,
      /^ {2}a release[^]* \(no service\s+is here:\s+\S*\/elsewhere,\s+\S*\/elsewhere;\s+npm\s+start\s+--\s+--app\s+DIR/m,
    );
    const { project, settings, act1, act2, release } = JSON.parse(readFileSync(json, "utf8")) as {
      project: string;
      settings: { stack: string; path: string }[];
      release: string;
      act2: { walk: { calls: object[] }; charter: { rows: object[] }; threats: object[]; findings: object[] };
      act1: {
        runs: { stack: string; resources: { urn: string; inputs: object }[] }[];
        verdicts: { rule: { id: string }; examined: object }[];
        findings: object[];
        notShown: object[];
      };
    };
    assert.equal(project, "delivery");
    const { walk, charter, threats } = act2;
    assert.ok(Math.min(walk.calls.length, charter.rows.length, threats.length) > 50);
    assert.deepEqual(act2.findings, []);
    assert.match(release, /^no service is here: /);
    assert.deepEqual(
      settings.map((each) => each.path),
      ["prod", "test", "tooling"].map((stack) => join(path, `Pulumi.${stack}.yaml`)),
    );
    assert.deepEqual(
      act1.runs.map(({ stack, resources }) => [stack, resources.length > 0]),
      [
        ["tooling", true],
        ["test", true],
        ["prod", true],
      ],
    );
    assert.deepEqual([act1.findings, act1.verdicts.length > 0, act1.notShown.length > 0], [[], true, true]);
  });

  it("ends with 1 and the program's own error when settings are wrong", async () => {
    const path = sampleWith({
      "Pulumi.tooling.yaml": (content) => content.replace("aws:region: eu-west-1", ""),
    });
    const { code, stdout, stderr } = await start("--config", path);
    assert.deepEqual([code, stderr], [1, ""]);
    assert.match(stdout, /^ {2}1\/3 tooling: failed, /m);
    assert.match(stdout, /region/);
    assert.match(stdout, /^ {4}not brought up, since tooling failed: test, prod$/m);
    assert.match(stdout, /^ {2}access: .* \(not checked, since the bring-up\s+has findings\)$/m);
    assert.match(stdout, /^ {2}a release .* \(not released,\s+since the\s+bring-up has findings\)$/m);
    assert.match(stdout, /^Failed: 2 findings\.$/m);
    assert.doesNotMatch(stdout, /\n\s+at .*:\d+:\d+/, "no stack trace");
  });

  it("ends with 1 when an environment has no stack file", async () => {
    const { code, stdout } = await start("--config", sampleWith({ "Pulumi.prod.yaml": undefined }));
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ {4}environment prod has no stack file; add Pulumi\.prod\.yaml, or remove it from environments$/m,
    );
  });

  it("ends with 1 when there is no tooling", async () => {
    const { code, stdout } = await start("--config", sampleWith({ "Pulumi.tooling.yaml": undefined }));
    assert.equal(code, 1);
    assert.match(stdout, /^ {4}no stack is of kind tooling; /m);
  });
  const refuses = (
    title: string,
    args: () => string[],
    stderr: (args: readonly string[]) => string,
    hint = HINT,
  ) =>
    it(`ends with 2 and one line for ${title}`, async () => {
      const given = args();
      assert.deepEqual(await start(...given), { code: 2, stdout: "", stderr: `${stderr(given)}${hint}` });
    });
  refuses(
    "an unknown option",
    () => ["--confg", "x"],
    () => "Unknown option '--confg'",
  );
  refuses(
    "an option without its value",
    () => ["--config"],
    () => "Option '--config <value>' argument missing",
  );
  refuses(
    "a folder that is not there",
    () => ["--config", "/nowhere/at/all"],
    () => "/nowhere/at/all is not a folder; give one that holds Pulumi.<stack>.yaml files",
    "\n",
  );
  refuses(
    "broken YAML, with file and line",
    () => ["--config", folderWith({ "Pulumi.tooling.yaml": "config:\n  a: [1" })],
    () =>
      "Pulumi.tooling.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]",
    "\n",
  );
  refuses(
    "a service that is not there",
    () => ["--app", "/nowhere/at/all"],
    () =>
      "--app /nowhere/at/all: neither package.json nor delivery.yaml is there; name the folder of a service",
  );
  refuses(
    "a kind of service that there is not",
    () => ["--app", "app", "--workload", "lambda-zap"],
    () =>
      '--workload lambda-zap: there is none of this name; did you mean "lambda-zip"? there are lambda-container, lambda-zip, ecs-service, serverless',
  );
  refuses(
    "a kind of no service",
    () => ["--workload", "lambda-zip"],
    () => "--workload lambda-zip: says of which kind the service of --app is; give --app DIR too",
  );
  refuses(
    "both answers at once",
    () => ["--yes", "--reject"],
    () => "--yes and --reject exclude each other; give one",
  );
  refuses(
    "a pipeline that there is not",
    () => ["--pipeline", "ctalog"],
    () => '--pipeline ctalog: there is none of this name; did you mean "catalog"? there are catalog',
  );
  refuses(
    "a commit that git does not know",
    () => ["--from", "nope"],
    () => "--from nope: git knows no such commit; name a branch, tag or commit that has the service",
  );
  refuses(
    "a release that is rejected and served",
    () => ["--serve", "--reject"],
    () => "--serve and --reject exclude each other: what is rejected is nowhere to be served",
  );
  refuses(
    "a page that cannot be written",
    () => ["--page", "/nowhere/at/all.html"],
    () => "--page /nowhere/at/all.html: the folder /nowhere/at does not exist; create it first",
  );
  refuses(
    "a JSON file that cannot be written",
    () => ["--json", "/nowhere/at/all.json"],
    () => "--json /nowhere/at/all.json: the folder /nowhere/at does not exist; create it first",
  );

  it("shows its options with --help and -h, and does nothing else", async () => {
    const { code, stdout, stderr } = await start("-h");
    assert.deepEqual([code, stderr], [0, ""]);
    for (const option of [
      "--config DIR",
      "--page FILE",
      "--json FILE",
      "--app DIR",
      "--workload K",
      "--pipeline N",
      "--from REF",
      "--yes",
      "--reject",
      "--serve",
      "--verbose",
      "--help",
    ]) {
      assert.ok(stdout.includes(option), option);
    }
    assert.doesNotMatch(stdout, /Bring-up/);
  });
});
