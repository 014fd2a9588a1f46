import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scriptText } from "../../components/jobs/packing";
import { type Result, run } from "../components/jobs/harness";
import { BUILDSPECS, changed } from "../components/jobs/inputs";
import { EXECUTION_ID, emptyWorld as nothingReleased } from "../components/jobs/world";
import { AwsApi } from "./awsApi";
import { PROJECT } from "./install";
import type { World } from "./world";
import { emptyWorld, removeWorlds, STACKS, upAll } from "./worlds";

const ACCOUNTS = { tooling: "111111111111", test: "222222222222", prod: "333333333333" };
const upRole = (account: string): string => `arn:aws:iam::${account}:role/platform-up`;
const viewRole = (account: string, environment: string): string =>
  `arn:aws:iam::${account}:role/delivery-self-preview-${environment}`;
const rolesBy = (role: (account: string, environment: string) => string): string =>
  JSON.stringify({ test: role(ACCOUNTS.test, "test"), prod: role(ACCOUNTS.prod, "prod") });
const selfUpdate = {
  source: { codecommit: "platform" },
  state: { url: "s3://state" },
  role: "platform-up",
};
const tagged = (team: string) => ({ "aws:defaultTags": { tags: { team } } });

/** The commit's own folder: the program and the commands, no links to those of others. */
function checkOut({ project }: World): void {
  for (const each of [
    "index.ts",
    "package.json",
    "tsconfig.json",
    "scripts",
    "stacks",
    "components",
    "commands",
    "rehearsal",
    "packages",
  ]) {
    rmSync(join(project, each), { recursive: true, force: true });
    cpSync(join(PROJECT, each), join(project, each), { recursive: true });
  }
}

/** The CLI as an archive: the real one, and nothing that it is told leads out of the world. */
function archive(world: World): string {
  const real = execFileSync("bash", ["-c", "command -v pulumi"], { encoding: "utf8" }).trim();
  // Where the state is, the job says.
  const told = Object.entries(world.environment).filter(([name]) => name !== "PULUMI_BACKEND_URL");
  const variables = told.map(([name, value]) => `export ${name}='${value}'\n`);
  const folder = join(world.folder, "cli");
  mkdirSync(join(folder, "pulumi"), { recursive: true });
  writeFileSync(
    join(folder, "pulumi/pulumi"),
    `#!/bin/sh\n${variables.join("")}export PATH='${dirname(real)}':$PATH\nexec '${real}' "$@"\n`,
  );
  // In Preview tooling's profile has the job's own credentials, by the AWS CLI.
  const own = { Version: 1, AccessKeyId: `KEY${ACCOUNTS.tooling}`, SecretAccessKey: "secret" };
  writeFileSync(join(folder, "pulumi/aws"), `#!/bin/sh\necho '${JSON.stringify(own)}'\n`);
  for (const tool of ["pulumi", "aws"]) chmodSync(join(folder, "pulumi", tool), 0o755);
  execFileSync("tar", ["-czf", join(folder, "pulumi.tar.gz"), "-C", folder, "pulumi"]);
  return join(folder, "pulumi.tar.gz");
}

/** The pipeline's jobs as CodeBuild runs them, with the real engine; a push is what is in the world's folder. */
class Pipeline {
  private readonly api = new AwsApi();
  private readonly cli: string;
  private told: Record<string, string> = {};

  constructor(private readonly world: World) {
    this.cli = archive(world);
  }

  get taken(): readonly string[] {
    return this.api.taken;
  }

  async open(): Promise<void> {
    this.told = {
      ...(await this.api.open()),
      DISABLE_V8_COMPILE_CACHE: "1", // it would be left in the job's folder
      PULUMI_VERSION: "3.0.0",
      PULUMI_BACKEND_URL: this.world.environment["PULUMI_BACKEND_URL"] ?? "",
      CODEBUILD_SRC_DIR: this.world.project,
    };
  }

  close(): void {
    this.api.close();
  }

  private job(
    name: "self-preview" | "self-up",
    variables: Record<string, string>,
    steps?: string,
  ): Promise<Result> {
    const curl = /curl .*linux-x64\.tar\.gz"/.exec(scriptText("pulumi.sh"))?.[0] ?? "no curl";
    const spec = changed(BUILDSPECS[name], curl, `cp "${this.cli}" "$work/pulumi.tar.gz"`);
    const handed = {
      stageName: "Preview",
      actionName: "Preview",
      status: "Succeeded",
      startTime: "2026-01-01T10:00:00Z",
    };
    const aws = { ...nothingReleased(), pipeline: "delivery-self" };
    if (steps !== undefined) aws.actions = [{ ...handed, output: { outputVariables: { STEPS: steps } } }];
    return run(spec, this.world.project, { ...this.told, ...variables }, aws);
  }

  preview(): Promise<Result> {
    return this.job("self-preview", { ROLES: rolesBy(viewRole) });
  }

