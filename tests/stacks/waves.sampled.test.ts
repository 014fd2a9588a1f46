import assert from "node:assert/strict";
import { pipelines } from "../../rehearsal/record/pipelines";
import { nameForms } from "../../rehearsal/rules/names";
import { actions, structure } from "../../rehearsal/rules/stages";
import { documentOf, ofKind, oneStack } from "../programs";
import { environments, pipeline, tooling } from "./settingsSample";
import { map, list } from "../../packages/iam/src/json";
import { sampled } from "../whole/sample";

/** Names of 1 to 21 characters, which is what a prefix of one leaves: of the first wave short ones, of the second long. */
const listed = Array.from({ length: 32 }, (_, i) => {
  const letter = String.fromCharCode("a".charCodeAt(0) + (i % 16));
  return i < 16 ? letter.repeat(i + 1) : `${letter}-${String(i).repeat(9)}x`;
});

const wavesOf = (size: number) =>
  oneStack(
    "tooling",
    tooling({
      environments: environments(...listed).map((each) => ({ ...each, approval: true })),
      pipelines: [
        pipeline({ name: "c", environments: [listed.slice(0, size), listed.slice(16, 16 + size)] }),
      ],
    }),
    [],
  );

describe("waves", () => {
  for (const size of sampled([1, 2, 3, 9, 15, 16], (each) => [1, 3].includes(each))) {
    it(`of ${size} make a pipeline that CodePipeline takes, and everything names its stages`, async () => {
      const run = await wavesOf(size);
      assert.deepEqual(run.failures, []);
      for (const rule of [structure, actions, nameForms]) assert.deepEqual(rule.judge([run]).findings, []);
      const [view] = pipelines([run]);
      assert.ok(view);
      const alone = size === 1;
      assert.deepEqual(
        list(view.resource.inputs["stages"]).map((stage) => map(stage)["name"]),
        [
          ...["Source", "Build"],
          ...[1, 2].flatMap((number) => {
            const name = alone ? listed[(number - 1) * 16] : `wave.${number}`;
            return [`Approve-${name}`, `Deploy-${name}`];
          }),
        ],
      );
      const approvals = view.actions.filter(({ category }) => category === "Approval");
      const approvers = ofKind(run.resources, "iam/policy:Policy").filter(({ name }) =>
        /-approver$/.test(name),
      );
      assert.equal(approvers.length, 2 * size);
      assert.deepEqual(
        approvers.map((each) =>
          documentOf(each)
            .Statement.filter(({ Sid }) => Sid === "Approve")
            .map(({ Resource }) => Resource),
        ),
        approvals.map(({ stage, name }) => [
          [`arn:aws:codepipeline:eu-west-1:111111111111:c/${stage}/${name}`],
        ]),
      );
      // Plan waits for the stage that deploys: it looks for it by this name.
      const plans = ofKind(run.resources, "codebuild/project:Project").filter(({ name }) =>
        /-plan-job$/.test(name),
      );
      assert.deepEqual(
        plans.flatMap(({ inputs }) =>
          list(map(inputs["environment"])["environmentVariables"])
            .map(map)
            .flatMap(({ name, value }) => (name === "DEPLOY_STAGE" ? [value] : [])),
        ),
        view.actions.filter(({ name }) => /^Deploy/.test(name)).map(({ stage }) => stage),
      );
    });
  }
});
