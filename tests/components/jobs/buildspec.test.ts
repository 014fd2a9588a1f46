import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import {
  BUILDSPEC_LENGTH,
  buildspec,
  EXPORTED_VARIABLES,
  writeFile,
} from "../../../components/jobs/buildspec";
import { pack } from "../../../components/jobs/packing";
import { folderWith } from "../../folders";
import { BUILDS, BUILDSPECS, unpacked } from "./inputs";

const PACKAGINGS = Object.keys(BUILDS) as (keyof typeof BUILDS)[];
const FOLDER = join(__dirname, "../../../components/jobs/scripts");
interface Spec {
  readonly phases: { readonly build: { readonly commands: readonly string[] } };
}
const commands = (text: string): readonly string[] => (parse(text) as Spec).phases.build.commands;

describe("buildspec", () => {
  it("is made of scripts whose lines end as on Linux, whatever checks them out", () => {
    const attributes = readFileSync(join(FOLDER, "../../../.gitattributes"), "utf8");
    assert.match(attributes, /^\* text=auto eol=lf$/m);
    for (const name of readdirSync(FOLDER))
      assert.ok(!readFileSync(join(FOLDER, name), "utf8").includes("\r"), name);
  });

  it("says everything that CodeBuild needs besides the commands, for each job", () => {
    const rest = Object.fromEntries(
      Object.entries(BUILDSPECS).map(([job, text]) => {
        const { phases, ...others } = parse(text) as { phases: { install?: object; build: object } };
        // Those that run the service's own scripts say on which Node.js.
        assert.deepEqual(
          phases.install,
          ["build", "verify", "inside", "preview", "self-preview", "self-up"].includes(job)
            ? { "runtime-versions": { nodejs: 22 } }
            : undefined,
        );
        assert.deepEqual(Object.keys(phases).slice(-1), ["build"]);
        assert.deepEqual(Object.keys(phases.build), ["commands"]);
        return [job, others];
      }),
    );
    const plain = (...names: string[]): object => ({
      version: 0.2,
      env: { shell: "bash", ...(names.length > 0 && { "exported-variables": names }) },
    });
    assert.deepEqual(rest, {
      build: {
        ...plain("CODE_DIGEST", "RELEASE_SHA256"),
        reports: {
          "arn:aws:codebuild:tests": {
            files: ["junit.xml"],
            "base-directory": "app/reports",
            "file-format": "JUNITXML",
          },
          "arn:aws:codebuild:coverage": {
            files: ["cobertura-coverage.xml"],
            "base-directory": "app/coverage",
            "file-format": "COBERTURAXML",
          },
        },
        artifacts: { "base-directory": "delivery-release", files: ["**/*"] },
      },
      plan: plain("CHANGE_SET", "SUMMARY", "PLAN_LINK"),
      deploy: plain(),
      "code-plan": plain("PLANNED", "SUMMARY", "PLAN_LINK"),
      "code-deploy": plain(),
      "code-plan, to a service": plain("PLANNED", "SUMMARY", "PLAN_LINK"),
      "code-deploy, to a service": plain(),
      verify: {
        ...plain(),
        reports: {
          "arn:aws:codebuild:verify": {
            files: ["verify.xml"],
            "base-directory": "source/reports",
            "file-format": "JUNITXML",
          },
        },
      },
      "run-inside": plain(),
      inside: {
        ...plain(),
        reports: {
          "arn:aws:codebuild:inside": {
            files: ["verify.xml"],
            "base-directory": "source/reports",
            "file-format": "JUNITXML",
          },
        },
      },
      promote: plain(),
      cleanup: plain(),
      "cleanup, stale approvals too": plain(),
      "branch-register": plain("BRANCH_HASH", "BRANCH_LABEL", "BRANCH_PRIORITY"),
      "branch-deploy": plain(),
      "branch-cleanup": plain(),
      preview: plain(),
      comment: plain(),
      "self-preview": plain("STEPS"),
      "self-up": plain(),
    });
  });

  it("leaves 4,000 of the characters that CodeBuild takes, in commands that are block literals", () => {
    // Names as long as AWS and settings let them be.
    const [directory, group] = ["d".repeat(250), `arn:aws-us-gov:codebuild:us-gov-west-1:${"1".repeat(12)}:`];
    const [testReports, coverageReports] = ["t", "c"].map(
      (name) => `${group}report-group/${name.repeat(128)}`,
    );
    assert.ok(testReports && coverageReports);
    const longest = PACKAGINGS.map((packaging) => {
      const text = buildspec({ job: "build", packaging, directory, testReports, coverageReports });
      return [`build ${packaging}`, text] as const;
    });
    const all = [...Object.entries(BUILDSPECS), ...longest];
    assert.equal(all.length, Object.keys(EXPORTED_VARIABLES).length + 3 + 3);
    for (const [job, text] of all) {
      assert.ok(text.length <= BUILDSPEC_LENGTH - 4000, `${job}: ${text.length}`);
      assert.ok(!/^ {2}- (?!"\*\*\/\*"$)["'>]/m.test(text), `${job} has a command that is not a block`);
    }
  });

  it("brings every file of the folder, and runs only files that it has written itself", () => {
    const specs = [...Object.entries(BUILDSPECS), ...Object.values(BUILDS).map((text) => ["build", text])];
    const all = specs.map(([, text]) => unpacked(text ?? "")).join("\n");
    const judging = ["changes.jq", "growth.jq", "judge.jq"]; // in parameters: see judge.sampled.test.ts
    const files = readdirSync(FOLDER).filter(
      (name) => /\.(sh|jq|py|json)$/.test(name) && !judging.includes(name),
    );
    assert.ok(files.length > 8);
    for (const name of files)
      assert.ok(all.includes(`cat >"$JOB/${name}" <<'END_OF_FILE'\n`), `${name} is in no buildspec`);
    for (const [called = "", text = ""] of specs) {
      const job = called.replace(", to a service", "");
      const list = commands(text);
      const written = [
        ...unpacked(text).matchAll(/^cat >"\$JOB\/([a-z-]+\.(?:sh|jq|py|schema\.json))" <<'END_OF_FILE'$/gm),
      ];
      assert.deepEqual(list[0], "export JOB=$(mktemp -d)");
      assert.equal(
        list[1]?.split("\n")[0],
        `# Writes ${written.map(([, name]) => name).join(", ")} of components/jobs/scripts into $JOB.`,
      );
      if (job === "cleanup, stale approvals too") {
        assert.deepEqual(list.slice(2), [
          'case $STATE in FAILED | STOPPED | SUPERSEDED | CANCELED) bash "$JOB/cleanup.sh" ;; *) bash "$JOB/stale.sh" ;; esac',
        ]);
        continue;
      }
      const hasOutputs = EXPORTED_VARIABLES[job as keyof typeof EXPORTED_VARIABLES].length > 0;
      assert.deepEqual(list.slice(2), [
        `bash "$JOB/${job}.sh"`,
        ...(hasOutputs ? ['source "$JOB/outputs.sh"'] : []),
      ]);
    }
  });

  it("runs a service's own commands in Build, and in Verify, wherever it runs, alone", () => {
    const running = Object.entries(BUILDSPECS).filter(([, text]) => unpacked(text).includes("by_itself npm"));
    assert.deepEqual(running.map(([job]) => job).sort(), ["build", "inside", "verify"]);
  });

  it("of a short job names no runtime, and ends its command a minute before Lambda's compute would, saying so in one line", () => {
    const specs = {
      plan: buildspec({ job: "plan" }, { short: true }),
      verify: buildspec({ job: "verify", testReports: "arn" }, { short: true }),
    };
    for (const [job, text] of Object.entries(specs)) {
      const { phases } = parse(text) as { phases: object };
      assert.deepEqual(Object.keys(phases), ["build"]);
      const [, , command = "", ...others] = commands(text);
      assert.deepEqual(others, job === "plan" ? ['source "$JOB/outputs.sh"'] : []);
      assert.ok(command.startsWith(`timeout 14m bash "$JOB/${job}.sh" || {\n`), command);
      assert.ok(!/^ {2}- ["'>]/m.test(text), `${job} has a command that is not a block`);
      const folder = folderWith({ [`${job}.sh`]: "echo done" });
      const run = (text: string) =>
        spawnSync("bash", ["-c", text], { env: { ...process.env, JOB: folder }, encoding: "utf8" });
      const ended = run(`timeout() { return 124; }\n${command}`);
      assert.deepEqual([ended.status, ended.stdout], [1, ""]);
      assert.equal(
        ended.stderr,
        "error: Lambda's compute ends a job after 15 minutes, and 14 are over: retry this stage; if the job often takes as long, " +
          "take it out of shortJobs in the pipeline's settings first\n",
      );
      assert.deepEqual([run(command).status, run(command).stdout], [0, "done\n"]);
      writeFileSync(join(folder, `${job}.sh`), "echo 'error: why' >&2; exit 1");
      const failed = run(command);
      assert.deepEqual([failed.status, failed.stderr], [1, "error: why\n"]);
    }
  });

  it("finds a job's credentials where its compute has them: on Lambda's in the environment", () => {
    const source = (env: NodeJS.ProcessEnv): string | undefined => {
      const text = `source "${FOLDER}/common.sh"; use_role plan arn:aws:iam::111111111111:role/a; cat "$AWS_CONFIG_FILE"`;
      const { stdout } = spawnSync("bash", ["-c", text], {
        env: { PATH: process.env["PATH"] ?? "", EXECUTION_ID: "1", AWS_REGION: "eu-west-1", ...env },
        encoding: "utf8",
      });
      return /^credential_source = (.*)$/m.exec(stdout)?.[1];
    };
    assert.equal(source({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/1" }), "EcsContainer");
    assert.equal(source({ AWS_ACCESS_KEY_ID: "ASIA" }), "Environment");
    const both = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/1", AWS_ACCESS_KEY_ID: "ASIA" };
    assert.equal(source(both), "EcsContainer");
  });

  it("is the same text whichever machine makes it", () => {
    assert.equal(pack("echo release\n".repeat(20)), "H4sIAAAAAAACA0tNzshXKErNSU0sTuUaoRwASC4T2QQBAAA=");
  });

  it("has only what its packaging takes: no Docker for files, and the script of its name", () => {
    for (const packaging of PACKAGINGS) {
      const text = unpacked(BUILDS[packaging]);
      assert.equal(text.includes("docker"), packaging === "image", packaging);
      for (const name of PACKAGINGS)
        assert.equal(text.includes(`"$JOB/${name}.sh"`), name === packaging, `${packaging}: ${name}`);
    }
  });

  it("keeps every line of a file but comments and empty ones, without indentation and in one where a command goes on", () => {
    for (const name of ["parameters.jq", "change-set.sh"]) {
      const [, text = ""] =
        new RegExp(`^cat >"\\$JOB/${name}" <<'END_OF_FILE'\n([^]*?)\nEND_OF_FILE\n`, "m").exec(
          unpacked(name === "parameters.jq" ? BUILDSPECS.build : BUILDSPECS.plan),
        ) ?? [];
      const lines = readFileSync(join(FOLDER, name), "utf8")
        .split("\n")
        .filter((line) => !/^\s*(#|$)/.test(line))
        .map((line) => line.trimStart())
        .join("\n")
        .replaceAll(" \\\n", " ");
      assert.deepEqual(text.split("\n"), lines.split("\n"));
    }
  });

  it("refuses a file with the line that would end it", () => {
    assert.throws(() => writeFile("x.sh", "cat\nEND_OF_FILE\nrm"), {
      message: "x.sh has a line 'END_OF_FILE', which ends the file in the buildspec: write it otherwise",
    });
  });
});
