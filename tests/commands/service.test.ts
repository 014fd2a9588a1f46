import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type LanguageName, languagesOf, writtenService } from "../../commands/init/service";
import { wantsService } from "../../commands/init/options";
import { Refusal } from "../../commands/refusal";
import { WORKLOADS, type WorkloadKind } from "../../components/workloads/list";
import { emptyFolder } from "../folders";

const KINDS = Object.keys(WORKLOADS) as WorkloadKind[];
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)))
    .sort();

/** Written into a folder `rates` of a new one. */
function wrote(
  kind: WorkloadKind,
  language?: LanguageName,
): { readonly folder: string; readonly said: string[] } {
  const here = emptyFolder();
  const options = language === undefined ? [] : ["--language", language];
  const said = writtenService(["--service", kind, "rates", ...options], here);
  return { folder: join(here, "rates"), said };
}

const NODE = ["package-lock.json", "package.json", "src/index.js", "src/rates.js", "tests/rates.test.js", "verify/endpoint.test.js"]; // prettier-ignore
const PYTHON = ["delivery.yaml", "src/app.py", "src/rates.py", "tests/__init__.py", "tests/end_to_end.py", "tests/report.py", "tests/unit.py"]; // prettier-ignore
const GO = ["delivery.yaml", "go.mod", "main.go", "rates/rates.go", "rates/rates_test.go", "report/main.go", "verify/verify_test.go"]; // prettier-ignore
const JAVA = ["delivery.yaml", "src/rates/Handler.java", "src/rates/Rates.java", "tests/rates/EndToEnd.java", "tests/rates/RatesTest.java", "tests/rates/Report.java"]; // prettier-ignore
const RUBY = ["delivery.yaml", "src/app.rb", "src/rates.rb", "tests/end_to_end.rb", "tests/report.rb", "tests/unit.rb"]; // prettier-ignore
const FILES: Readonly<Record<string, readonly string[]>> = {
  "lambda-container node": [...NODE, "Dockerfile", "template.yaml"],
  "lambda-container python": [...PYTHON, "Dockerfile", "template.yaml"],
  "lambda-container go": [...GO, "Dockerfile", "template.yaml"],
  "lambda-container java": [...JAVA, "Dockerfile", "template.yaml"],
  "lambda-zip java": [...JAVA, "template.yaml"],
  "lambda-container ruby": [...RUBY, "Dockerfile", "template.yaml"],
  "lambda-zip ruby": [...RUBY, "template.yaml"],
  "lambda-zip node": [...NODE, "template.yaml"],
  "lambda-zip python": [...PYTHON, "template.yaml"],
  "lambda-zip go": [...GO, "template.yaml"],
  "ecs-service node": [...NODE, "Dockerfile", "template.yaml"],
  "serverless node": [...NODE, "serverless.yml"],
};

describe("the service that init writes", () => {
  it("has what its kind and its language have, for each kind, and nothing of another", () => {
    const written = KINDS.flatMap((kind) =>
      languagesOf(kind).map((language) => [`${kind} ${language}`, filesOf(wrote(kind, language).folder)]),
    );
    assert.deepEqual(
      Object.fromEntries(written),
      Object.fromEntries(Object.entries(FILES).map(([title, files]) => [title, [...files].sort()])),
    );
  });

  it("is in Node.js unless another language is asked for; what was written and what comes next is said", () => {
    const { folder, said } = wrote("lambda-zip");
    assert.deepEqual(said, [
      `Wrote to rates: ${filesOf(folder).join(", ")}`,
      "Next: npm start -- --app rates --workload lambda-zip releases it on this machine, without AWS",
    ]);
  });

  it("has a template that says what its language is run by", () => {
    const runs = (language: LanguageName): unknown[] => {
      const text = readFileSync(join(wrote("lambda-zip", language).folder, "template.yaml"), "utf8");
      return [...text.matchAll(/^ +(?:Runtime|Handler): (\S+)$/gm)].map(([, value]) => value);
    };
    assert.deepEqual((["node", "python", "go", "java", "ruby"] as const).map(runs), [
      ["nodejs22.x", "index.handler"],
      ["python3.12", "app.handler"],
      ["provided.al2023", "bootstrap"],
      ["java21", "rates.Handler::handle"],
      ["ruby3.4", "app.handler"],
    ]);
  });

  it("of serverless has a lockfile that goes with its package.json", () => {
    const json = (name: string) =>
      JSON.parse(readFileSync(join(wrote("serverless").folder, name), "utf8")) as Record<string, unknown>;
    const { name, devDependencies } = json("package.json");
    const lock = json("package-lock.json") as { packages: Record<string, Record<string, unknown>> };
    assert.deepEqual(
      [lock.packages[""]?.["name"], lock.packages[""]?.["devDependencies"]],
      [name, devDependencies],
    );
  });

  it("is written into a folder that is empty, and into none that is not", () => {
    const here = emptyFolder();
    mkdirSync(join(here, "empty"));
    writtenService(["--service=lambda-zip", "empty"], here);
    assert.ok(existsSync(join(here, "empty/template.yaml")));
    writeFileSync(join(here, "file"), "");
    mkdirSync(join(here, "mine"));
    writeFileSync(join(here, "mine/.keep"), "mine");
    for (const name of ["empty", "file", "mine"])
      assert.throws(
        () => writtenService(["--service=lambda-zip", name], here),
        new Refusal(`${name}: is not an empty folder; name one that is empty or not there`),
      );
    assert.deepEqual(filesOf(join(here, "mine")), [".keep"]);
  });

  it("is refused for a kind, a language or a folder that there is not, in one line, and nothing is written", () => {
    const lines: readonly (readonly [string[], string])[] = [
      [["--service=ecs-servce", "a"], 'there is no kind of service ecs-servce: did you mean "ecs-service"? allowed are lambda-container, lambda-zip, ecs-service, serverless'],
      [["--service=lambda-zip", "a", "--language=pyton"], 'there is no language pyton: did you mean "python"? allowed are node, python, go, java, ruby'],
      [["--service=ecs-service", "a", "--language=go"], "there is no ecs-service service in go: allowed are node"],
      [["--language=go", "a"], "--language is of a service: give --service KIND with it"],
      [["--service=lambda-zip"], "name one folder: npm run init -- --service lambda-zip DIR"],
      [["--service=lambda-zip", "a", "b"], "name one folder: npm run init -- --service lambda-zip DIR"],
    ]; // prettier-ignore
    const here = emptyFolder();
    for (const [args, line] of lines) assert.throws(() => writtenService(args, here), new Refusal(line));
    assert.throws(() => writtenService(["--service=lambda-zip", "a", "--region=eu-west-1"], here), {
      code: "ERR_PARSE_ARGS_UNKNOWN_OPTION",
    });
    assert.deepEqual(readdirSync(here), []);
  });

  it("is what is wanted where the option is there, and the help where that is asked for", () => {
    assert.deepEqual(
      [
        ["--service", "a"],
        ["--service=a"],
        ["--language=go"],
        ["--services"],
        ["--service", "--help"],
        [],
      ].map(wantsService),
      [true, true, true, false, false, false],
    );
  });
});
