import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { FILE, parseRows, rows } from "../../../../rehearsal/access/calls/rows";
import { ROOT } from "../../sample";

/** Those of the jobs' commands. */
const COMMANDS = rows().flatMap(({ command, by }) => {
  const [, called, script] = /^(.+) in (.+)$/.exec(command ?? "") ?? [];
  return called === undefined || script === undefined ? [] : [{ script, command: called, by }];
});
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

describe("access/calls/rows", () => {
  it("has every command of every script, and no other", () => {
    const found = scripts.flatMap((script) =>
      commandsIn(readFileSync(join(FOLDER, script), "utf8")).map(({ command }) => `${script} ${command}`),
    );
    assert.ok(found.length > 30);
    assert.deepEqual(unique(COMMANDS.map(({ script, command }) => `${script} ${command}`)), unique(found));
  });

  it("has each command of a script once", () => {
    const keys = COMMANDS.map(({ script, command }) => `${script} ${command}`);
    assert.deepEqual(unique(keys), keys.sort());
  });

  it("knows with whose rights a command is run: a profile is a role of the environment", () => {
    for (const script of scripts) {
      for (const { command, profile } of commandsIn(readFileSync(join(FOLDER, script), "utf8"))) {
        const row = COMMANDS.find((each) => each.script === script && each.command === command);
        assert.deepEqual(
          unique(row?.by.map(({ as }) => String(as !== "job")) ?? []),
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
    const jobs = [
      "build",
      "plan",
      "deploy",
      "code-plan",
      "code-deploy",
      "verify",
      "run-inside",
      "inside",
      "promote",
      "cleanup",
      "comment",
      "self-up",
    ].concat(["register", "deploy", "cleanup"].map((job) => `branch-${job}`));
    assert.deepEqual(unique(COMMANDS.flatMap(({ by }) => by.map(({ job }) => job))), jobs.sort());
    for (const job of jobs) assert.ok(scripts.includes(`${job}.sh`));
  });

  it("name jobs of the row where a request is of some of them", () => {
    const some = rows().flatMap(({ command, by, requests }) =>
      requests.flatMap((request) => {
        const jobs = [request.by ?? []].flat();
        return jobs.map((job) => ({ command, known: by.some((each) => each.job === job) }));
      }),
    );
    assert.ok(some.length > 5);
    assert.deepEqual(
      some.filter(({ known }) => !known),
      [],
    );
  });

  it("have the schema that editors are given", () => {
    const schema: unknown = JSON.parse(readFileSync(join(ROOT, "docs/schemas/calls.json"), "utf8"));
    assert.deepEqual(schema, z.toJSONSchema(FILE, { io: "input", reused: "ref" }));
    const folder = join(ROOT, "rehearsal/access/calls/rows");
    const files = readdirSync(folder);
    assert.deepEqual(files.sort(), ["commands.yaml", "people.yaml", "services.yaml"]);
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      assert.ok(
        text.startsWith("# yaml-language-server: $schema=../../../../docs/schemas/calls.json\n"),
        file,
      );
      assert.ok(parseRows(text, file).length > 5, file);
      assert.ok(FILE.safeParse(parse(text)).success, file);
    }
  });

  describe("refuse", () => {
    const row = {
      forEach: "pipeline",
      who: "service s",
      why: "w",
      source: "https://a",
      requests: [{ calls: "s3:A", on: "*" }],
    };
    const command = {
      ...row,
      forEach: "command",
      who: undefined,
      why: undefined,
      command: "s3 cp in a.sh",
      by: "a",
    };
    const refuses = (title: string, written: object, message: string): void =>
      void it(title, () =>
        assert.throws(
          () => parseRows(JSON.stringify({ calls: [written] }), "a.yaml"),
          (error) => error instanceof Error && error.message.includes(message),
        ),
      );
    it("nothing that is right", () => {
      assert.equal(parseRows(JSON.stringify({ calls: [row, command] }), "a.yaml").length, 2);
    });
    refuses(
      "a place that there is not",
      { ...row, forEach: "stages" },
      "there is no place stages; the nearest is source",
    );
    refuses(
      "a trait that there is not",
      { ...row, needs: "imag" },
      "there is no trait imag; the nearest is image",
    );
    refuses(
      "a phase that there is not",
      { ...row, phase: "rollback" },
      "there is no phase rollback; the nearest is roll-back",
    );
    refuses("a field that there is not", { ...row, whom: "x" }, "there is no field whom; the nearest is who");
    refuses(
      "a row that nobody makes",
      { ...row, who: undefined },
      "a.yaml:1: who is missing; the row or its group must say it",
    );
    refuses("a command that no job runs", { ...command, by: undefined }, "a.yaml:1: by is missing");
    refuses("a command of no script", { ...command, command: "s3 cp" }, "command: ");
    refuses(
      "a role that there is not",
      { ...command, by: "plan as deply" },
      "there is no role deply; the nearest is deploy",
    );
    refuses("a source that is no page", { ...row, source: "a" }, "source: ");
    refuses(
      "a request for nothing",
      { ...row, requests: [{ calls: "s3:A" }] },
      "received none of these, or several; allowed are calls with on",
    );
    refuses(
      "a request for two things",
      { ...row, requests: [{ reads: "a", writes: "b" }] },
      "received none of these, or several",
    );
    refuses(
      "a request without an action",
      { ...row, requests: [{ on: "*" }] },
      "received none of these, or several",
    );
  });
});
