import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROWS } from "../../../../rehearsal/access/calls/jobTable";
import { ROOT } from "../../sample";

const FOLDER = join(ROOT, "components/jobs/scripts");
const scripts = readdirSync(FOLDER).filter((name) => name.endsWith(".sh"));

/** Where a command stands: at the start of a line, behind what asks CodePipeline, in `$(…)`, behind `if`, `&& !`, `||` or `without_rights`, behind a variable of its own. */
const COMMAND =
  /(?:^\s*|\bask_pipeline \S+ |\$\(|\bif (?:\w+=\$\()?|^\s*\w+=\S+ |(?:&& !|\|\||without_rights) )(aws|docker)((?: --profile \S+)?) ([a-z0-9-]+)(?: ([a-z0-9-]+))?/gm;

interface Found {
  readonly command: string;
  /** Whether it has another role than the job's own. */
  readonly profile: boolean;
}

/** Commands of a text; `docker` has single words, and `buildx` words of its own. */
function commandsIn(text: string): Found[] {
  const code = text.replace(/^\s*#.*$/gm, "");
  return [...code.matchAll(COMMAND)].map(([, tool, profile = "", first = "", second = ""]) => ({
    command:
      tool === "aws" ? `${first} ${second}` : `docker ${first === "buildx" ? `buildx ${second}` : first}`,
    profile: profile !== "",
  }));
}

const unique = (all: readonly string[]): string[] => [...new Set(all)].sort();

describe("access/calls/jobTable", () => {
  it("has every command of every script, and no other", () => {
    const found = scripts.flatMap((script) =>
      commandsIn(readFileSync(join(FOLDER, script), "utf8")).map(({ command }) => `${script} ${command}`),
    );
    assert.ok(found.length > 30);
    assert.deepEqual(unique(ROWS.map(({ script, command }) => `${script} ${command}`)), unique(found));
  });

  it("has each command of a script once", () => {
    const keys = ROWS.map(({ script, command }) => `${script} ${command}`);
    assert.deepEqual(unique(keys), keys.sort());
  });

  it("knows with whose rights a command is run: a profile is a role of the environment", () => {
    for (const script of scripts) {
      for (const { command, profile } of commandsIn(readFileSync(join(FOLDER, script), "utf8"))) {
        const row = ROWS.find((each) => each.script === script && each.command === command);
        assert.deepEqual(
          unique(row?.by.map(([, as]) => String(as !== "job")) ?? []),
          [String(profile)],
          `${script} ${command}`,
        );
      }
    }
  });

  it("finds the commands of a line wherever they stand, and none in a text that is printed", () => {
    const text = `  x=$(aws --profile plan sts get-caller-identity)
if y=$(aws ecr batch-get-image); then
  A=0 docker buildx build --x .
docker login --username AWS
  log "  aws codepipeline start-pipeline-execution"
fail "run 'aws cloudformation continue-update-rollback"
  ask_pipeline "$work/x" aws codepipeline get-pipeline-state
# aws s3 ls`;
    assert.deepEqual(
      commandsIn(text).map(({ command, profile }) => [command, profile]),
      [
        ["sts get-caller-identity", true],
        ["ecr batch-get-image", false],
        ["docker buildx build", false],
        ["docker login", false],
        ["codepipeline get-pipeline-state", false],
      ],
    );
  });

  it("names jobs that there are", () => {
    const jobs = ["build", "plan", "deploy", "verify", "promote", "cleanup"].concat(
      ["register", "deploy", "cleanup"].map((job) => `branch-${job}`),
    );
    assert.deepEqual(unique(ROWS.flatMap(({ by }) => by.map(([job]) => job))), jobs.sort());
    for (const job of jobs) assert.ok(scripts.includes(`${job}.sh`));
  });
});
