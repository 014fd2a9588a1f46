import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Files, emptyFolder, write } from "../../../folders";
import { copySource } from "../../../../rehearsal/release/pipeline/build";
import { check, copyTo, folderSum, seal } from "../../../../rehearsal/release/pipeline/handover";
import { testReport } from "../../../../rehearsal/release/pipeline/junit";
import { install } from "../../../../rehearsal/release/pipeline/packages";
import { findService, findServices } from "../../../../rehearsal/release/emulator/service";
import { Stopped } from "../../../../rehearsal/release/stopped";
import { unlinkPackages, workFolder } from "../../../../rehearsal/release/pipeline/workFolder";
import { CONFIG, configWith, service } from "../service";
import { whole } from "../../../whole/sample";

const stopped = (message: string) => (error: Error) => error instanceof Stopped && error.message === message;
/** A process that has ended. */
const ended = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

describe("the source of a build", () => {
  it("is copied as it is, without what scripts make", () => {
    const folder = service({
      "dist/old.js": "",
      "reports/junit.xml": "",
      "src/dist/kept.ts": "",
      "node_modules/a.js": "",
      ".git/HEAD": "",
    });
    const copy = join(emptyFolder(), "copy");
    copySource(folder, copy);
    const names = readdirSync(copy, { recursive: true, encoding: "utf8" });
    assert.deepEqual(names.filter((name) => /dist|reports|node_modules|git/.test(name)).sort(), [
      "src/dist",
      "src/dist/kept.ts",
    ]);
    assert.ok(names.includes("index.js"));
  });
});

describe("what Build hands over", () => {
  it("has a checksum of code that sha256sum gives its one file", () => {
    const folder = emptyFolder();
    write(folder, { "index.js": "hello\n" });
    assert.equal(folderSum(folder), "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
  });

  it("is refused when a file is changed, added, missing or something else", () => {
    const folder = emptyFolder();
    write(folder, { "dist/index.js": "a", "dist/b.js": "b", "template.yaml": "c" });
    const handover = seal(folder, "code");
    const cases: readonly (readonly [string, (copy: string) => void])[] = [
      [
        "the release was changed after Build: dist/index.js",
        (copy) => appendFileSync(join(copy, "dist/index.js"), " "),
      ],
      ["the release was changed after Build: more", (copy) => write(copy, { more: "" })],
      ["the release was changed after Build: dist/b.js", (copy) => rmSync(join(copy, "dist/b.js"))],
      [
        "the release holds link, which is neither file nor folder",
        (copy) => symlinkSync("template.yaml", join(copy, "link")),
      ],
    ];
    for (const [message, change] of cases) {
      const copy = copyTo(emptyFolder(), handover);
      check(copy);
      change(copy.folder);
      assert.throws(() => check(copy), stopped(message));
    }
    const copy = copyTo(emptyFolder(), handover);
    write(copy.folder, { "dist/index.js": "z" });
    const resealed = seal(copy.folder, "code");
    assert.throws(
      () => check(copy),
      stopped(
        `SHA256SUMS has the checksum ${resealed.sha256}, Build said ${handover.sha256}: the release was changed after Build`,
      ),
    );
  });
});

describe("the packages of a build", () => {
  const lock = (version: string) =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: { "": {}, "node_modules/a": { version }, "node_modules/o": { version, optional: true } },
    });
  const site = () => ({
    cache: emptyFolder(),
    log: join(emptyFolder(), "log"),
    signal: new AbortController().signal,
  });

  it("are the service's own where they are what the lockfile says", async () => {
    const own = emptyFolder();
    write(own, { "node_modules/.package-lock.json": lock("1.0.0"), "node_modules/a/index.js": "" });
    const copy = emptyFolder();
    write(copy, { "package-lock.json": lock("1.0.0") });
    assert.deepEqual(await install(copy, own, site()), { how: "installed already", seconds: 0 });
    assert.ok(existsSync(join(copy, "node_modules/a/index.js")));
  });

  whole("are installed otherwise, and stop the build when npm fails", async () => {
    const copy = emptyFolder();
    write(copy, { "package-lock.json": lock("2.0.0"), "package.json": '{"dependencies": {"a": "1.0.0"}}' });
    const at = site();
    await assert.rejects(
      install(copy, emptyFolder(), at),
      stopped("npm ci failed in the build (exit code 1): nothing was released"),
    );
    assert.deepEqual(readdirSync(at.cache), []);
  });

  it("need a lockfile", async () => {
    const message = "the service has no package-lock.json, which npm ci needs";
    await assert.rejects(install(emptyFolder(), emptyFolder(), site()), stopped(message));
  });
});

