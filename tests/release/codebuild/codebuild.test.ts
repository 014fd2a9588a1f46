import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { constants, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { ACCOUNT, arn, BUCKET, madeUp, type MadeUp, project, run } from "../madeUp";
import { type Build, CodeBuild, type CodeBuildOptions, type StartBuild } from "./codebuild";
import { zipped } from "./files";

const folder = mkdtempSync(join(tmpdir(), "delivery-codebuild-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

interface Ran {
  readonly build: Build;
  readonly log: string;
  readonly aws: MadeUp;
  readonly service: CodeBuild;
}

interface Asked {
  readonly variables?: object[];
  readonly overrides?: StartBuild["environmentVariablesOverride"];
  readonly source?: Record<string, string>;
  readonly outputs?: readonly string[];
  readonly options?: Partial<CodeBuildOptions>;
  readonly aws?: MadeUp;
  /** Of the project. */
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Runs a buildspec, given without its version, over a source artifact. */
async function ran(buildspec: string, asked: Asked = {}): Promise<Ran> {
  const aws = asked.aws ?? madeUp();
  const bin = join(folder, `bin-${++files}`);
  mkdirSync(bin);
  const service = new CodeBuild({
    record: [
      run([
        project(
          "job",
          `version: 0.2\n${/^env:/.test(buildspec) ? "" : "env: { shell: bash }\n"}${buildspec}`,
          asked.variables,
          "CODEPIPELINE",
          asked.inputs,
        ),
      ]),
    ],
    aws: aws.aws,
    tools: folder,
    bin,
    logFile: () => join(folder, `log-${++files}`),
    ...asked.options,
  });
  const source = Object.entries(asked.source ?? { "a.txt": "a" });
  aws.objects.set(
    `${BUCKET}/in/Source/1`,
    zipped(new Map(source.map(([name, text]) => [name, Buffer.from(text)]))),
  );
  const by = aws.aws.session({ roleArn: "role/pipeline", name: "run" });
  const build = service.start(by, {
    projectName: "job",
    initiator: "codepipeline/shop",
    ...(asked.overrides && { environmentVariablesOverride: asked.overrides }),
    handed: {
      artifacts: aws.artifacts,
      input: { name: "Source", key: "in/Source/1", revision: "c0ffee" },
      outputs: (asked.outputs ?? []).map((name) => ({ name, key: `in/${name}/1` })),
    },
  });
  await build.ended;
  return { build, log: readFileSync(build.log, "utf8"), aws, service };
}

/** What the commands have printed. */
const printed = ({ log }: Ran): string[] =>
  log.split("\n").filter((line) => line !== "" && !line.startsWith("[Container] "));

/** A made-up artifact's files. */
const artifact = ({ aws }: Ran, name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(unzipSync(aws.objects.get(`${BUCKET}/in/${name}/1`) ?? Buffer.alloc(0))).map(
      ([path, body]) => [path, Buffer.from(body).toString()],
    ),
  );

/** Ends a build once its log says so. */
const killOnce = (said: string) => (build: Build) => {
  const look = (): void =>
    readFileSync(build.log, "utf8").includes(`\n${said}\n`) ? build.kill() : void setImmediate(look);
  look();
};

const phase = (name: string, ...commands: string[]): string =>
  [`  ${name}:`, "    commands:", ...commands.map((each) => `      - ${JSON.stringify(each)}`)].join("\n");

describe("CodeBuild", () => {
  it("runs each command in a shell of its own, which goes on where the one before has ended", async () => {
    const result = await ran(
      `phases:\n${phase("install", "mkdir there", "cd there", "export GIVEN='two\nlines'", "OWN=1")}\n${phase("build", "pwd", 'echo "$GIVEN${OWN-none}"', "echo x >&2; echo y")}`,
    );
    assert.equal(result.build.status, "SUCCEEDED");
    assert.deepEqual(printed(result).slice(-4), ["two", "linesnone", "x", "y"]);
    assert.match(printed(result)[0] ?? "", /\/src\/there$/);
    assert.deepEqual(result.build.phases, [
      { phase: "install", status: "SUCCEEDED", message: "" },
      { phase: "build", status: "SUCCEEDED", message: "" },
    ]);
  });

  it("runs post_build after a build that failed, and tells it so; the first failure is why", async () => {
    const result = await ran(
      `phases:\n${phase("build", "echo one", "exit 3", "echo never")}\n    finally:\n      - echo finally\n${phase("post_build", 'echo "succeeding $CODEBUILD_BUILD_SUCCEEDING"')}`,
    );
    assert.deepEqual(printed(result), ["one", "finally", "succeeding 0"]);
    assert.equal(result.build.status, "FAILED");
    assert.equal(result.build.message, "Error while executing command: exit 3. Reason: exit status 3");
  });

  it("ends at once where a phase says ABORT, and after a failed install or pre_build", async () => {
    const post = phase("post_build", "echo never");
    const aborted = await ran(`phases:\n${phase("build", "false")}\n    on-failure: ABORT\n${post}`);
    assert.deepEqual([aborted.build.status, printed(aborted)], ["FAILED", []]);
    for (const name of ["install", "pre_build"]) {
      const failed = await ran(`phases:\n${phase(name, "false")}\n${phase("build", "echo never")}\n${post}`);
      assert.deepEqual([failed.build.status, printed(failed)], ["FAILED", []]);
    }
  });

  it("takes a variable from the build, then from the project, then from the buildspec", async () => {
    const result = await ran(
      `env:\n  shell: bash\n  variables: { A: spec, B: spec, C: spec }\n  parameter-store: { D: /a/b }\nphases:\n${phase("build", 'echo "$A $B $C $D $E"')}`,
      {
        variables: [
          { name: "B", value: "project" },
          { name: "C", value: "project" },
          { name: "E", value: "a:b", type: "SECRETS_MANAGER" },
        ],
        overrides: [{ name: "C", value: "build \"'$(echo x)`" }],
        options: { lookup: (type, name) => `<${type} ${name}>` },
      },
    );
    assert.deepEqual(printed(result), [
      "spec project build \"'$(echo x)` <PARAMETER_STORE /a/b> <SECRETS_MANAGER a:b>",
    ]);
  });

  it("refuses variables that are CodeBuild's own, of an unknown type, or that name nothing", async () => {
    const spec = `phases:\n${phase("build", "echo never")}`;
    for (const [variable, message] of [
      [
        { name: "CODEBUILD_BUILD_ID", value: "x" },
        "variable CODEBUILD_BUILD_ID: CodeBuild keeps names that begin CODEBUILD_ for itself",
      ],
      [
        { name: "A", value: "x", type: "SECRET" },
        "variable A is of type SECRET, which CodeBuild does not have",
      ],
      [{ name: "A", value: "/x", type: "PARAMETER_STORE" }, "no PARAMETER_STORE value is named /x here"],
    ] as const) {
      const result = await ran(spec, { overrides: [variable] });
      assert.deepEqual([result.build.status, result.build.message, printed(result)], ["FAILED", message, []]);
    }
  });

  it("exports what the last shell has exported, and nothing else", async () => {
    const result = await ran(
      `env:\n  shell: bash\n  exported-variables: [A, B, C]\nphases:\n${phase("build", "export A='a \"b\"\n'", "B=own", "export D=d")}`,
    );
    assert.deepEqual(result.build.exported, { A: 'a "b"\n' });
  });

  it("says who and what it is, in a home and a folder of its own", async () => {
    const names = [
      "BUILD_ID",
      "BUILD_ARN",
      "INITIATOR",
      "RESOLVED_SOURCE_VERSION",
      "KMS_KEY_ID",
      "PROJECT_ARN",
    ];
    const result = await ran(
      `phases:\n${phase("build", ...names.map((name) => `echo "$CODEBUILD_${name}"`), 'cd && pwd && ls -A && cd "$CODEBUILD_SRC_DIR" && cat a.txt')}`,
    );
    const [id, own, initiator, revision, key, of, home, text] = printed(result);
    assert.match(id ?? "", /^job:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(own, arn("codebuild", `build/${id}`));
    assert.deepEqual(
      [initiator, revision, key, of, text],
      ["codepipeline/shop", "c0ffee", arn("kms", "key/1"), arn("codebuild", "project/job"), "a"],
    );
    assert.match(home ?? "", /\/home$/);
    assert.equal(result.service.builds.get(id ?? ""), result.build);
  });

  it("puts artifacts under their keys: all files, single ones, without folders, secondary ones by name", async () => {
    const result = await ran(
      `phases:\n${phase("build", "mkdir -p out/a/b && echo 1 > out/x && echo 2 > out/a/y.txt && echo 3 > out/a/b/z.txt")}\n` +
        `artifacts:\n  base-directory: out\n  files: ["**/*"]\n  name: ignored\n  secondary-artifacts:\n` +
        `    Flat: { base-directory: out/a, files: ["**/*.txt"], discard-paths: yes }\n    One: { files: ["out/*"] }`,
      { outputs: ["Release", "Flat", "One"] },
    );
    assert.equal(result.build.message, "");
    assert.deepEqual(artifact(result, "Release"), { x: "1\n", "a/y.txt": "2\n", "a/b/z.txt": "3\n" });
    assert.deepEqual(artifact(result, "Flat"), { "y.txt": "2\n", "z.txt": "3\n" });
    assert.deepEqual(artifact(result, "One"), { "out/x": "1\n" });
    assert.equal(result.aws.objects.size, 4);
  });

  it("fails for artifacts that are not there, and tries to upload them after a failure too", async () => {
    const artifacts = 'artifacts: { base-directory: out, files: ["**/*"] }';
    const none = await ran(`phases:\n${phase("build", "true")}\n${artifacts}`, { outputs: ["Release"] });
    assert.deepEqual(
      [none.build.status, none.build.message],
      ["FAILED", "no matching base directory path found for out"],
    );
    const empty = await ran(`phases:\n${phase("build", "mkdir out")}\n${artifacts}`, {
      outputs: ["Release"],
    });
    assert.equal(empty.build.message, "no matching artifact paths found");
    const failed = await ran(
      `phases:\n${phase("build", "mkdir out && echo x > out/x && exit 1")}\n${artifacts}`,
      {
        outputs: ["Release"],
      },
    );
    assert.equal(failed.build.status, "FAILED");
    assert.deepEqual(artifact(failed, "Release"), { x: "x\n" });
    const link = await ran(
      `phases:\n${phase("build", "mkdir out && ln -s /etc/passwd out/x")}\n${artifacts}`,
      {
        outputs: ["Release"],
      },
    );
    assert.equal(link.build.message, "x is neither file nor folder: this CodeBuild follows no links");
  });

  it("reports the files that are there, of a build that failed too", async () => {
    const report = (name: string, format: string) =>
      `  ${name}: { files: [junit.xml], base-directory: ${name}, file-format: ${format} }`;
    const result = await ran(
      `phases:\n${phase("build", "mkdir tests && echo x > tests/junit.xml && exit 1")}\nreports:\n${report("tests", "JUNITXML")}\n${report("coverage", "COBERTURAXML")}`,
    );
    assert.deepEqual(result.build.reports, [{ group: "tests", format: "JUNITXML", files: ["junit.xml"] }]);
  });

  it("asks for everything that it does, with the role of the job", async () => {
    const result = await ran(
      `phases:\n${phase("build", "mkdir out && echo x > out/x")}\nartifacts: { files: [out/x] }\nreports:\n  group: { files: [out/x], file-format: COBERTURAXML }`,
      { outputs: ["Release"] },
    );
    const log = arn("logs", `log-group:/made-up/job:log-stream:${result.build.logStream}`);
    const [bucket, key] = [`arn:aws:s3:::${BUCKET}`, arn("kms", "key/1")];
    assert.deepEqual(result.aws.asked, [
      `pipeline codebuild:StartBuild ${arn("codebuild", "project/job")}`,
      `job s3:GetBucketAcl ${bucket}`,
      `job s3:GetBucketLocation ${bucket}`,
      `job s3:GetObject ${bucket}/in/Source/1`,
      `job s3:GetObjectVersion ${bucket}/in/Source/1`,
      `job kms:Decrypt ${key}`,
      "job codebuild:CreateReport group",
      "job codebuild:BatchPutCodeCoverages group",
      "job codebuild:UpdateReport group",
      `job s3:PutObject ${bucket}/in/Release/1`,
      `job kms:GenerateDataKey ${key}`,
      `job kms:Decrypt ${key}`,
      `job logs:CreateLogStream ${log}`,
      `job logs:PutLogEvents ${log}`,
    ]);
    const [stream, events] = result.aws.requests;
    assert.deepEqual(stream?.input, { logGroupName: "/made-up/job", logStreamName: result.build.logStream });
    const messages = (events?.input["logEvents"] as { message: string }[]).map(({ message }) => message);
    assert.equal(messages.join(""), result.log);
  });

  it("fails where the job's role may not do what a build needs", async () => {
    for (const action of ["s3:GetObject", "s3:PutObject", "codebuild:CreateReport", "logs:PutLogEvents"]) {
      const aws = madeUp();
      aws.refused.add(action);
      const result = await ran(
        `phases:\n${phase("build", "echo x > x")}\nartifacts: { files: [x] }\nreports:\n  group: { files: [x] }`,
        { outputs: ["Release"], aws },
      );
      assert.equal(result.build.status, "FAILED", action);
      assert.match(result.build.message, new RegExp(`may not ${action}`));
    }
    const aws = madeUp();
    aws.refused.add("codebuild:StartBuild");
    await assert.rejects(ran(`phases:\n${phase("build", "true")}`, { aws }), /may not codebuild:StartBuild/);
  });

  it("leaves nothing running when its container goes", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const waits = 'echo started; read -r line < "$PIPE"';
    const result = await ran(
      `phases:\n${phase("build", '(read -r line < "$PIPE") &', waits)}\n${phase("post_build", "echo never")}`,
      { options: { started: killOnce("started"), env: { PIPE: pipe } } },
    );
    const message = `Error while executing command: ${waits}. Reason: exit status 137`;
    assert.deepEqual([result.build.status, result.build.message], ["FAILED", message]);
    assert.deepEqual(printed(result), ["started"]);
    // Nobody reads: neither the command nor what it had started.
    assert.throws(() => openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK), /ENXIO/);
  });

  it("has on Lambda's compute what its image has, and refuses what that takes from nobody", async () => {
    const environment = { image: "lambda-standard:1", type: "LINUX_LAMBDA_CONTAINER" };
    const look = phase(
      "build",
      '[ "$HOME" != "$TMPDIR" ] || echo in /tmp; command -v jq python3 | sed "s:.*/::"; command -v docker ssh dnf || true',
    );
    const result = await ran(`phases:\n${look}`, { inputs: { environment } });
    assert.equal(result.build.status, "SUCCEEDED", result.log);
    assert.deepEqual(printed(result), ["in /tmp", "jq", "python3"]);
    const node = await ran(
      `phases:\n${phase("build", "node --version | cut -d . -f 1; command -v npm python3 docker | sed s:.*/::")}`,
      { inputs: { environment: { ...environment, image: `a-lambda-standard:nodejs22` } } },
    );
    assert.deepEqual(printed(node), ["v22", "npm"]);
    const container = await ran(`phases:\n${phase("build", "command -v sh | sed s:.*/::")}`);
    assert.deepEqual(printed(container), ["sh"]);

    const refused = async (inputs: object, spec = `phases:\n${phase("build", "true")}`) => {
      const result = await ran(spec, { inputs: { environment, ...inputs } });
      assert.equal(result.build.status, "FAILED");
      return result.build.message;
    };
    for (const [name, value] of Object.entries({
      ...{ buildTimeout: 60, queuedTimeout: 5, badgeEnabled: true, vpcConfig: {}, fileSystemLocations: [] },
      cache: { type: "S3" },
    }))
      assert.equal(await refused({ [name]: value }), `Lambda's compute has no ${name}`);
    assert.equal(
      await refused({ environment: { ...environment, privilegedMode: true } }),
      "Lambda's compute has no privilegedMode",
    );
    assert.equal(
      await refused(
        {},
        `phases:\n  install: { runtime-versions: { nodejs: 22 } }\n${phase("build", "true")}`,
      ),
      "Lambda's compute has no runtime-versions",
    );
    const allowed = { cache: { type: "NO_CACHE" }, badgeEnabled: false };
    assert.equal(
      (await ran(`phases:\n${phase("build", "true")}`, { inputs: { environment, ...allowed } })).build.status,
      "SUCCEEDED",
    );
  });

  it("refuses what it does not do", async () => {
    const build = phase("build", "true");
    for (const [spec, message] of [
      [`phases:\n${build}\ncache: { paths: [x] }`, /Unrecognized key: "cache"/],
      [`phases:\n${build}\n    on-failure: CONTINUE`, /Invalid input: expected "ABORT"/],
      [`phases:\n${build}\n    run-as: nobody`, /Unrecognized key: "run-as"/],
      [`env: { shell: /bin/sh }\nphases:\n${build}`, /expected "bash"/],
      [
        `env: { shell: bash, exported-variables: [AWS_REGION] }\nphases:\n${build}`,
        /CodeBuild exports no variables like AWS_REGION/,
      ],
      [
        `phases:\n  install: { runtime-versions: { nodejs: 16 } }\n${build}`,
        /Unknown runtime version named '16' of nodejs/,
      ],
      [`phases:\n  install: { runtime-versions: { ruby: 3 } }\n${build}`, /Unknown runtime named 'ruby'/],
    ] as const) {
      const result = await ran(spec);
      assert.equal(result.build.status, "FAILED");
      assert.match(result.build.message, message);
    }
    assert.throws(
      () =>
        new CodeBuild({ record: [], aws: madeUp().aws, tools: "", bin: "", logFile: () => "" }).start(
          { id: ACCOUNT, env: {} },
          { projectName: "none", initiator: "x" },
        ),
      /Project cannot be found: none/,
    );
  });
});
