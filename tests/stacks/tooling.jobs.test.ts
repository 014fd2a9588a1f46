import assert from "node:assert/strict";
import { parse } from "yaml";
import { ofType, type Resource } from "../../rehearsal/record";
import { unbroken } from "../rehearsal/sample";

interface Variable {
  readonly name: string;
}
interface Action {
  readonly name: string;
  readonly provider: string;
  readonly configuration: { readonly ProjectName: string; readonly EnvironmentVariables: string };
}

/** What a job makes itself before it asks for it. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  build: ["IMAGE_DIGEST"],
  "release-job": ["ENDPOINT"],
  cleanup: ["ENVIRONMENT", "STACK_NAME", "TARGET_ROLE_ARN"],
};
/** What CodeBuild gives to every job. */
const GIVEN = ["AWS_REGION"];

/** Names behind `need` in the commands that CodeBuild gets, without those that only a run after an approval needs. */
function needed(project: Resource, approved: boolean): string[] {
  const { buildspec } = project.inputs["source"] as { buildspec: string };
  const { phases } = parse(buildspec) as { phases: { build: { commands: string[] } } };
  const text = phases.build.commands.join("\n").replaceAll("\\\n", " ");
  const names = [...text.matchAll(/^(?!.*\bneed CHANGE_SET)(?:.*\|\| )?\s*need ([A-Z_ 0-9]+)$/gm)].flatMap(
    ([, list = ""]) => list.trim().split(/\s+/),
  );
  return [...new Set([...names, ...(approved && text.includes("need CHANGE_SET") ? ["CHANGE_SET"] : [])])];
}

const namesOf = (variables: readonly Variable[]): string[] => variables.map(({ name }) => name);

function fixed(project: Resource): Variable[] {
  const { environmentVariables } = project.inputs["environment"] as { environmentVariables: Variable[] };
  return environmentVariables;
}

describe("the jobs that tooling registers", () => {
  it("are given every variable that their commands need, by their project or by the action that runs them", async () => {
    const { runs } = await unbroken();
    const projects = ofType(runs, "aws:codebuild/project:Project");
    const [pipeline] = ofType(runs, "aws:codepipeline/pipeline:Pipeline");
    const stages = pipeline?.inputs["stages"] as { actions: Action[] }[];
    const run = stages.flatMap(({ actions }) => actions).filter(({ provider }) => provider === "CodeBuild");
    const asked: [string, Action["configuration"] | undefined][] = [
      ...run.map((action): [string, Action["configuration"]] => [
        action.configuration.ProjectName,
        action.configuration,
      ]),
      ["delivery-catalog-cleanup", undefined],
    ];
    assert.deepEqual(
      [...new Set(asked.map(([name]) => name))].sort(),
      projects.map(({ inputs }) => String(inputs["name"])).sort(),
    );
    for (const [name, configuration] of asked) {
      const project = projects.find(({ inputs }) => inputs["name"] === name);
      assert.ok(project, name);
      const own = configuration
        ? (JSON.parse(configuration.EnvironmentVariables) as Variable[])
        : [{ name: "EXECUTION_ID" }, { name: "STATE" }]; // from the event
      const kind = name.replace(/^delivery-catalog-(-test-|-prod-)?/, "");
      const there = [...GIVEN, ...(MADE[kind] ?? []), ...namesOf(fixed(project)), ...namesOf(own)];
      const needs = needed(project, namesOf(own).includes("CHANGE_SET"));
      assert.ok(needs.includes("AWS_REGION"), name);
      assert.deepEqual(
        needs.filter((each) => !there.includes(each)),
        [],
        name,
      );
    }
  });
});
