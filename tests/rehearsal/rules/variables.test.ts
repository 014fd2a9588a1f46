import { type Action, actionsOf, projectOf, where } from "../../../rehearsal/record/pipelines";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { projects } from "../../../rehearsal/rules/projects";
import { pasted } from "../../../rehearsal/rules/pasted";
import { namespaces, variables } from "../../../rehearsal/rules/variables";
import { approval, builds, find, isApproval, isLeaf, leaf, pipeline } from "../pipeline";
import { action, breaks, type Broken, configuration, first, inputs, one } from "../sample";
import { map, type Values } from "../../../packages/iam/src/json";

describe("rules/variables", () => {
  breaks(namespaces, "a namespace of two actions", (record) => {
    const owner = find(record, ({ namespace }) => namespace !== undefined);
    return one(
      pipeline(record),
      action(isLeaf, (each) => ({ ...each, namespace: owner.namespace })),
      `${where(leaf(record))} has the namespace ${owner.namespace} of ${where(owner)}`,
    );
  });
  breaks(namespaces, "a namespace that CodePipeline keeps for itself", (record) =>
    one(
      pipeline(record),
      action(isLeaf, (each) => ({ ...each, namespace: "codepipeline" })),
      `${where(leaf(record))} has the namespace codepipeline, which is not allowed`,
    ),
  );

  /** What people would be shown is another rule's matter, which comes later. */
  const shown = (record: Rehearsed, reference: string) =>
    [
      [
        pasted,
        pipeline(record),
        `${where(approval(record))} shows ${reference}: approvers read only what Plan exports for them, SUMMARY and PLAN_LINK`,
      ],
    ] as const;
  const approves = (record: Rehearsed, reference: string, message: string): Broken => ({
    ...one(pipeline(record), action(isApproval, configuration({ CustomData: reference })), message),
    others: shown(record, reference),
  });
  const reads = (title: string, reference: string, problem: (record: Rehearsed) => string): void =>
    breaks(variables, title, (record) =>
      approves(record, reference, `${where(approval(record))} reads ${reference}: ${problem(record)}`),
    );
  reads("a namespace that no action has", "#{Nobody.X}", () => "no action has the namespace Nobody");
  reads("another variable of the run", "#{codepipeline.Name}", () => "codepipeline has no variable Name");
  reads(
    "a variable that the pipeline does not declare",
    "#{variables.X}",
    () => "the pipeline declares no variable X",
  );
  breaks(variables, "nothing is found for one that it declares", (record) => ({
    changes: [
      [
        pipeline(record),
        (resource) =>
          inputs({ variables: [{ name: "X", defaultValue: "1" }] })(
            action(isApproval, configuration({ CustomData: "#{variables.X}" }))(resource),
          ),
      ],
    ],
    found: [],
    others: shown(record, "#{variables.X}"),
  }));
  breaks(variables, "a variable of an action that runs later", (record) => {
    const late = builds(record).reverse()[0];
    const isLate = ({ configuration: each }: Values): boolean =>
      map(each)["EnvironmentVariables"] === late?.configuration["EnvironmentVariables"];
    const approved = approves(
      record,
      "#{Late.X}",
      `${where(approval(record))} reads #{Late.X}: ${late && where(late)} has not ended by then`,
    );
    const [changed] = approved.changes;
    const named = action(isLate, (each) => ({ ...each, namespace: "Late" }));
    return { ...approved, changes: [[pipeline(record), (each) => named(changed?.[1](each) ?? each)]] };
  });
  breaks(variables, "a variable that the buildspec does not export", (record) => {
    const [build] = builds(record);
    const project = first(
      record,
      "aws:codebuild/project:Project",
      ({ outputs }) => outputs["name"] === build?.configuration["ProjectName"],
    );
    const exported = /CODE_DIGEST.*RELEASE_SHA256/s.test(String(map(project.inputs["source"])["buildspec"]));
    if (!exported) throw new Error("Build no longer exports what this test expects");
    const reference = `#{${build?.namespace}.DIGEST}`;
    return approves(
      record,
      reference,
      `${where(approval(record))} reads ${reference}: ${build && where(build)} has no variable DIGEST; it has CODE_DIGEST, RELEASE_SHA256`,
    );
  });
  breaks(variables, "a variable that the source does not have", (record) => {
    const source = find(record, ({ category }) => category === "Source");
    const reference = `#{${source.namespace}.Commit}`;
    return approves(
      record,
      reference,
      `${where(approval(record))} reads ${reference}: ${where(source)} has no variable Commit; it has AuthorDate, BranchName, CommitId, CommitMessage, CommitterDate, RepositoryName`,
    );
  });
  breaks(variables, "a variable of an action whose variables nobody knows", (record) => {
    const build = builds(record).find(({ namespace }) => namespace?.startsWith("Plan-"));
    const reads = actionsOf(pipeline(record)).flatMap((each) =>
      Object.values(each.configuration).flatMap((value) =>
        [...value.matchAll(new RegExp(`#\\{${build?.namespace}\\.\\w+\\}`, "g"))].map(([shown]) => ({
          each,
          shown,
        })),
      ),
    );
    const project = projectOf(record, pipeline(record), build as Action);
    const changed = { ...map(project?.inputs["source"]), buildspec: "env: [" };
    const ran = `${build && where(build)}: the buildspec of project ${project?.name} is not YAML`;
    return {
      changes: [[project as Resource, inputs({ source: changed })]],
      found: reads.map(
        ({ each, shown }) =>
          [
            pipeline(record),
            `${where(each)} reads ${shown}: it cannot be told which variables ${build && where(build)} has`,
          ] as const,
      ),
      others: [...reads.flatMap(({ shown: each }) => shown(record, each)), [projects, pipeline(record), ran]],
    };
  });
  breaks(variables, "a source that reads a variable", (record) =>
    one(
      pipeline(record),
      action(({ category }) => category === "Source", configuration({ BranchName: "#{variables.branch}" })),
      `${where(find(record, ({ category }) => category === "Source"))} reads #{variables.branch}: a source cannot use variables`,
    ),
  );
});