describe("the work folder", () => {
  it("is new for each run, and without what ended runs left", () => {
    const work = emptyFolder();
    const left = [`run-${ended()}-1`, `packages/0123456789abcdef.${ended()}`];
    const kept = [`run-${process.ppid}-1`, "packages/0123456789abcdef", `packages/a.${process.ppid}`];
    [...left, ...kept].forEach((name) => mkdirSync(join(work, name), { recursive: true }));
    const { run, cache } = workFolder(work);
    assert.deepEqual([readdirSync(run), cache], [[], join(work, "packages")]);
    assert.deepEqual(
      [...left, ...kept].map((name) => existsSync(join(work, name))),
      [false, false, true, true, true],
    );
    assert.notEqual(workFolder(work).run, run);
  });
});

describe("what a run leaves", () => {
  it("has no link to packages, and those are still there", async () => {
    const { run, cache } = workFolder(emptyFolder());
    const [copy, own] = [join(run, "environments/test/release-1-verify"), emptyFolder()];
    mkdirSync(copy, { recursive: true });
    const lock = JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0" } } });
    write(copy, { "package-lock.json": lock });
    write(own, { "node_modules/.package-lock.json": lock, "node_modules/a/index.js": "" });
    await install(copy, own, { cache, log: join(run, "log"), signal: new AbortController().signal });
    assert.ok(existsSync(join(copy, "node_modules/a/index.js")));
    unlinkPackages({ run, cache });
    assert.deepEqual(
      [readdirSync(copy), existsSync(join(own, "node_modules/a/index.js"))],
      [["package-lock.json"], true],
    );
  });
});

