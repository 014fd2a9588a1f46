import assert from "node:assert/strict";
import { pipelines, where } from "../../rehearsal/record/pipelines";
import { environmentOf, HOSTILE, paste } from "./pasting";
import { CASES, isSampled, upOf } from "./together.cases";
import { sampled } from "../whole/sample";

const ID = "0a1b2c3d-1111-4222-8333-444455556666";
/** What any job may be told. */
const TOLD = ["ENVIRONMENT", "ENVIRONMENT_ACCOUNT", "EXECUTION_ID", "PLANNED_BY", "STAGE", "STEP"];
const LITERAL = /^[A-Za-z0-9./@_-]{1,201}$/;

/** Of the pipeline that brings the stacks up: what the door of its stage has looked at, and a page that no job names. */
const STEPS_AND_BUILDS =
  /^Bring the stacks up with the steps #\{Preview\.STEPS\}: [^#]+ https:\/\/[a-z0-9.-]+\.(amazon|amazonaws|amazonaws-us-gov)\.(com|cn)\/codesuite\/codebuild\/\d{12}\/projects\/[\w-]+-self-preview\/history\?region=[a-z0-9-]+$/;

describe("what is pasted into the jobs of registered pipelines", () => {
  for (const title of sampled(Object.keys(CASES), isSampled)) {
    it(`is the run's id and nothing that anybody can write: ${title}`, async () => {
      const all = pipelines(await upOf(title)).flatMap(({ actions }) => actions);
      assert.ok(all.length > 0);
      for (const action of all.filter(({ provider }) => provider === "CodeBuild")) {
        const written = action.configuration["EnvironmentVariables"] ?? "[]";
        for (const value of HOSTILE) {
          const environment = environmentOf(paste(written, ID, value));
          assert.deepEqual(
            Object.keys(environment).filter((name) => !TOLD.includes(name)),
            [],
            where(action),
          );
          for (const [name, told] of Object.entries(environment)) {
            assert.match(told, LITERAL, `${where(action)}: ${name}`);
            if (name === "EXECUTION_ID") assert.equal(told, ID);
          }
        }
      }
      for (const { configuration } of all.filter(({ category }) => category === "Approval")) {
        const shown = `${configuration["CustomData"]} ${configuration["ExternalEntityLink"]}`;
        assert.match(
          shown,
          shown.includes("{Preview.")
            ? STEPS_AND_BUILDS
            : /^#\{(Plan-[a-z0-9-]+)\.SUMMARY\} #\{\1\.PLAN_LINK\}$/,
        );
      }
    });
  }

  it("would be variables of anybody's choice, were it a value of Build's: so CodePipeline works", () => {
    const written = JSON.stringify([{ name: "SUM", value: "#{Build.SUM}", type: "PLAINTEXT" }]);
    assert.deepEqual(environmentOf(paste(written, ID, HOSTILE[0] ?? "")), {
      SUM: "",
      BASH_ENV: "$(touch pwned)",
    });
    assert.throws(() => environmentOf(paste(written, ID, HOSTILE[1] ?? "")), SyntaxError);
  });
});
