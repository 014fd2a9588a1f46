import { where } from "../../../rehearsal/record/pipelines";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { entries, pasted } from "../../../rehearsal/rules/pasted";
import { projects } from "../../../rehearsal/rules/projects";
import { approval, builds, isApproval, isLeaf, leaf, pipeline } from "../pipeline";
import { action, breaks, configuration, inputs, one } from "../sample";
import { list, map } from "../../../packages/iam/src/json";

const pasting = (value: string) =>
  configuration({
    EnvironmentVariables: JSON.stringify([
      { name: "OWN", value: "#{codepipeline.PipelineExecutionId}", type: "PLAINTEXT" },
      { name: "X", value, type: "PLAINTEXT" },
    ]),
  });

/** Changes the stage after Build. */
const stage = (change: (rules: readonly unknown[]) => object) => (resource: Resource) => {
  const stages = list(resource.inputs["stages"]).map((each, i) => {
    if (i !== 2) return each;
    const rules = list(map(map(map(each)["beforeEntry"])["condition"])["rules"]);
    return { ...map(each), ...change(rules) };
  });
  return inputs({ stages })(resource);
};
const third = (record: Rehearsed): string => builds(record)[1]?.stage ?? "";

describe("rules/pasted", () => {
  for (const reference of [
    "#{Build.CODE_DIGEST}",
    "#{SourceVariables.CommitId}",
    "a #{codepipeline.PipelineExecutionId}",
  ])
    breaks(pasted, `a job is given ${reference}`, (record) =>
      one(
        pipeline(record),
        action(isLeaf, pasting(reference)),
        `${where(leaf(record))} has X ${reference} pasted into it, which may hold quotes: only #{codepipeline.PipelineExecutionId} is safe`,
      ),
    );
  breaks(pasted, "a job is given no list", (record) => ({
    ...one(
      pipeline(record),
      action(isLeaf, configuration({ EnvironmentVariables: '[{"name":"#{Build.CODE_DIGEST}"' })),
      `${where(leaf(record))} has EnvironmentVariables that are no JSON list`,
    ),
    others: [[projects, pipeline(record), `${where(leaf(record))}: EnvironmentVariables is not JSON`]],
  }));
  for (const reference of [
    "#{SourceVariables.CommitMessage}",
    "#{Build.CODE_DIGEST}",
    "#{Plan-prod.CHANGE_SET}",
  ])
    breaks(pasted, `an approver is shown ${reference}`, (record) =>
      one(
        pipeline(record),
        action(isApproval, configuration({ CustomData: `see ${reference}` })),
        `${where(approval(record))} shows ${reference}: approvers read only what Plan exports for them, SUMMARY and PLAN_LINK`,
      ),
    );

  breaks(entries, "a stage has no condition", (record) => ({
    changes: [[pipeline(record), stage(() => ({ beforeEntry: undefined }))]],
    found: [
      "does not fail at its door",
      "does not check CODE_DIGEST against ^sha256:[0-9a-f]{64}$",
      "does not check RELEASE_SHA256 against ^[0-9a-f]{64}$",
    ].map((problem) => [pipeline(record), `stage ${third(record)} ${problem}`] as const),
  }));
  breaks(entries, "a stage is skipped instead", (record) =>
    one(
      pipeline(record),
      stage((rules) => ({ beforeEntry: { condition: { result: "SKIP", rules } } })),
      `stage ${third(record)} does not fail at its door`,
    ),
  );
  for (const [title, changed] of [
    ["looks for a part", { Operator: "CONTAINS" }],
    ["takes any text", { Value: ".*" }],
    ["looks at another variable", { Variable: "#{Build.RELEASE_SHA256}" }],
  ] as const)
    breaks(entries, `a condition ${title}`, (record) =>
      one(
        pipeline(record),
        stage(([digest, ...rest]) => {
          const { configuration: written, ...rule } = map(digest);
          const rules = [{ ...rule, configuration: { ...map(written), ...changed } }, ...rest];
          return { beforeEntry: { condition: { result: "FAIL", rules } } };
        }),
        `stage ${third(record)} does not check CODE_DIGEST against ^sha256:[0-9a-f]{64}$`,
      ),
    );
});
