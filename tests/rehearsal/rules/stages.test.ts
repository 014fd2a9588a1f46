import { actionsOf } from "../../../rehearsal/record/pipelines";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { actions, structure } from "../../../rehearsal/rules/stages";
import { action, breaks, configuration, first, inputs, one, stages } from "../sample";
import { list, map, type Values } from "../../../packages/iam/src/json";

const pipeline = (record: Rehearsed) => first(record, "aws:codepipeline/pipeline:Pipeline");
const of = (category: string) => (each: Values) => each["category"] === category;
const approvalStage = (name: string): Values => ({
  name,
  actions: [{ name: "Wait", category: "Approval", owner: "AWS", provider: "Manual", version: "1" }],
});
/** Stages that are added check at their door what others check. */
const adding = (...added: readonly Values[]) =>
  stages((all) => {
    const beforeEntry = all.find((stage) => stage["beforeEntry"])?.["beforeEntry"];
    return [...all, ...added.map((stage) => ({ ...stage, beforeEntry }))];
  });
/** Where the first action of a category stands, as findings name it. */
function where(record: Rehearsed, category: string): string {
  for (const stage of list(pipeline(record).inputs["stages"]).map(map)) {
    const found = list(stage["actions"]).map(map).find(of(category));
    if (found) return `action ${String(found["name"])} of stage ${String(stage["name"])}`;
  }
  throw new Error(`the pipeline has no action of category ${category}`);
}

