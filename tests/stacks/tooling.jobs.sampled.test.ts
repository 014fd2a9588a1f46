import assert from "node:assert/strict";
import { BUILDSPEC_LENGTH } from "../../components/jobs/buildspec";
import type { Resource, StackRun } from "../../rehearsal/record/record";
import { unpacked } from "../components/jobs/inputs";
import { ofKind, only, runOf } from "../programs";
import { CASES, upOf } from "./together.cases";
import { KINDS } from "./together.kinds";
import { sampled } from "../whole/sample";

interface Variable {
  readonly name: string;
  readonly value?: string;
}
interface Action {
  readonly name: string;
  readonly provider: string;
  readonly configuration: { readonly ProjectName: string; readonly EnvironmentVariables?: string };
}

/** What a job asks CodePipeline for, or reads where Deploy has left it. */
const TOLD = ["COMMIT_ID", "CODE_DIGEST", "RELEASE_SHA256", "HANDED_BY"];
/** What a job makes itself, or is told, before its commands need it. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  build: ["COMMIT_ID", "CODE_DIGEST"],
  "plan-job": [...TOLD, "ENDPOINT"],
  "release-job": [...TOLD, "CHANGE_SET", "PLANNED", "ENDPOINT"],
  verify: [...TOLD, "ENDPOINT"],
  promote: [...TOLD, "ENDPOINT"],
  cleanup: ["ENVIRONMENT", "STACK_NAME", "TARGET_ROLE_ARN"],
};
/** What only jobs of images need. */
const OF_IMAGES = [
  "REPOSITORY_NAME",
  "REPOSITORY_URI",
  "CACHE_URI",
  "PLATFORM",
  "SCAN_THRESHOLD",
  "BUILDKIT_IMAGE",
];
/** What only jobs of files need. */
const OF_FILES = ["EXPIRATION_IN_DAYS", "RUNTIME"];
/** What only tasks need that have a role of their own, or run on instances. */
const OF_TASKS = ["TASK_ROLE_ARN", "INSTANCE_ROLE_ARN"];
/** What CodeBuild gives to every job. */
const GIVEN = ["AWS_REGION", "CODEBUILD_BUILD_ID", "CODEBUILD_BUILD_ARN"];

/** What only Deploy after an approval needs: who has planned, and the set that was planned. */
const OF_APPROVALS = ["PLANNED_BY", "CHANGE_SET"];

/** Names behind `need` in the commands that CodeBuild gets. */
function needed(project: Resource): string[] {
  const { buildspec } = project.inputs["source"] as { buildspec: string };
  const text = unpacked(buildspec).replaceAll("\\\n", " ");
  const names = [...text.matchAll(/^(?:.*\|\| )?\s*need ([A-Z_ 0-9]+)$/gm)].flatMap(([, list = ""]) =>
    list.trim().split(/\s+/),
  );
  return [...new Set(names)];
}

const namesOf = (variables: readonly Variable[]): string[] => variables.map(({ name }) => name);

function fixed(project: Resource): Variable[] {
  const { environmentVariables } = project.inputs["environment"] as { environmentVariables: Variable[] };
  return environmentVariables;
}

/** Every CodeBuild job of a pipeline, with the actions that run it; clean-up is run by an event. */
function jobsOf(run: StackRun, pipeline: Resource): [string, Action["configuration"] | undefined][] {
  const stages = pipeline.inputs["stages"] as { actions: Action[] }[];
  const actions = stages.flatMap((stage) => stage.actions).filter(({ provider }) => provider === "CodeBuild");
  const cleanup = only(run.resources, "codebuild/project:Project", `${pipeline.name}-cleanup`);
  return [
    ...actions.map(({ configuration }): [string, Action["configuration"]] => [
      configuration.ProjectName,
      configuration,
    ]),
    [String(cleanup.inputs["name"]), undefined],
  ];
}

/** Characters of a buildspec that a job must have free, of the 25,600 that CodeBuild takes: what comes next needs a place. */
const FREE = 4_000;

describe("the jobs that tooling registers", () => {
  for (const title of sampled(Object.keys(CASES), (_, index) => index % 6 === 0)) {
    it(`have room in their buildspecs: ${title}`, async () => {
      const projects = ofKind(runOf(await upOf(title), "tooling").resources, "codebuild/project:Project");
      assert.ok(projects.length > 4);
      const full = projects
        .map(
          ({ inputs }) =>
            [String(inputs["name"]), (inputs["source"] as { buildspec: string }).buildspec.length] as const,
        )
        .filter(([, length]) => length > BUILDSPEC_LENGTH - FREE);
      assert.deepEqual(full, []);
    });
  }

  for (const title of sampled(["the sample", ...Object.keys(KINDS)], (_, index) => index % 3 === 0)) {
    it(`are given every variable that their commands need, by their project or by the action: ${title}`, async () => {
      const run = runOf(await upOf(title), "tooling");
      // Jobs of branches are tried in tests/components/branches.
      const ofRelease = ({ name }: { readonly name: string }): boolean => !name.includes("--br");
      const projects = ofKind(run.resources, "codebuild/project:Project").filter(ofRelease);
      const valueOf = (project: Resource | undefined, variable: string) =>
        project && fixed(project).find(({ name }) => name === variable)?.value;
      const asked = ofKind(run.resources, "codepipeline/pipeline:Pipeline")
        .filter(ofRelease)
        .flatMap((each) => {
          const jobs = jobsOf(run, each);
          const builds = projects.filter(({ inputs }) => jobs.some(([name]) => name === inputs["name"]));
          const packaging = builds.map((build) => valueOf(build, "PACKAGING")).find((value) => value);
          assert.ok(packaging);
          return jobs.map(([name, configuration]) => [name, configuration, packaging !== "image"] as const);
        });
      assert.deepEqual(
        [...new Set(asked.map(([name]) => name))].sort(),
        projects.map(({ inputs }) => String(inputs["name"])).sort(),
      );
      for (const [name, configuration, files] of asked) {
        const project = projects.find(({ inputs }) => inputs["name"] === name);
        assert.ok(project, name);
        const own = configuration
          ? (JSON.parse(configuration.EnvironmentVariables ?? "[]") as Variable[])
          : [{ name: "EXECUTION_ID" }, { name: "STATE" }]; // from the event
        const [, made = []] = Object.entries(MADE).find(([kind]) => name.endsWith(`-${kind}`)) ?? [];
        const there = [...GIVEN, ...made, ...namesOf(fixed(project)), ...namesOf(own)];
        const approved = valueOf(project, "APPROVAL") === "true";
        const needs = needed(project).filter(
          (each) =>
            !OF_TASKS.includes(each) &&
            !(files ? OF_IMAGES : OF_FILES).includes(each) &&
            (approved || !OF_APPROVALS.includes(each)),
        );
        assert.ok(needs.includes("AWS_REGION"), name);
        assert.deepEqual(
          needs.filter((each) => !there.includes(each)),
          [],
          name,
        );
      }
    });
  }
});