describe("findService", () => {
  const folder = { project: "shop", stacks: [{ stack: "tooling", path: "", config: CONFIG }] };
  it("takes the directory of the first pipeline that is in one of the places", () => {
    const [one, two] = [emptyFolder(), emptyFolder()];
    write(two, { "service/package.json": "{}" });
    const found = findService(folder, [one, two], undefined);
    assert.ok(typeof found === "object");
    assert.deepEqual([found.folder, found.pipeline.id.name], [join(two, "service"), "lamps"]);
  });
  it("takes --app before all, with the first pipeline", () => {
    const found = findService(folder, [], "/anywhere");
    assert.ok(typeof found === "object");
    assert.deepEqual([found.folder, found.pipeline.id.name], ["/anywhere", "lamps"]);
  });
  it("takes the pipeline of a name alone, and says which there are", () => {
    const place = emptyFolder();
    write(place, { "one/package.json": "{}", "two/package.json": "{}" });
    const source = (codecommit: string) => ({ source: { codecommit } });
    const pipelines = ["one", "two"].map((name) => ({ name, directory: name, ...source(name) }));
    const both = {
      ...folder,
      stacks: [
        { stack: "tooling", path: "", config: { ...CONFIG, "shop:pipelines": JSON.stringify(pipelines) } },
      ],
    };
    const name = (found: ReturnType<typeof findService>) =>
      typeof found === "string" ? found : found.pipeline.id.name;
    assert.deepEqual(
      [undefined, "two", "three"].map((wanted) => name(findService(both, [place], undefined, wanted))),
      ["one", "two", "no pipeline is called three; there are one, two"],
    );
    assert.equal(name(findService(both, [place], join(place, "two"))), "two");
    assert.equal(name(findService(both, [place], "/anywhere", "two")), "two");
    const { found } = findServices(both, [place], "/anywhere", "two");
    assert.deepEqual(
      found.map((each) => [each.pipeline.id.name, each.folder]),
      [
        ["one", join(place, "one")],
        ["two", "/anywhere"],
      ],
    );
  });
  it("passes over what releases code alone, and says why where there is nothing else", () => {
    const place = emptyFolder();
    write(place, { "one/package.json": "{}", "two/package.json": "{}" });
    const owned = {
      ...{ name: "one", directory: "one", source: { codecommit: "one" }, workload: "lambda-zip-code" },
      function: { name: "one-${environment}", runtime: "nodejs22.x", endpoint: "https://one.example.com" },
    };
    const two = { name: "two", directory: "two", source: { codecommit: "two" } };
    const found = (...pipelines: object[]) => {
      const config = { ...CONFIG, "shop:pipelines": JSON.stringify(pipelines) };
      return findService({ ...folder, stacks: [{ stack: "tooling", path: "", config }] }, [place], undefined);
    };
    const both = found(owned, two);
    assert.ok(typeof both === "object");
    assert.equal(both.pipeline.id.name, "two");
    assert.equal(
      found(owned),
      "pipeline one releases code alone: the functions that run it are configured by a stack that is not here",
    );
  });
  it("takes the whole source for a service where its template, or a script that packages it, is there", () => {
    const settings = (changes: object) => ({
      ...folder,
      stacks: [{ stack: "tooling", path: "", config: configWith({ directory: ".", ...changes }) }],
    });
    const taken = (files: Files, changes: object) => {
      const place = emptyFolder();
      write(place, { "package.json": "{}", ...files });
      return typeof findService(settings(changes), [place], undefined) === "object";
    };
    const zip = { workload: "lambda-zip", template: "zip/template.yaml" };
    const scripts = JSON.stringify({ scripts: { package: "osls package" } });
    assert.deepEqual(
      [
        taken({ "template.yaml": "" }, {}),
        taken({}, {}),
        taken({ "zip/template.yaml": "" }, zip),
        taken({ "template.yaml": "" }, zip),
        taken({ "package.json": scripts }, { workload: "serverless" }),
        taken({ "template.yaml": "" }, { workload: "serverless" }),
      ],
      [true, false, true, false, true, false],
    );
  });
  it("says why there is none", () => {
    assert.equal(
      findService({ ...folder, stacks: [] }, [], undefined),
      "no stack of kind tooling has a pipeline",
    );
  });
});

describe("testReport", () => {
  it("counts tests and names what failed, in the forms of several reporters", () => {
    const work = emptyFolder();
    write(work, {
      "a.xml":
        '<testsuites tests="3"><testsuite tests="2"/><testsuite tests="1"><testcase name="n&#x41;"><failure message="a &lt; b"></failure></testcase></testsuite></testsuites>',
      "b.xml":
        '<testsuite tests="2"/><testsuite tests="1"><testcase classname="c" name="n"><error><![CDATA[first\nsecond]]></error></testcase></testsuite>',
    });
    assert.deepEqual(testReport(join(work, "a.xml")), { tests: 3, failures: ["nA: a < b"] });
    assert.deepEqual(testReport(join(work, "b.xml")), { tests: 3, failures: ["c n: first"] });
    assert.equal(testReport(join(work, "none.xml")), undefined);
    // Of a reporter that does not count, nobody says that it ran no test.
    write(work, { "c.xml": '<testsuite><testcase name="n"/></testsuite>' });
    assert.deepEqual(testReport(join(work, "c.xml")), { tests: undefined, failures: [] });
  });
});
