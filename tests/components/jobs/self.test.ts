import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { scriptText } from "../../../components/jobs/packing";
import { folderWith } from "../../folders";
import { type Result, run } from "./harness";
import { BUILDSPECS, changed } from "./inputs";
import { emptyWorld, EXECUTION_ID, type World } from "./world";

const DIGEST = "0123456789abcdef".repeat(4);
const UP = "arn:aws:iam::111111111111:role/platform-up";
const ROLES = '{"test":"arn:aws:iam::222222222222:role/platform-up"}';

/** The CLI, which nothing runs. */
function archive(): string {
  const folder = folderWith({ "pulumi/pulumi": "" });
  execFileSync("tar", ["-czf", join(folder, "pulumi.tar.gz"), "-C", folder, "pulumi"]);
  return folder;
}
let cli: string | undefined;

/** What the program's own commands say, and the CLI, take the place of what needs packages and the internet. */
function job(
  name: "self-preview" | "self-up",
  program: string,
  variables: Readonly<Record<string, string>> = {},
  world: World = emptyWorld(),
): Promise<Result> {
  cli ??= archive();
  const source = folderWith({ "package.json": "{}", program });
  const offline = [
    [
      /curl .*linux-x64\.tar\.gz"/.exec(scriptText("pulumi.sh"))?.[0],
      `cp "${cli}/pulumi.tar.gz" "$work/pulumi.tar.gz"`,
    ],
    ["node -r ts-node/register scripts/selfProfiles.ts", "bash program profiles"],
    [`node -r ts-node/register commands/${name === "self-up" ? "up" : "preview"}.ts`, "bash program command"],
  ].reduce<string>((spec, [from = "", to = ""]) => changed(spec, from, to), BUILDSPECS[name]);
  const told = {
    ...{ PULUMI_VERSION: "1.2.3", PULUMI_BACKEND_URL: "s3://acme-state", ROLES, CODEBUILD_SRC_DIR: source },
    ...(name === "self-up" && { TOOLING_ROLE_ARN: UP, PIPELINE: "catalog", STAGE: "Up", EXECUTION_ID }),
    ...variables,
  };
  return run(offline, source, told, world);
}

/** A world in which Preview has handed this on. */
const after = (steps: string): World => ({
  ...emptyWorld(),
  actions: [
    {
      ...{ stageName: "Preview", actionName: "Preview", status: "Succeeded" },
      startTime: "2026-01-01T10:00:00Z",
      output: { outputVariables: { STEPS: steps } },
    },
  ],
});
const last = ({ output }: Result): string => output.trimEnd().split("\n").at(-1) ?? "";
const PREVIEWED = `echo "$1 $*" >&2; [[ $1 == profiles ]] || { cat "$AWS_CONFIG_FILE"; echo "Steps: ${DIGEST}"; }`;

describe("job self-preview", () => {
  it("hands on what the preview ends with", async () => {
    const result = await job(
      "self-preview",
      PREVIEWED.replace('echo "$1 $*" >&2', '[[ $1 == command ]] || echo "[profile $3]"'),
    );
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.exported, { STEPS: DIGEST });
    assert.ok(result.output.includes("[profile ]"), "it has no role for tooling: the job's own does");
  });

  it("tells the commands its roles, and to leave its own pipeline alone", async () => {
    const { output } = await job("self-preview", PREVIEWED);
    assert.ok(output.includes(`profiles profiles ${ROLES} `), output);
    assert.ok(output.includes("command command --steps --not-self"), output);
  });

  it("says that nobody is asked where nothing changes", async () => {
    const result = await job("self-preview", "[[ $1 == profiles ]] || echo Steps: none");
    assert.deepEqual([result.code, result.exported["STEPS"]], [0, "none"]);
    assert.equal(last(result), "Nothing changes: nobody is asked, and Up does nothing.");
  });

  for (const [what, program, end] of [
    [
      "a preview that fails, also one that has printed steps",
      `[[ $1 == profiles ]] || { echo "Steps: ${DIGEST}"; exit 1; }`,
      "error: the preview has failed, and nobody is asked: see above; correct it and push or, where somebody has to act first, start the pipeline again after that",
    ],
    [
      "one that ends otherwise",
      `[[ $1 == profiles ]] || { echo "Steps: ${DIGEST}"; echo more; }`,
      "error: the preview has not ended with what stands for its steps: see above",
    ],
    [
      "stacks without credentials",
      "[[ $1 != profiles ]]",
      "error: the stacks have no credentials in this job: see above; correct the stack files and push",
    ],
  ] as const)
    it(`fails for ${what}`, async () => {
      const result = await job("self-preview", program);
      assert.deepEqual([result.code, last(result)], [1, end]);
    });
});

describe("job self-up", () => {
  it("carries out what Preview of its run has handed on", async () => {
    const result = await job("self-up", 'echo "$*"', {}, after(DIGEST));
    assert.equal(result.code, 0, result.output);
    assert.equal(last(result), `command --steps ${DIGEST} --not-self --wait 240`);
    assert.ok(result.calls.includes("npm ci --ignore-scripts --no-audit --no-fund"));
  });

  it("runs nothing of the push where nothing changes: nobody was asked", async () => {
    const result = await job("self-up", "echo ran", {}, after("none"));
    assert.deepEqual([result.code, last(result)], [0, "nothing changes: nothing of the push was run"]);
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-state",
      "aws - codepipeline list-action-executions",
    ]);
  });

  for (const steps of ["", "NONE", `${DIGEST}0`, `none\n${DIGEST}`, "$(id)"])
    it(`runs nothing of the push where Preview has handed on ${JSON.stringify(steps)}`, async () => {
      const result = await job("self-up", "echo ran", {}, after(steps));
      assert.equal(result.code, 1);
      assert.match(
        last(result),
        /^error: Preview of this run has handed on no steps, but .+: nothing was changed; start the pipeline again$/,
      );
      assert.ok(!result.calls.some((call) => call.startsWith("npm")));
    });

  it("says what to do where not all is up, a lock that a killed job has left too", async () => {
    const result = await job("self-up", "[[ $1 == profiles ]]", {}, after(DIGEST));
    assert.deepEqual(
      [result.code, last(result)],
      [
        1,
        "error: not all is up: see above. Where a stack is locked and nothing is running, an earlier job was killed: pulumi cancel. " +
          "Then preview and agree again: aws codepipeline start-pipeline-execution --name catalog",
      ],
    );
  });
});
