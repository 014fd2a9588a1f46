import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { serverless } from "../../../components/workloads/serverless";
import type { Workload } from "../../../components/workloads/workload";
import { run, type Result } from "./harness";
import { BUILDSPECS, build, pool, sourceFolder, TEMPLATE } from "./inputs";
import { worldOf } from "./kinds";
import { BUCKET, EXECUTION_ID, type World } from "./world";
import { sampled, whole } from "../../whole/sample";

/** What a service of another language has: no package.json. */
const serviceWith = (delivery: string, files: Readonly<Record<string, string>> = {}): string =>
  folderWith({ "app/template.yaml": TEMPLATE, "app/delivery.yaml": delivery, ...files });
const buildZip = (
  folder: string,
  options: {
    readonly world?: World;
    readonly workload?: Workload;
    readonly variables?: Record<string, string>;
  } = {},
): Promise<Result> => {
  const { workload = lambdaZip, world = worldOf(workload), variables = {} } = options;
  return build(world, variables, folder, workload);
};
const errorOf = ({ output }: Result): string => output.slice(output.indexOf("error: "));

const PYTHON = `
runtime: { python: 3.10, golang: "1.24", java: corretto21, nodejs: 20, ruby: 3.4, dotnet: 8.0 }
install: [echo installs with "$STAGE" >> ran.txt]
test:
  - |
    echo "tests with $STAGE and $TOKEN of $JAVA_HOME" >> ran.txt
    cd reports && echo below > one.xml
  - pwd | sed 's:.*/::' >> ran.txt; echo '<?xml version="1.0"?><testsuites><testsuite name="a"/></testsuites>' > reports/a-unit.xml
  - echo '<testsuite name="b"/>' > reports/b-unit.xml
bundle: [mkdir -p dist, cp ran.txt dist/, exit 0]
verify: [echo '<testsuites/>' > end.xml]
reports: { tests: reports/*-unit.xml, verify: end.xml }
variables: { STAGE: "it's $(touch pwned) \\"quoted\\"", work: elsewhere, PACKAGING: image, release: x, delivery: y }
secrets: { TOKEN: registry-token }
parameters:
  test: { DeploymentConfig: yes }
`;
const IMAGE = {
  ...{ PYTHON_310_VERSION: "3.10.20", PYTHON_39_VERSION: "3.9.25", PYTHON_PIP_VERSION: "26" },
  ...{ GOLANG_24_VERSION: "1.24.13", NODE_20_VERSION: "20.20.0", RUBY_34_VERSION: "3.4.8" },
  ...{ JAVA_21_HOME: "/usr/lib/jvm/java-21-amazon-corretto.x86_64", DOTNET_8_SDK_VERSION: "8.0.416" },
  DOTNET_8_GLOBAL_JSON_SDK_VERSION: "8.0.0",
};