describe("rules/stages", () => {
  breaks(structure, "more than 50 stages", (record) => {
    const count = list(pipeline(record).inputs["stages"]).length;
    const more = Array.from({ length: 51 - count }, (_, index) => approvalStage(`Wait-${index}`));
    return one(pipeline(record), adding(...more), "it has 51 stages; 2 to 50 are allowed");
  });
  breaks(structure, "two stages of one name", (record) =>
    one(pipeline(record), adding(approvalStage("Wait"), approvalStage("Wait")), "two stages are named Wait"),
  );
  breaks(structure, "a stage name with a blank", (record) =>
    one(
      pipeline(record),
      adding(approvalStage("Wait here")),
      "stage name Wait here does not match ^[A-Za-z0-9.@\\-_]{1,100}$",
    ),
  );
  breaks(structure, "a stage without actions", (record) =>
    one(
      pipeline(record),
      adding({ name: "Empty", actions: [] }),
      "stage Empty has 0 actions; 1 to 50 are allowed",
    ),
  );
  breaks(structure, "more than 1000 actions", (record) => {
    const [wait] = list(approvalStage("Wait")["actions"]).map(map);
    const full = (name: string): Values => ({
      name,
      actions: Array.from({ length: 50 }, (_, index) => ({ ...wait, name: `Wait-${index}` })),
    });
    const more = Array.from({ length: 20 }, (_, index) => full(`Full-${index}`));
    const count = actionsOf(pipeline(record)).length + 1000;
    return one(pipeline(record), adding(...more), `it has ${count} actions of at most 1000`);
  });
  breaks(structure, "two actions of one name in a stage", (record) => {
    const [wait] = list(approvalStage("Wait")["actions"]);
    return one(
      pipeline(record),
      adding({ name: "Twice", actions: [wait, wait] }),
      "two actions of stage Twice are named Wait",
    );
  });
  breaks(structure, "an approval in the first stage", (record) => {
    const [wait] = list(approvalStage("Wait")["actions"]);
    const [source] = list(pipeline(record).inputs["stages"]).map(map);
    return one(
      pipeline(record),
      stages(([head, ...rest]) => [{ ...head, actions: [...list(head?.["actions"]), wait] }, ...rest]),
      `action Wait of stage ${String(source?.["name"])} is of category Approval: sources are in the first stage, and alone there`,
    );
  });
  breaks(structure, "a source in a later stage", (record) => {
    const late = {
      name: "Late",
      category: "Source",
      owner: "AWS",
      provider: "CodeCommit",
      version: "1",
      outputArtifacts: ["Late"],
      configuration: { RepositoryName: "a", BranchName: "b" },
    };
    return one(
      pipeline(record),
      adding({ name: "Late", actions: [late] }),
      "action Late of stage Late is of category Source: sources are in the first stage, and alone there",
    );
  });
  breaks(structure, "a roll-back in PARALLEL mode", (record) => {
    const last = list(pipeline(record).inputs["stages"]).map(map).at(-1);
    const onlyLast = stages((all) =>
      all.map((stage, index) => ({
        ...stage,
        onFailure: index === all.length - 1 ? { result: "ROLLBACK" } : undefined,
      })),
    );
    return one(
      pipeline(record),
      (resource) => inputs({ executionMode: "PARALLEL" })(onlyLast(resource)),
      `stage ${String(last?.["name"])} rolls back, which executionMode PARALLEL does not allow`,
    );
  });
  breaks(structure, "a roll-back of the first stage", (record) => {
    const [head] = list(pipeline(record).inputs["stages"]).map(map);
    return one(
      pipeline(record),
      stages(([stage, ...rest]) => [{ ...stage, onFailure: { result: "ROLLBACK" } }, ...rest]),
      `stage ${String(head?.["name"])} is the first and cannot roll back`,
    );
  });
  breaks(structure, "a roll-back in a pipeline of type V1", (record) =>
    one(pipeline(record), inputs({ pipelineType: "V1" }), "it uses what only pipelineType V2 has"),
  );

  /** Breaks the first action of a category. */
  const broken = (title: string, category: string, change: (each: Values) => Values, problem: string): void =>
    breaks(actions, title, (record) =>
      one(pipeline(record), action(of(category), change), `${where(record, category)}: ${problem}`),
    );
  broken(
    "a value of 1001 characters",
    "Approval",
    configuration({ CustomData: "a".repeat(1001) }),
    "configuration CustomData has 1001 characters; 1 to 1000 are allowed",
  );
  broken(
    "an empty value",
    "Approval",
    configuration({ CustomData: "" }),
    "configuration CustomData has 0 characters; 1 to 1000 are allowed",
  );
  broken(
    "a key that the provider does not have",
    "Build",
    configuration({ Projectname: "x" }),
    "CodeBuild has no configuration Projectname",
  );
  broken(
    "a key that is missing",
    "Source",
    (each) => {
      const rest = Object.entries(map(each["configuration"])).filter(([key]) => key !== "BranchName");
      return { ...each, configuration: Object.fromEntries(rest) };
    },
    "configuration BranchName is missing",
  );
  broken(
    "an approval of 4 minutes",
    "Approval",
    (each) => ({ ...each, timeoutInMinutes: 4 }),
    "timeoutInMinutes 4 is not 5 to 86400",
  );
  broken(
    "an approval of more than 60 days",
    "Approval",
    (each) => ({ ...each, timeoutInMinutes: 86_401 }),
    "timeoutInMinutes 86401 is not 5 to 86400",
  );
  broken(
    "a run order of 1000",
    "Approval",
    (each) => ({ ...each, runOrder: 1000 }),
    "runOrder 1000 is not 1 to 999",
  );
  breaks(actions, "a name with a blank", (record) => {
    const named = where(record, "Approval").replace(/^action \S+/, "action Yes or no");
    return one(
      pipeline(record),
      action(of("Approval"), (each) => ({ ...each, name: "Yes or no" })),
      `${named}: its name does not match ^[A-Za-z0-9.@\\-_]{1,100}$`,
    );
  });
  breaks(actions, "a provider that the rules do not know, with 51 keys", (record) => {
    const keys = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`Key${index}`, "value"]));
    const custom = action(of("Approval"), (each) => ({ ...each, provider: "Pigeon", configuration: keys }));
    const place = where(record, "Approval");
    return {
      changes: [[pipeline(record), custom]],
      found: [
        [pipeline(record), `${place}: it has 51 configuration keys of at most 50`],
        [
          pipeline(record),
          `${place}: the rehearsal does not know Approval actions of Pigeon: add them to its rules`,
        ],
      ],
    };
  });
});