  /** With the stacks that something was written in. */
  async up(steps: string): Promise<Result & { stacks: string[] }> {
    const before = this.world.now;
    const variables = {
      PIPELINE: "delivery-self",
      STAGE: "Up",
      EXECUTION_ID,
      TOOLING_ROLE_ARN: upRole(ACCOUNTS.tooling),
      ROLES: rolesBy(upRole),
    };
    const result = await this.job("self-up", variables, steps);
    const stacks = this.world
      .writes(before)
      .filter(({ op }) => op !== "fault")
      .map(({ urn }) => urn.split("::")[0]?.split(":").at(-1) ?? "");
    return { ...result, stacks: [...new Set(stacks)].sort() };
  }
}

const has = ({ output }: Result, line: RegExp | string): void =>
  assert.ok(
    typeof line === "string" ? output.split("\n").includes(line) : line.test(output),
    `${String(line)} in\n${output}`,
  );
const stepsOf = (result: Result): string => {
  assert.equal(result.code, 0, result.output);
  return result.exported["STEPS"] ?? "";
};

describe("the pipeline that brings this program up", () => {
  let world: World;
  let pipeline: Pipeline;
  before(async () => {
    world = emptyWorld();
    checkOut(world);
    for (const stack of STACKS) world.set(stack, { "aws:profile": stack });
    world.set("tooling", { selfUpdate });
    world.logIn(ACCOUNTS);
    await upAll(world);
    pipeline = new Pipeline(world);
    await pipeline.open();
  });
  after(() => {
    pipeline.close();
    removeWorlds();
  });

  it("brings up what somebody has agreed to, and no other commit, wave by wave", async () => {
    // Nothing changes: nobody is asked, and nothing is brought up.
    assert.equal(stepsOf(await pipeline.preview()), "none");
    const nothing = await pipeline.up("none");
    assert.deepEqual([nothing.code, nothing.stacks], [0, []], nothing.output);

    // A push. Preview says what no policy says, and takes no role of Up for that.
    const environments = world.settings("tooling")["environments"] as { name: string }[];
    world.set("tooling", { environments: environments.map((each) => ({ ...each, approval: false })) });
    for (const stack of ["test", "prod"]) world.set(stack, tagged("a"));
    const before = world.now;
    const previewed = await pipeline.preview();
    const steps = stepsOf(previewed);
    assert.match(steps, /^[0-9a-f]{64}$/);
    has(previewed, /^ +pipeline catalog may now release to prod without an approval, before only with one$/m);
    assert.deepEqual(world.writes(before), []);
    assert.deepEqual([...new Set(pipeline.taken)].sort(), [
      viewRole(ACCOUNTS.test, "test"),
      viewRole(ACCOUNTS.prod, "prod"),
    ]);

    // Another commit than that which somebody has seen.
    world.set("prod", tagged("b"));
    const other = await pipeline.up(steps);
    assert.deepEqual([other.code, other.stacks], [1, []], other.output);
    has(
      other,
      /^Nothing was changed in AWS: these steps \([0-9a-f]{64}\) are others than those that were agreed to/m,
    );
    world.set("prod", tagged("a"));

    // An earlier job was killed.
    const lock = join(world.folder, `state/.pulumi/locks/organization/${world.name}/tooling/killed.json`);
    mkdirSync(dirname(lock), { recursive: true });
    const holder = { pid: 7, username: "root", hostname: "build", timestamp: "2026-01-02T03:04:05Z" };
    writeFileSync(lock, JSON.stringify(holder));
    const locked = await pipeline.up(steps);
    assert.deepEqual([locked.code, locked.stacks], [1, []], locked.output);
    has(locked, /^tooling: it is locked by root@build .*, pulumi cancel --stack tooling --yes$/m);
    rmSync(lock);

    // An environment that does not come up: none after it is begun.
    world.inject({ op: "update", urn: "::catalog--test-deploy", when: "before", then: "fail" });
    const failed = await pipeline.up(steps);
    assert.equal(failed.code, 1, failed.output);
    assert.ok(failed.stacks.includes("tooling") && !failed.stacks.includes("prod"), failed.stacks.join());
    has(failed, "Not begun: prod");
    has(failed, "prod would come after test, and waits until that is up");
    has(failed, /^error: not all is up: .* aws codepipeline start-pipeline-execution --name delivery-self$/m);
    world.inject();

    // The next run goes on there, and then nothing is left.
    const rest = await pipeline.up(stepsOf(await pipeline.preview()));
    assert.deepEqual([rest.code, rest.stacks], [0, ["prod", "test"]], rest.output);
    has(rest, "All up: tooling, test, prod");
    const taken = new Set(pipeline.taken);
    for (const account of Object.values(ACCOUNTS)) assert.ok(taken.has(upRole(account)), account);
    assert.equal(stepsOf(await pipeline.preview()), "none");
  });

  it("does not change itself: Preview fails with a sentence, and so does Up where somebody agreed all the same", async () => {
    world.set("tooling", { selfUpdate: { ...selfUpdate, timeoutDays: 9 } });
    world.set("prod", tagged("c"));
    const before = world.now;
    const result = await pipeline.preview();
    assert.deepEqual([result.code, result.exported], [1, {}]);
    has(result, "This changes what brings the stacks up, and no job does that to itself:");
    has(result, /^ {2}tooling: ~ aws:codepipeline:Pipeline delivery-self: /m);
    const up = await pipeline.up("0".repeat(64));
    assert.equal(up.code, 1);
    has(up, "Nothing was changed in AWS.");
    assert.deepEqual(world.writes(before), []);
  });
});