describe("delivery.yaml in the jobs", () => {
  whole(
    "says the runtimes, commands, reports, variables, secrets and parameters of a service without a package.json",
    async () => {
      const world: World = {
        ...worldOf(lambdaZip),
        secrets: new Map([["/delivery/catalog/build/registry-token", "s3cr $(x)"]]),
      };
      const folder = serviceWith(PYTHON, { "app/reports/readme": "" });
      const result = await buildZip(folder, { world, variables: IMAGE });
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(result.calls.slice(0, 6), [
        "pyenv global 3.10.20",
        "goenv global 1.24.13",
        "n 20.20.0",
        "rbenv global 3.4.8",
        "dotnet new globaljson --sdk-version 8.0.416 --roll-forward latestFeature",
        "aws - secretsmanager get-secret-value",
      ]);
      assert.ok(!result.calls.some((call) => call.startsWith("npm")));
      const stage = `it's $(touch pwned) "quoted"`;
      assert.deepEqual(readFileSync(join(folder, "app/dist/ran.txt"), "utf8").split("\n"), [
        `installs with ${stage}`,
        `tests with ${stage} and s3cr $(x) of ${IMAGE.JAVA_21_HOME}`,
        "app", // a command changes the folder for itself alone
        "",
      ]);
      assert.ok(!result.output.includes("s3cr"), "a secret was printed");
      assert.equal(
        readFileSync(join(folder, "app/reports/junit.xml"), "utf8").replaceAll("\n", ""),
        '<testsuites><testsuite name="a"/><testsuite name="b"/></testsuites>',
      );
      assert.deepEqual(
        JSON.parse(readFileSync(join(folder, "delivery-release/parameters/test.json"), "utf8")),
        [{ ParameterKey: "DeploymentConfig", ParameterValue: "yes" }],
      );
      assert.equal(readFileSync(join(folder, "delivery-release/parameters/prod.json"), "utf8"), "[]\n");

      const release = join(folder, "delivery-release");
      const verified = await run(
        BUILDSPECS.verify,
        release,
        {
          ...{
            ...IMAGE,
            PIPELINE: "catalog",
            ARTIFACT_BUCKET: BUCKET,
            PACKAGING: "zip",
            ENVIRONMENT: "test",
          },
          ...{ ENVIRONMENT_ACCOUNT: "222222222222", EXECUTION_ID, ...result.exported },
          ENDPOINT: "https://abc123.execute-api.eu-west-1.amazonaws.com",
        },
        world,
      );
      assert.equal(verified.code, 0, verified.output);
      // No secrets: Verify has no right to them.
      assert.deepEqual(verified.calls.filter((call) => call.startsWith("aws")), ["aws - s3 cp"]); // prettier-ignore
      assert.equal(verified.calls[1], "pyenv global 3.10.20");
      assert.equal(readFileSync(join(release, "source/reports/verify.xml"), "utf8"), "<testsuites/>\n");
    },
  );

  whole("leaves to npm's scripts what it doesn't name, where there is a package.json", async () => {
    const world = worldOf(lambdaZip);
    const folder = sourceFolder({ "app/delivery.yaml": "variables: { A: 1 }\n" });
    const result = await buildZip(folder, { world });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(world.npm.ran, ["ci", "test", "run bundle"]);
    const none = worldOf(lambdaZip);
    const other = await buildZip(
      sourceFolder({ "app/delivery.yaml": "install: []\nbundle: [mkdir dist, touch dist/x]\n" }),
      { world: none },
    );
    assert.equal(other.code, 0, other.output);
    assert.deepEqual(none.npm.ran, ["test"]);
  });

  it("is refused before anything of the service has run where Verify runs npm's scripts alone", async () => {
    const folder = sourceFolder({ "app/delivery.yaml": "variables: { A: 1 }\n" });
    const world = worldOf(lambdaZip);
    const result = await buildZip(folder, { world, variables: { VERIFY: "npm" } });
    assert.equal(result.code, 1);
    assert.equal(
      errorOf(result),
      "error: the service has app/delivery.yaml, and this pipeline's shortJobs have Verify run where npm's scripts alone can: take " +
        "verify out of shortJobs in the pipeline's settings, bring the stacks up, then retry this stage\n",
    );
    assert.deepEqual(world.npm.ran, []);
    const without = await buildZip(sourceFolder({}), { variables: { VERIFY: "npm" } });
    assert.equal(without.code, 0, without.output);
  });

  it("is refused with every problem at once, one line each, before anything of the service has run", async () => {
    const folder = serviceWith(
      "runtime: { go: 1.24 }\ninstal: [touch ran]\nenvironments: [prod]\nroles: x\nparameters: { prdo: {} }\n",
    );
    const result = await buildZip(folder);
    assert.equal(result.code, 1);
    assert.deepEqual(errorOf(result).split("\n"), [
      "error: app/delivery.yaml can't be used:",
      "app/delivery.yaml: runtime.go: this can't be said here: CodeBuild calls it golang",
      'app/delivery.yaml: instal: this key is unknown: did you mean "install"? allowed are runtime, install, test, bundle, verify, beforeDeploy, afterDeploy, reports, variables, secrets, parameters, branches',
      "app/delivery.yaml: environments: this can't be said here: which environments there are is a setting of the pipeline's stack",
      "app/delivery.yaml: roles: this can't be said here: roles are made by the pipeline's stack",
      "app/delivery.yaml: test: is missing; the service has no package.json, so say which commands are run",
      "app/delivery.yaml: bundle: is missing; the service has no package.json, so say which commands are run",
      "app/delivery.yaml: verify: is missing; the service has no package.json, so say which commands are run",
      'app/delivery.yaml: parameters.prdo: the pipeline has no such environment: did you mean "prod"? it has test, prod',
      "",
    ]);
    assert.deepEqual(result.calls, []);
  });

  whole("ends the job with one line for each thing that is wrong with it or goes wrong", async () => {
    const steps = "test: [touch reports.xml]\nbundle: [mkdir dist]\nverify: []\n";
    const ok = `${steps}reports: { tests: reports.xml }\n`;
    const cases: readonly [delivery: string, error: string, workload?: Workload][] = [
      ["a: *b", "app/delivery.yaml: line 1: "],
      ["test: &x [a]\nbundle: *x\n", "app/delivery.yaml: line 2: an alias is not allowed: write the value out\n"],
      ["test: !!python/object [a]\n", "app/delivery.yaml: line 1: a tag is not allowed: remove it\n"],
      [`${steps}test: [b]\n`, "app/delivery.yaml: line 4: a key is there twice: remove one\n"],
      [
        steps.replace("touch reports.xml", "exit 7"),
        "'test' of delivery.yaml ended with exit code 7: see what it says above; correct it, or retry this stage\n",
      ],
      [
        steps.replace("touch reports.xml", "false | true"),
        "'test' of delivery.yaml ended with exit code 1: see what it says above; correct it, or retry this stage\n",
      ],
      [
        `${steps}reports: { tests: other.xml }\n`,
        "'test' of delivery.yaml wrote no other.xml: it must report its tests as JUnit XML\n",
      ],
      [steps, "'test' of delivery.yaml wrote no reports/junit.xml: it must report its tests as JUnit XML\n"],
      [
        ok.replace("mkdir dist", "true"),
        "'bundle' of delivery.yaml wrote no folder dist: it is what the zip holds\n",
      ],
      [
        `${ok}secrets: { A: none, B: neither }\n`,
        "app/delivery.yaml can't be used:\n" +
          ["A: /delivery/catalog/build/none", "B: /delivery/catalog/build/neither"]
            .map((name) => `secrets.${name} can't be read in Secrets Manager of tooling's account: make it there (An error occurred (ResourceNotFoundException) when calling the operation: Secrets Manager can't find the specified secret.)\n`)
            .join(""),
      ],
      [
        `${ok}runtime: { python: 3.15, ruby: 3.1 }\n`,
        "app/delivery.yaml can't be used:\n" +
          "runtime.python: this image has no python 3.15 (it has 3.9.25, 3.10.20): name one that it has; an image of your own brings its own, without a word here\n" +
          "runtime.ruby: this image has no ruby 3.1 (it has 3.4.8): name one that it has; an image of your own brings its own, without a word here\n",
      ],
      [
        ok,
        "app/delivery.yaml can't be used:\napp/delivery.yaml: bundle: a serverless service is packaged by its own npm run package: remove it\n" +
          "app/delivery.yaml: a serverless service needs a package.json, whose npm run package packages it\n",
        serverless,
      ],
    ]; // prettier-ignore
    await pool(
      sampled(cases, (_, index) => index % 4 === 0),
      async ([delivery, error, workload = lambdaZip]) => {
        const result = await buildZip(serviceWith(delivery), {
          workload,
          world: worldOf(workload),
          variables: IMAGE,
        });
        assert.equal(result.code, 1, delivery);
        const said = errorOf(result);
        if (error.endsWith("\n")) assert.equal(said, `error: ${error}`, delivery);
        else assert.ok(said.startsWith(`error: ${error}`), said);
        assert.deepEqual(result.exported, {});
      },
    );
  });

  it("names its parameters where the template doesn't declare them, and takes them from one place alone", async () => {
    const delivery =
      "test: [mkdir reports, touch reports/junit.xml]\nbundle: []\nverify: []\nparameters: { test: { Nothing: 1 }, prod: {} }\n";
    const folder = serviceWith(delivery, { "app/parameters/prod.json": "[]" });
    const result = await buildZip(folder);
    assert.equal(result.code, 1);
    assert.deepEqual(errorOf(result).split("\n"), [
      "error: template and parameters can't be deployed:",
      'app/delivery.yaml: parameters.prod: app/parameters/prod.json has them too: keep one',
      'app/delivery.yaml: template.yaml declares no parameter "Nothing": remove it, or declare it',
      "",
    ]); // prettier-ignore
  });

  it("is read in the folder of the service alone", async () => {
    const folder = serviceWith("test: [");
    writeFileSync(join(folder, "delivery.yaml"), "test: [touch outside]\n");
    const result = await buildZip(folder);
    assert.equal(result.code, 1);
    assert.match(errorOf(result), /^error: app\/delivery\.yaml: line 1: it is not YAML: [^\n]+\n$/);
  });
});
