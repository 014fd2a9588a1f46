import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { REGIONS } from "../../components/regions";
import { sampled, whole } from "../whole/sample";

const ROOT = join(__dirname, "../..");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** One command line, with no pulumi and no credentials in reach. */
function command(name: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const process = spawn(
      globalThis.process.execPath,
      ["-r", "./scripts/register.cjs", `commands/${name}.ts`, ...args],
      {
        cwd: ROOT,
        env: { PATH: "/nowhere", TS_NODE_TRANSPILE_ONLY: "true" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const [out, err]: string[][] = [[], []];
    process.stdout.setEncoding("utf8").on("data", (text: string) => out?.push(text));
    process.stderr.setEncoding("utf8").on("data", (text: string) => err?.push(text));
    process.once("error", reject);
    process.once("close", (code) => resolve({ code, out: (out ?? []).join(""), err: (err ?? []).join("") }));
  });
}

const NO_TOLLING = 'there is no stack tolling: did you mean "tooling"? allowed are tooling, test, prod\n';
/** What each refuses, in one line. */
const REFUSALS: Readonly<Record<string, readonly [string[], string]>> = {
  up: [["tolling"], NO_TOLLING],
  preview: [["--expect"], "Unknown option '--expect'; npm run preview -- --help shows the options\n"],
  down: [
    ["--project-name"],
    "Option '--project-name <value>' argument missing; npm run down -- --help shows the options\n",
  ],
  failover: [
    ["--from=eu-wst-2", "--to=eu-west-1"],
    `there is no Region eu-wst-2: did you mean "eu-west-2"? allowed are ${Object.keys(REGIONS).join(", ")}\n`,
  ],
  doctor: [["--all"], "Unknown option '--all'; npm run doctor -- --help shows the options\n"],
  status: [["ctalog"], 'there is no pipeline ctalog: did you mean "catalog"? allowed are catalog\n'],
  approve: [
    ["catalog", "prod", "--run"],
    "Option '--run <value>' argument missing; npm run approve -- --help shows the options\n",
  ],
  reject: [["catalog"], "name the environment (test, prod): npm run reject -- PIPELINE ENVIRONMENT\n"],
  logs: [
    ["catalog", "--job", "tests"],
    "there is no job tests: allowed are build, plan, beforeDeploy, deploy, afterDeploy, verify, promote\n",
  ],
  release: [
    ["catalog", "--tag=1", "--branch=main"],
    "--tag and --branch exclude each other: give one of them\n",
  ],
  rollback: [
    ["catalog", "test", "--to=main"],
    "--to main: write a commit's id, 7 hexadecimal digits of it at least\n",
  ],
  add: [
    ["environment", "qa", "--github=acme/shop"],
    "--github is no option of a new environment: npm run add -- --help shows the options\n",
  ],
  remove: [
    ["prod"],
    "received prod: write npm run remove -- environment NAME, or npm run remove -- pipeline NAME\n",
  ],
  permissions: [["app/template.yml"], "app/template.yml: is not there: name a CloudFormation template\n"],
  init: [
    ["--yes", "--region", "eu-west-1"],
    "there is nobody to ask: give --tooling, --environment, --pipeline, --codecommit, --github or --connection\n",
  ],
};

describe("the commands' own lines", () => {
  for (const [name, [args, line]] of sampled(Object.entries(REFUSALS), ([each]) => each === "reject")) {
    whole(`${name} --help says what it does, its options and its exit codes`, async () => {
      const { code, out, err } = await command(name, name === "status" ? "-h" : "--help");
      assert.deepEqual([code, err], [0, ""]);
      assert.ok(out.startsWith(`npm run ${name}`), out);
      assert.deepEqual(
        out.split("\n").filter((line) => line.length > 130),
        [],
      );
      for (const part of [/^ {2}--help /m, /^exit code: 0 \S/m]) assert.match(out, part);
    });

    it(`${name} refuses ${args.join(" ")} in one line, with exit code 1`, async () => {
      assert.deepEqual(await command(name, ...args), { code: 1, out: "", err: line });
    });
  }

  whole("up, preview and down refuse a stack that is not there before they miss Pulumi", async () => {
    for (const name of ["up", "preview", "down"])
      assert.deepEqual(await command(name, "prod", "tolling"), { code: 1, out: "", err: NO_TOLLING }, name);
  });

  describe("permissions", () => {
    const ORDERS = "tests/fixtures/services/orders/template.yaml";
    const ended = (...args: string[]) => command("permissions", ...args);

    whole("--check ends with 0 where settings and template agree, and with 1 where they don't", async () => {
      const [agree, lacking] = await Promise.all([
        ended("app", "--check"),
        ended(ORDERS, "--check", "--workload=lambda-container"),
      ]);
      assert.deepEqual([agree.code, agree.err], [0, ""]);
      assert.match(agree.out, /^Settings and templates agree\.$/m);
      assert.equal(lacking.code, 1);
      assert.match(
        lacking.err,
        /^pipeline catalog lacks sqs, for Orders \(AWS::SQS::Queue\), and \d+ more$/m,
      );
      assert.match(
        lacking.err,
        /^write for pipeline catalog in Pulumi\.tooling\.yaml: uses: \[sqs, .*\]\n$/m,
      );
    });

    whole("--json is data, and nothing else is printed", async () => {
      const { code, out, err } = await ended(ORDERS, "--json");
      assert.deepEqual([code, err], [0, ""]);
      const { settings } = JSON.parse(out) as { settings: string };
      assert.match(settings, /^uses: \[sqs, .*\]$/);
    });

    whole("refuses options that say nothing, each in one line", async () => {
      const lines: Readonly<Record<string, string[]>> = {
        "name a template: npm run permissions -- TEMPLATE, such as app/template.yaml\n": [],
        'there is no pipeline ctalog: did you mean "catalog"? allowed are catalog\n': [
          "app",
          "--pipeline=ctalog",
        ],
        "--workload ecs-service: pipeline catalog is of workload lambda-container; leave --workload out\n": [
          "app",
          "--check",
          "--workload=ecs-service",
        ],
        "--also streams: workload ecs-service can't use it; allowed are sqs, sns, s3, secretsmanager, ssm\n":
          ["app/ecs-service", "--also=streams"],
      };
      for (const [line, args] of Object.entries(lines))
        assert.deepEqual(await ended(...args), { code: 1, out: "", err: line });
    });
  });

  whole(
    "doctor says what it looked at, as text or as data, and ends with 1 where something is wrong",
    async () => {
      const { code, out } = await command("doctor");
      assert.equal(code, 1);
      assert.match(out, /^ok {5}Node\.js .*\nfailed pulumi: pulumi is not on PATH: .*\n {7}fix:\nhttps:/);
      const { checks } = JSON.parse((await command("doctor", "--json")).out) as {
        checks: { fix?: string[] }[];
      };
      assert.deepEqual(checks[1]?.fix, ["https://www.pulumi.com/docs/install/"]);
    },
  );

  whole("init refuses to write a service of a kind that there is not, with the nearest", async () => {
    assert.deepEqual(await command("init", "--service=lambda-zap", "here"), {
      ...{ code: 1, out: "" },
      err:
        'there is no kind of service lambda-zap: did you mean "lambda-zip"? ' +
        "allowed are lambda-container, lambda-zip, ecs-service, serverless\n",
    });
  });

  whole(
    "init refuses a profile of no stack, and files that are there without --overwrite, and writes nothing",
    async () => {
      const options = ["--region=eu-west-1", "--tooling=012345678901", "--environment=qa=012345670123"];
      const rest = ["--pipeline=shop", "--codecommit=shop", "--profile=prod=acme", "--yes"];
      assert.deepEqual(await command("init", ...options, ...rest), {
        ...{ code: 1, out: "" },
        err: "--profile prod: no stack has this name; write tooling or the name of an environment\n",
      });
      const there = "Pulumi.tooling.yaml is there already. Put the answers into it?"; // those of the sample
      for (const [given, how] of [
        [["--yes"], "Give --overwrite for yes"],
        [[], "There is no terminal to ask: give --overwrite for yes"],
      ] as const)
        assert.deepEqual(await command("init", ...options, ...rest.slice(0, 2), ...given), {
          ...{ code: 1, out: "" },
          err: `${there} ${how}\n`,
        });
    },
  );
});
