import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { CODE, owned, ownedWorld, releaseCode, rollingBack } from "./codeAlone";
import { run, type Result } from "./harness";
import { BUILDSPECS, build, TEMPLATE } from "./inputs";
import { worldOf } from "./kinds";
import { plan, planned } from "./planning";
import { ENDPOINT, runInside, withRunner } from "./runInside";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, emptyWorld, type World } from "./world";
import { whole } from "../../whole/sample";

/** What of a service's own runs inside an environment's account before Deploy and after it, from Build to the runner. */

const BEFORE = ["npm run migrate", 'echo "it\'s" $HOME'];
const COMMANDS = { beforeDeploy: BEFORE, afterDeploy: ["npm run warm"] };
const hash = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const SUM = hash(`${JSON.stringify(BEFORE)}\n`);
/** A release that has them. */
const files = (commands: unknown = COMMANDS) => ({
  "release.json": JSON.stringify({ commit: COMMIT_ID, codeDigest: DIGEST, commands }),
});
const errorOf = ({ output }: Result): string => output.slice(output.indexOf("error: "));
const at = (type: string): Partial<World> => ({
  executions: { [EXECUTION_ID]: { type, status: "InProgress" } },
});

describe("commands before and after Deploy", () => {
  describe("in Build", () => {
    const delivery =
      "test: [mkdir reports, touch reports/junit.xml]\nbundle: [mkdir dist, touch dist/x]\nverify: []\n";
    const own = `beforeDeploy:\n${BEFORE.map((each) => `  - ${JSON.stringify(each)}\n`).join("")}`;
    const built = async (text: string, runners?: object) => {
      const folder = folderWith({ "app/template.yaml": TEMPLATE, "app/delivery.yaml": text });
      const variables: Record<string, string> = runners ? { RUNNERS: JSON.stringify(runners) } : {};
      const result = await build(worldOf(lambdaZip), variables, folder, lambdaZip);
      return { result, release: join(folder, "delivery-release/release.json") };
    };

    whole("are handed over as they are written, and nothing of them is run", async () => {
      const steps = ["beforeDeploy", "afterDeploy"];
      const { result, release } = await built(`${delivery}${own}afterDeploy: [npm run warm]\n`, {
        test: steps,
        prod: steps,
      });
      assert.equal(result.code, 0, result.output);
      const { commands } = JSON.parse(readFileSync(release, "utf8")) as { commands: unknown };
      assert.deepEqual(commands, COMMANDS);
    });

    whole("are refused with one line for each where an environment has no runner for them", async () => {
      for (const [runners, lines] of [
        [undefined, ["beforeDeploy: nothing runs it inside test, prod", "afterDeploy: nothing runs it inside test, prod"]],
        [{ prod: ["beforeDeploy", "afterDeploy"], test: ["verify", "afterDeploy"] }, ["beforeDeploy: nothing runs it inside test"]],
      ] as const) {
        const { result } = await built(`${delivery}${own}afterDeploy: [npm run warm]\n`, runners);
        assert.equal(result.code, 1);
        assert.equal(
          errorOf(result),
          `error: app/delivery.yaml can't be used:\n${lines.map((line) => `app/delivery.yaml: ${line}: add it to runner.steps of each of these in the settings, or remove it\n`).join("")}`,
        );
        assert.ok(!result.calls.includes("npm ci"));
      }
    }); // prettier-ignore

    whole("are taken where the environment is a branch's, which runs none of them", async () => {
      const folder = folderWith({ "app/template.yaml": TEMPLATE, "app/delivery.yaml": `${delivery}${own}` });
      const result = await build(worldOf(lambdaZip), { ENVIRONMENTS: "br" }, folder, lambdaZip);
      assert.equal(result.code, 0, result.output);
    });

    whole("are at least one each", async () => {
      const { result } = await built(`${delivery}beforeDeploy: []\n`);
      assert.match(errorOf(result), /beforeDeploy: received \[\]; allowed is a list of commands, 1 to 50\n/);
    });
  });

  describe("in Plan and Deploy", () => {
    const variables = { RUNNER_STEPS: "beforeDeploy afterDeploy verify" };
    whole("are shown to who approves, one line each, with what could end a text there left out", async () => {
      const { result } = await plan({ workload: lambdaContainer, files: files(), variables });
      assert.equal(result.code, 0, result.output);
      const lines = [
        "before Deploy, inside test: npm run migrate",
        'before Deploy, inside test: echo "it\'s" $HOME',
        "after Deploy, inside test: npm run warm",
      ];
      assert.deepEqual(result.output.split("\n").filter((line) => line.includes(", inside test: ")), lines); // prettier-ignore
      assert.equal(
        result.exported["SUMMARY"],
        `test: commit ${COMMIT_ID}, code ${DIGEST}: no resource changes, before Deploy runs inside: npm run migrate, ` +
          "before Deploy runs inside: echo ?it's? ?HOME, after Deploy runs inside: npm run warm",
      );
    });

    whole("are named in the approval's text as a whole where they are too long for it", async () => {
      const long = files({ beforeDeploy: [`echo ${"x".repeat(400)}`] });
      const { result } = await plan({ workload: lambdaContainer, files: long, variables });
      assert.equal(
        result.exported["SUMMARY"],
        `test: commit ${COMMIT_ID}, code ${DIGEST}: no resource changes, and runs commands inside that the plan lists`,
      );
    });

    whole(
      "are shown, and end the job where nothing would run them, where code alone is released too",
      async () => {
        const code = (
          job: "code-plan" | "code-deploy",
          told: Record<string, string>,
          world?: Partial<World>,
        ) => releaseCode(job, ownedWorld(owned(), world), told, [CODE], { afterDeploy: ["npm run warm"] });
        const shown = await code("code-plan", variables);
        assert.equal(shown.code, 0, shown.output);
        assert.match(shown.exported["SUMMARY"] ?? "", /, after Deploy runs inside: npm run warm$/);
        for (const job of ["code-plan", "code-deploy"] as const) {
          const { code: ended, output, calls } = await code(job, {});
          assert.equal(ended, 1);
          assert.match(
            output,
            /^error: the release has commands for afterDeploy, and nothing runs them inside test: /m,
          );
          assert.ok(!calls.some((call) => call.includes(" lambda ")));
        }
        const back = await code("code-deploy", {}, rollingBack);
        assert.equal(back.code, 0, back.output);
      },
    );

    whole(
      "end the job before anything is made where nothing would run them, but not a roll-back",
      async () => {
        for (const [job, told] of [
          ["plan", {}],
          ["deploy", { APPROVAL: "false", RUNNER_STEPS: "afterDeploy" }],
        ] as const) {
          const { result, world } = await plan({
            ...{ workload: lambdaContainer, files: files(), job, variables: told },
          });
          assert.equal(result.code, 1);
          assert.equal(
            errorOf(result),
            "error: the release has commands for beforeDeploy, and nothing runs them inside test: add beforeDeploy to its runner.steps in the " +
              "settings and bring the stacks up, or remove it from delivery.yaml; then start a new release\n",
          );
          assert.deepEqual(world.stacks[0]?.sets, []);
        }
        const back = await plan({
          ...{ workload: lambdaContainer, files: files(), job: "deploy", variables: { APPROVAL: "false" } },
          world: { ...planned(), ...at("ROLLBACK") },
        });
        assert.equal(back.result.code, 0, back.result.output);
        assert.ok(!back.result.output.includes("inside test"));
      },
    );
  });

  describe("in the job that has them run", () => {
    it("are started by their name and a checksum, before there is anything deployed", async () => {
      const world = withRunner("SUCCEEDED");
      const result = await runInside(world, { STEP: "beforeDeploy" }, files());
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(result.calls, [
        "aws - codepipeline get-pipeline-state",
        "aws - codepipeline list-action-executions",
        "aws - s3 cp",
        "aws starter codebuild start-build",
        "aws starter codebuild batch-get-builds",
        "aws starter logs get-log-events",
      ]);
      const [started] = world.runner?.builds ?? [];
      assert.deepEqual(Object.keys(started?.variables ?? {}), ["EXECUTION_ID", "STEP", "SOURCE_SHA256", "COMMANDS_SHA256"]); // prettier-ignore
      assert.deepEqual([started?.variables["STEP"], started?.variables["COMMANDS_SHA256"]], ["beforeDeploy", SUM]); // prettier-ignore
    });

    whole("are told of the endpoint after Deploy", async () => {
      const world = withRunner("SUCCEEDED");
      const result = await runInside(world, { STEP: "afterDeploy" }, files());
      assert.equal(result.code, 0, result.output);
      const { ENDPOINT: endpoint, COMMANDS_SHA256: sum } = world.runner?.builds[0]?.variables ?? {};
      assert.deepEqual([endpoint, sum], [ENDPOINT, hash('["npm run warm"]\n')]);
    });

    whole("are not started in a roll-back, or where the release has none", async () => {
      for (const step of ["beforeDeploy", "afterDeploy"]) {
        const back = { ...withRunner("SUCCEEDED"), ...at("ROLLBACK") };
        const result = await runInside(back, { STEP: step }, files());
        assert.equal(result.code, 0, result.output);
        assert.match(result.output, new RegExp(`^a roll-back runs nothing beside Deploy: what the commands of ${step} have done stays\n$`, "u")); // prettier-ignore
        assert.deepEqual(back.runner?.builds, []);
      }
      for (const commands of [{}, null, { beforeDeploy: "rm" }, { beforeDeploy: [1] }, "rm"]) {
        const world = withRunner("SUCCEEDED");
        const result = await runInside(world, { STEP: "beforeDeploy" }, files(commands));
        assert.equal(result.code, 0, result.output);
        assert.match(result.output, /the release has no commands for beforeDeploy\n$/);
        assert.deepEqual(world.runner?.builds, []);
      }
    });

    it("fail the stage in the runner's own words, and say that nothing was deployed", async () => {
      const result = await runInside(withRunner("FAILED"), { STEP: "beforeDeploy" }, files());
      assert.equal(result.code, 1);
      assert.match(result.output, /\nWhat happens next: nothing was deployed, so where CodePipeline rolls this stage back it changes nothing\./);
      assert.ok(result.output.endsWith("\nerror: beforeDeploy inside test ended as FAILED: it is cold\n"));
      const after = await runInside(withRunner("FAILED"), { STEP: "afterDeploy" }, files());
      assert.equal(after.code, 1);
      assert.match(after.output, /\nWhat happens next: CodePipeline rolls this stage back to the last verified release/);
      assert.ok(after.output.endsWith("\nerror: afterDeploy inside test ended as FAILED: it is cold\n"));
    }); // prettier-ignore

    whole("are run again by a retry, and once where an answer is lost", async () => {
      const world = withRunner("SUCCEEDED");
      for (const call of [4, undefined]) {
        world.awsCalls = 0;
        world.loseAnswerOf = call ?? null;
        const result = await runInside(world, { STEP: "beforeDeploy" }, files());
        assert.equal(result.code, 0, result.output);
      }
      assert.equal(world.runner?.builds.length, 2);
    });
  });

  describe("in the runner", () => {
    /** Runs a step of this delivery.yaml, as it is started. */
    function ran(delivery: string, told: Readonly<Record<string, string>>) {
      const world = emptyWorld();
      const service = folderWith({ "delivery.yaml": `test: [x]\nbundle: []\nverify: [exit 9]\n${delivery}` });
      const source = execFileSync("tar", ["-czf", "-", "-C", service, "."]);
      world.objects.set(`${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/source.tar.gz`, source);
      const variables: Record<string, string> = {
        ...{ PIPELINE: "catalog", ARTIFACT_BUCKET: BUCKET, PACKAGING: "zip", ENVIRONMENT: "test" },
        ...{ ENVIRONMENT_ACCOUNT: "222222222222", EXECUTION_ID, SOURCE_SHA256: hash(source) },
      };
      const folder = folderWith({});
      const exports = Object.entries(told).map(([name, value]) => `${name}=${value} `).join(""); // prettier-ignore
      const spec = BUILDSPECS.inside.replace("export JOB=", `export ${exports}JOB=`);
      return Object.assign(run(spec, folder, variables, world), { source: join(folder, "source") });
    }
    const sum = (commands: readonly string[]): string => hash(`${JSON.stringify(commands)}\n`);
    const before = (...commands: string[]): string => `beforeDeploy: ${JSON.stringify(commands)}\n`;

    it("run after install, each in turn, without the endpoint before Deploy and with it after", async () => {
      const write = 'echo "${ENDPOINT-none}" >> ran.txt';
      const delivery = `install: [echo install >> ran.txt]\n${before("echo it", write)}afterDeploy: [${JSON.stringify(write)}]\n`;
      for (const [told, lines] of [
        [{ STEP: "beforeDeploy", COMMANDS_SHA256: sum(["echo it", write]) }, "install\nnone\n"],
        [{ STEP: "afterDeploy", COMMANDS_SHA256: sum([write]), ENDPOINT }, `install\n${ENDPOINT}\n`],
      ] as const) {
        const started = ran(delivery, told);
        const result = await started;
        assert.equal(result.code, 0, result.output);
        assert.deepEqual(result.calls, ["aws - s3 cp"]);
        assert.equal(readFileSync(join(started.source, "ran.txt"), "utf8"), lines);
      }
    });

    whole("end the build at the first that fails, and say how far the release has come", async () => {
      const commands = ["touch one", "exit 3", "touch two"];
      const started = ran(before(...commands), { STEP: "beforeDeploy", COMMANDS_SHA256: sum(commands) });
      const result = await started;
      assert.equal(result.code, 1);
      assert.equal(
        errorOf(result),
        "error: 'beforeDeploy' of delivery.yaml ended with exit code 3: nothing was deployed, test runs what it ran before\n",
      );
      assert.deepEqual(["one", "two"].map((each) => existsSync(join(started.source, each))), [true, false]); // prettier-ignore
      const after = await ran("afterDeploy: [exit 4]\n", { STEP: "afterDeploy", COMMANDS_SHA256: sum(["exit 4"]), ENDPOINT }); // prettier-ignore
      assert.equal(
        errorOf(after),
        "error: 'afterDeploy' of delivery.yaml ended with exit code 4: test runs the release, which was not verified\n",
      );
    });

    whole("are not run where they are others than those that were put up, or none", async () => {
      for (const delivery of [
        before("touch pwned"),
        "install: [touch pwned]\n",
        "afterDeploy: [touch pwned]\n",
      ]) {
        const started = ran(delivery, { STEP: "beforeDeploy", COMMANDS_SHA256: SUM });
        const result = await started;
        assert.equal(result.code, 1);
        assert.equal(
          errorOf(result),
          "error: the commands of 'beforeDeploy' in delivery.yaml are not those that were put up with the release: Build has handed over " +
            "others; start a new release\n",
        );
        assert.ok(!existsSync(join(started.source, "pwned")));
      }
      const none = await ran(before("touch pwned"), { STEP: "beforeDeploy" });
      assert.match(errorOf(none), /^error: variable COMMANDS_SHA256 must match/);
    });
  });
});
