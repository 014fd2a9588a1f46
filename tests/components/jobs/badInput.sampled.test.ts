import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderWith } from "../../folders";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { branchWorld, deployBranch, hashOf, register, registerBranch } from "./branches";
import { handing } from "./codepipeline";
import { run, type Result } from "./harness";
import { ASKED, build, BUILDSPECS, pool, releaseFolder, releaseVariables, sourceFolder } from "./inputs";
import { keep, worldOf } from "./kinds";
import { packaging } from "./serverless";
import { changeSet, liveStack } from "./stack";
import { BUCKET, COMMIT_ID, DIGEST, emptyWorld, EXECUTION_ID, type World } from "./world";
import { sampled, whole } from "../../whole/sample";

/**
 * What people, forges and templates may write, given to each job that meets it: it is never run and never becomes part of
 * something else, and a job either ends as it does without it, or says in one line what it refuses.
 */

const CANARY = join(folderWith({}), "canary");
const given = { CANARY };
const VALUES = {
  quotes: `it's "x"}],{"name":"y"\\`,
  lines: "one\nerror: two\r\nexport CODE_DIGEST=x",
  pipeline: "#{Build.Build.CODE_DIGEST}",
  command: "$(touch $CANARY)`touch $CANARY`;touch $CANARY",
  nul: "one\0error: two",
  long: `${"x".repeat(100_000)}$(touch $CANARY)`,
};
/** Of a file: what no file is called is left out. */
const NAMES = [
  "a\nerror: b",
  "a\\b",
  " a",
  "-a",
  "..a",
  "$(touch $CANARY)",
  "#{Build.Build.CODE_DIGEST}",
  `it's "x"`,
];

/** As bash writes a word, and no more of it than a job shows. */
const quoted = (text: string): string =>
  execFileSync("bash", ["--norc", "-c", 'printf %q "$1"', "bash", text], {
    env: { LC_ALL: "C" },
    stdio: "pipe",
  })
    .toString()
    .slice(0, 200);
const json = (text: string): string => (/[\0-\x1f]/.test(text) ? JSON.stringify(text) : text); // eslint-disable-line no-control-regex

interface Input {
  /** Each job that meets it, with one value or with several at once. The values are dealt out among the jobs. */
  readonly jobs: Readonly<Record<string, (...values: string[]) => Promise<Result>>>;
  /** What is given at once. Default: one value after the other. */
  readonly values?: readonly (readonly string[])[];
  /** Why the job ends, and what belongs to it; null when it ends as it does without such values. */
  readonly says: ((...values: string[]) => string) | null;
}
const AT_ONCE = [Object.values(VALUES)];
const each = (values: readonly string[]): string[][] => values.map((value) => [value]);

const ready = (changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  stacks: [liveStack("UPDATE_COMPLETE", { sets: [changeSet(`d-${EXECUTION_ID}`)] })],
  ...changes,
});
/** Everything that was handed on, with more from one of the actions. */
const actions = (
  sha256: string,
  action: string,
  more: Readonly<Record<string, unknown>>,
): ReturnType<typeof handing> =>
  handing({
    COMMIT_ID,
    CODE_DIGEST: DIGEST,
    RELEASE_SHA256: sha256,
    CHANGE_SET: `d-${EXECUTION_ID}`,
    BRANCH_HASH: hashOf("feature/one"),
    BRANCH_LABEL: "feature/one",
  }).map((each) =>
    each.actionName === action
      ? { ...each, output: { outputVariables: { ...(each.output?.["outputVariables"] as object), ...more } } }
      : each,
  );
const release = (
  job: "plan" | "deploy",
  action: string,
  more: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): Promise<Result> => {
  const { folder, sha256 } = releaseFolder(files);
  const world = ready({ actions: actions(sha256, action, more) });
  return run(BUILDSPECS[job], folder, { ...releaseVariables(sha256), ...given }, world);
};
const branchDeploy = (action: string, more: Readonly<Record<string, unknown>>): Promise<Result> => {
  const parameters = { "parameters/br.json": "[]" };
  const world = branchWorld("feature/one", {
    actions: actions(releaseFolder(parameters).sha256, action, more),
  });
  return deployBranch(world, "feature/one", given, parameters);
};

