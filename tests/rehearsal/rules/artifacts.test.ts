import { where } from "../../../rehearsal/record/pipelines";
import { artifacts } from "../../../rehearsal/rules/artifacts";
import { approval, builds, find, isApproval, isLeaf, leaf, pipeline } from "../pipeline";
import { action, breaks, one } from "../sample";

describe("rules/artifacts", () => {
  breaks(artifacts, "an artifact that no action gives", (record) =>
    one(
      pipeline(record),
      action(isLeaf, (each) => ({ ...each, inputArtifacts: ["Nothing"] })),
      `${where(leaf(record))} takes artifact Nothing, which no action gives`,
    ),
  );
  breaks(artifacts, "an artifact that is taken at the same time as it is given", (record) => {
    const [build] = builds(record);
    const gives = build?.outputArtifacts[0] ?? "";
    return one(
      pipeline(record),
      action(
        ({ provider }) => provider === "CodeBuild",
        (each) => ({ ...each, inputArtifacts: [gives] }),
      ),
      `${build && where(build)} takes artifact ${gives} before ${build && where(build)} gives it`,
    );
  });
  breaks(artifacts, "an artifact that two actions give", (record) => {
    const giver = find(record, ({ category }) => category === "Source");
    const gives = giver.outputArtifacts[0] ?? "";
    return one(
      pipeline(record),
      action(isLeaf, (each) => ({ ...each, outputArtifacts: [gives] })),
      `${where(leaf(record))} gives artifact ${gives}, which ${where(giver)} gives already`,
    );
  });
  breaks(artifacts, "an artifact name with a dot", (record) =>
    one(
      pipeline(record),
      action(isLeaf, (each) => ({ ...each, outputArtifacts: ["a.b"] })),
      `${where(leaf(record))} gives artifact a.b, which is no artifact name`,
    ),
  );
  breaks(artifacts, "an approval that takes an artifact", (record) => {
    const [source = ""] = find(record, ({ category }) => category === "Source").outputArtifacts;
    return one(
      pipeline(record),
      action(isApproval, (each) => ({ ...each, inputArtifacts: [source] })),
      `${where(approval(record))} takes 1 artifacts`,
    );
  });
  breaks(artifacts, "a build that takes nothing", (record) =>
    one(
      pipeline(record),
      action(isLeaf, (each) => ({ ...each, inputArtifacts: [] })),
      `${where(leaf(record))} takes 0 artifacts`,
    ),
  );

  breaks(artifacts, "an approval that gives an artifact", (record) =>
    one(
      pipeline(record),
      action(isApproval, (each) => ({ ...each, outputArtifacts: ["Decision"] })),
      `${where(approval(record))} gives 1 artifacts`,
    ),
  );
});