/** Register, where the source is behind a connection; branch fix has an environment. */
async function connected(source: Readonly<Record<string, unknown>>): Promise<Result> {
  const trigger = { triggerType: "WebhookV2", triggerDetail: "connection" };
  const world = branchWorld("-", {
    executions: { [EXECUTION_ID]: { type: "STANDARD", status: "InProgress", trigger } },
    actions: actions("", "Source", source),
  });
  register(world, "fix", 1);
  const key = `${BUCKET}/kept/catalog--br/${hashOf("fix")}`;
  const entry = JSON.parse(world.objects.get(key)?.toString() ?? "") as object;
  world.objects.set(key, Buffer.from(JSON.stringify({ ...entry, commit: COMMIT_ID })));
  return registerBranch(world, { SOURCE: "connection", ...given });
}

const PULL = { SourceBranchName: "fix", DestinationBranchName: "main", PullRequestId: "12" };

const template = (outputs: object): string =>
  JSON.stringify({
    Parameters: { EndpointUrl: { Type: "AWS::SSM::Parameter::Value<String>" } },
    Resources: {},
    Outputs: { Endpoint: { Value: { Ref: "EndpointUrl" } }, ...outputs },
  });
const planned = (outputs: object): Promise<Result> =>
  release("plan", "Source", {}, { "template.yaml": template(outputs) });
/** What a change set's refusal shows. */
const clean = (text: string, length: number): string => text.replace(/[^ -~]+/g, " ").slice(0, length);

const parameters = (values: readonly string[], name: (value: string, i: number) => string): string =>
  JSON.stringify(values.map((value, i) => ({ ParameterKey: name(value, i), ParameterValue: value })));

const COMPILED = readFileSync(join(__dirname, "serverless.template.json"), "utf8");
/** Packs a service whose package holds these files beside the template that osls compiles. */
function packed(zips: Readonly<Record<string, string>>, text = COMPILED): Promise<Result> {
  const packages = folderWith({
    "cloudformation-template-update-stack.json": text,
    "shop.zip": "the code",
    ...zips,
  });
  const service = folderWith({ "serverless.yml": "" });
  return packaging(service, join(service, "delivery-release"), `cp -r "$PACKAGE" "\${@: -1}"\n`, {
    ...given,
    PACKAGE: packages,
    ENVIRONMENTS: "test",
    STACK_PREFIX: "shop--",
  });
}
const compiled = (outputs: object): string => {
  const made = JSON.parse(COMPILED) as { Outputs: object };
  return JSON.stringify({ ...made, Outputs: { ...made.Outputs, ...outputs } });
};

/** Builds a zip, while the service's own scripts write this. */
function built(write: (app: string) => void, world = worldOf(lambdaZip), files = {}): Promise<Result> {
  world.npm.does = (args, cwd) => {
    if (args.join(" ") === "run bundle") write(cwd);
  };
  return build(world, given, sourceFolder(files), lambdaZip);
}
const writing =
  (place: string, name: string) =>
  (app: string): void => {
    const file = join(app, place, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "x");
  };

const keyed = <Value>(
  names: readonly string[],
  value: (name: string, i: number) => Value,
): Record<string, Value> => Object.fromEntries(names.map((name, i) => [name, value(name, i)]));

const INPUTS: Readonly<Record<string, Input>> = {
  "a commit message": {
    jobs: {
      "branch-register": (CommitMessage) => connected({ BranchName: "feature/one", CommitMessage }),
      plan: (CommitMessage) => release("plan", "Source", { CommitMessage }),
      deploy: (CommitMessage) => release("deploy", "Source", { CommitMessage }),
      "branch-deploy": (CommitMessage) => branchDeploy("Source", { CommitMessage }),
    },
    says: null,
  },
  "a branch": {
    jobs: {
      "branch-register by a connection": (BranchName) => connected({ BranchName }),
      "by an event": (branch = "") => registerBranch(branchWorld(branch), given),
      "by a pull request": (SourceBranchName) => connected({ ...PULL, SourceBranchName }),
    },
    says: (value = "") =>
      value === VALUES.pipeline
        ? `branch ${quoted(value)} is not among ["feature/*","fix"]: choose another name, or add it to the pipeline's settings`
        : `git has no branch of this name: ${quoted(json(value))}`,
  },
  "the number of a pull request": {
    jobs: { "branch-register": (PullRequestId) => connected({ ...PULL, PullRequestId }) },
    says: (value = "") =>
      `this run is of a pull request, and a pull request has a number, but CodePipeline says ${quoted(json(value))}: nothing is built or removed`,
  },
  "the title of a pull request": {
    jobs: { "branch-register": (PullRequestTitle) => connected({ ...PULL, PullRequestTitle }) },
    says: () =>
      `pull request 12 has ended: the clean-up, which this run starts by ending here, removes catalog--br-${hashOf("fix")}`,
  },
  "a tag": {
    jobs: { "branch-register": (TagName) => connected({ TagName }) },
    says: () =>
      'this run is of no branch: CodePipeline starts one itself when it makes the pipeline; push to a branch that ["feature/*","fix"] includes',
  },
  "a tag where a branch is meant": {
    jobs: { "branch-register": (tag = "") => connected({ BranchName: `refs/tags/${tag}` }) },
    says: (tag = "") => `git has no branch of this name: ${quoted(json(`refs/tags/${tag}`))}`,
  },
  "names and values of the template's outputs": {
    values: AT_ONCE,
    jobs: {
      plan: (...names) => planned(keyed(names, (Value) => ({ Value }))),
    },
    says: null,
  },
  "names and values of outputs that osls made": {
    values: AT_ONCE,
    jobs: {
      build: (...names) => packed({}, compiled(keyed(names, (Value) => ({ Value })))),
    },
    says: null,
  },
  "names of outputs that Plan refuses": {
    values: AT_ONCE,
    jobs: { plan: (...names) => planned(keyed(names, (Name) => ({ Value: "x", Export: { Name } }))) },
    says: (...names) =>
      [
        "the change set is refused for these reasons: correct the template, then start a new release",
        ...names
          .map((name) =>
            clean(
              `refused: ${name} (output) has an Export, a name that all stacks of the account share: leave it out`,
              1000,
            ),
          )
          .sort(),
      ].join("\n"),
  },
  "names of outputs that Build refuses": {
    values: AT_ONCE,
    jobs: {
      build: (...names) =>
        packed({}, compiled(keyed(names, () => ({ Value: { Ref: "ServerlessDeploymentBucket" } })))),
    },
    says: (...names) =>
      [
        "what is packaged for test can't be deployed:",
        ...names.map((name) =>
          clean(
            `${name} refers to ServerlessDeploymentBucket, which is not made: the pipeline has its own bucket`,
            500,
          ),
        ),
      ].join("\n"),
  },
  "a variable that Build hands on": {
    jobs: {
      plan: (CODE_DIGEST) => release("plan", "Build", { CODE_DIGEST }),
      deploy: (CODE_DIGEST) => release("deploy", "Build", { CODE_DIGEST }),
      "branch-deploy": (CODE_DIGEST) => branchDeploy("Build", { CODE_DIGEST }),
    },
    says: (value = "") =>
      `variable CODE_DIGEST must match sha256:[0-9a-f]{64}, but is ${quoted(json(value))}`,
  },
  "variables that no job knows": {
    values: AT_ONCE,
    jobs: {
      plan: (...values) =>
        release(
          "plan",
          "Build",
          keyed(values, (value) => value),
        ),
    },
    says: null,
  },
  "values of parameters": {
    values: AT_ONCE,
    jobs: {
      plan: (...values) =>
        release("plan", "Source", {}, { "parameters/test.json": parameters(values, (_, i) => `P${i}`) }),
    },
    says: null,
  },
  "names of parameters": {
    values: AT_ONCE,
    jobs: {
      build: (...names) =>
        built(() => undefined, worldOf(lambdaZip), {
          "app/parameters/prod.json": parameters(names, (name) => name),
        }),
    },
    says: (...names) =>
      [
        "template and parameters can't be deployed:",
        ...names
          .map(
            (name) =>
              `app/parameters/prod.json: template.yaml declares no parameter ${JSON.stringify(name).slice(0, 100)}: remove it, or declare it`,
          )
          .sort(),
      ].join("\n"),
  },
  "names of parameters that are set twice": {
    values: AT_ONCE,
    jobs: {
      build: (...names) =>
        built(() => undefined, worldOf(lambdaZip), {
          "app/parameters/prod.json": parameters([...names, ...names], (name) => name),
        }),
    },
    says: (...names) =>
      [
        "template and parameters can't be deployed:",
        ...names
          .flatMap((name) => {
            const shown = JSON.stringify(name).slice(0, 100);
            return [
              `app/parameters/prod.json: ${shown} is set twice: keep one`,
              `app/parameters/prod.json: template.yaml declares no parameter ${shown}: remove it, or declare it`,
            ];
          })
          .sort(),
      ].join("\n"),
  },
  "macros that the template names": {
    jobs: {
      build: (transform = "") => {
        const world = worldOf(lambdaZip);
        world.template.transforms = [transform];
        return built(() => undefined, world);
      },
    },
    values: each([VALUES.quotes, VALUES.lines, VALUES.long]),
    says: (transform = "") =>
      `template.yaml uses transform ${quoted(transform.split("\n")[0] ?? "")}, which this pipeline doesn't permit (permitted: none): ` +
      "add it to the pipeline's settings, or do without it",
  },
  "the Node.js that a package asks for": {
    jobs: {
      build: (node) =>
        built(() => undefined, worldOf(lambdaZip), {
          "app/package.json": JSON.stringify({ engines: { node } }),
        }),
    },
    values: each([VALUES.quotes, VALUES.lines, VALUES.command, VALUES.long]),
    says: (value = "") =>
      `app/package.json asks for Node.js ${quoted(value)} in 'engines', and Build and Verify run ${process.version}: ` +
      "change 'engines', or give the jobs an image with that Node.js",
  },
  "the name of a zip that osls made": {
    values: each(NAMES.filter((name) => !/^[.-]/.test(name))),
    jobs: { build: (name) => packed({ [`${name}.zip`]: "the code" }) },
    says: (name) =>
      `what is packaged for test has a zip named ${quoted(`${name}.zip`)}: name it with letters, digits, dots, _ and - only`,
  },
  "the name of a zip that is odd, but plain": {
    values: each(NAMES.filter((name) => /^[.-]/.test(name))),
    jobs: { build: (name) => packed({ [`${name}.zip`]: "the code" }) },
    says: null,
  },
  "the name of a file that the service's scripts write into the release": {
    values: each(NAMES),
    jobs: { build: (name = "") => built(writing("../delivery-release", name)) },
    says: (name) =>
      `the release holds something that is no file or folder with a plain name: ${quoted(`./${name}`)}`,
  },
};

const errors = (output: string): string[] =>
  output.split(/[\r\n]+/).filter((line) => line.startsWith("error: "));

describe("bad input", () => {
  afterEach(() => assert.ok(!existsSync(CANARY), "input was run"));

  it("would be seen to run", () => {
    for (const value of [VALUES.command, VALUES.long.slice(-20), "$(touch $CANARY)"]) {
      const env = { ...process.env, ...given };
      execFileSync("bash", ["--norc", "-c", 'eval "x=\\"$1\\""', "bash", value], { env });
      assert.ok(existsSync(CANARY), value);
      rmSync(CANARY);
    }
  });

  const inputs = sampled([...Object.entries(INPUTS).entries()], ([nth]) => nth % 6 === 0);
  for (const [nth, [input, { jobs, values = each(Object.values(VALUES)), says }]] of inputs) {
    it(`in ${input}: ${Object.keys(jobs).join(", ")}`, async () => {
      const all = Object.entries(jobs);
      assert.ok(values.length >= all.length);
      // Of each input one value, another of each: so the sample has every value too.
      const tried = sampled(
        [...values.entries()],
        (_, index) => index === Math.floor(nth / 4) % values.length,
      );
      const meeting = new Set(tried.map(([i]) => i % all.length));
      const plain = await pool([...all.entries()], async ([i, [, meet]]) =>
        says || !meeting.has(i) ? undefined : meet("plain"),
      );
      await pool(tried, async ([i, together]) => {
        const [job, meet] = all[i % all.length] ?? assert.fail();
        const what = `${job}: ${JSON.stringify(together).slice(0, 60)}`;
        const { code, output, exported } = await meet(...together);
        if (says) {
          assert.equal(
            output.slice(Math.max(0, output.indexOf("error: "))),
            `error: ${says(...together)}\n`,
            what,
          );
          assert.equal(errors(output).length, 1, what);
          assert.deepEqual([code, exported], [1, {}], what);
        } else {
          const without = plain[i % all.length];
          assert.equal(without?.code, 0, without?.output);
          assert.deepEqual([code, output, exported], [0, without.output, without.exported], what);
        }
      });
    });
  }

  it("in names of the source's files: Build packs them, and Verify unpacks them", async () => {
    const folder = sourceFolder(
      keyed(
        NAMES.map((name) => `app/${name}`),
        () => "x",
      ),
    );
    const { code, output, exported } = await build(emptyWorld(), given, folder);
    assert.deepEqual([code, errors(output)], [0, []]);
    const release = join(folder, "delivery-release");
    const sha256 = exported["RELEASE_SHA256"] ?? "";
    const variables = {
      ...releaseVariables(sha256),
      PACKAGING: "image",
      ENDPOINT: "https://x.example",
      ...given,
    };
    const verified = await run(BUILDSPECS.verify, release, variables, emptyWorld());
    assert.deepEqual([verified.code, verified.output], [0, ""]);
    for (const name of NAMES) assert.equal(readFileSync(join(release, "source", name), "utf8"), "x", name);
  });

  whole(
    "in names of a kept release's files: Build makes it again, and tells nothing as an error",
    async () => {
      const folder = sourceFolder();
      const first = await build(worldOf(lambdaZip), {}, folder, lambdaZip);
      await pool(
        sampled(NAMES, (_, index) => index === 0),
        async (name) => {
          const world = worldOf(lambdaZip);
          keep(world, join(folder, "delivery-release"));
          world.objects.set(`${BUCKET}/kept/catalog/${COMMIT_ID}/parameters/${name}`, Buffer.from("x"));
          const { code, output, exported } = await built(() => undefined, world);
          assert.deepEqual([code, exported], [0, first.exported], output);
          assert.deepEqual(output.split("\n"), [
            `the release holds something that is no file or folder with a plain name: ${quoted(`./parameters/${name}`)}`,
            "the kept release of this commit is not whole, or has other code: it is made again",
            "",
          ]);
          assert.deepEqual(world.npm.ran, ["ci", "test", "run bundle"]);
        },
      );
    },
  );

  it("in a name that is listed as if it were those of two files: Plan refuses the release", async () => {
    const { folder } = releaseFolder({ x: "x" });
    const list = join(folder, "SHA256SUMS");
    const sums = readFileSync(list, "utf8");
    const twice = sums.split("\n").filter((line) => / {2}(x|template\.yaml)$/.test(line));
    assert.equal(twice.length, 2);
    writeFileSync(list, `${sums}${twice.join("\n")}\n`);
    writing("x\n.", "template.yaml")(folder);
    const sha256 = createHash("sha256").update(readFileSync(list)).digest("hex");
    const world = ready();
    const result = await run(BUILDSPECS.plan, folder, releaseVariables(sha256), world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /^error: the release holds something that is no file or folder with a plain name: \$'\.\/x\\n.*\n$/,
    );
    assert.deepEqual(result.calls, ASKED);
  });

  whole("in more names than one argument takes: Build packs them all", async () => {
    const names = Array.from({ length: 450 }, (_, i) => `${i}${"x".repeat(230)}.zip`);
    const { code, output, exported } = await packed(keyed(names, () => "the code"));
    assert.deepEqual([code, output], [0, "packages the service for test\n"]);
    assert.deepEqual(exported, {
      CODE_DIGEST: `sha256:${createHash("sha256").update("the code").digest("hex")}`,
    });
  });
});
