import assert from "node:assert/strict";
import { documentOf, inputsOf, JOB_DEFAULTS, ofKind, only } from "../../programs";
import { connection, made, PIPELINE, REPOSITORY } from "../branchPipelines";

const CLEANUP = "arn:aws:codebuild:eu-central-1:444444444444:project/acme-cat--br-cleanup";

describe("BranchPipeline", () => {
  it("is one queued pipeline with jobs and roles of its own", async () => {
    const all = await made();
    const { name, executionMode, pipelineType, variables, triggers } = only(
      all,
      "codepipeline/pipeline:Pipeline",
    ).inputs;
    assert.deepEqual([name, executionMode, pipelineType, triggers], ["cat--br", "QUEUED", "V2", []]);
    assert.deepEqual(variables, [
      { name: "BRANCH", defaultValue: "-", description: "Branch that a run is of, without refs/heads/" },
    ]);
    const roles = ["build", "cleanup", "pipeline", "register", "release-job", "trigger", "verify"];
    assert.deepEqual(
      ofKind(all, "iam/role:Role")
        .map(({ inputs }) => inputs["name"])
        .sort(),
      roles.map((kind) => `acme-cat--br-${kind}`),
    );
    assert.deepEqual(
      ofKind(all, "codebuild/project:Project")
        .map(({ inputs }) => inputs["name"])
        .sort(),
      ["build", "cleanup", "register", "release-job", "verify"].map((kind) => `acme-cat--br-${kind}`),
    );
    const statements = ofKind(all, "iam/rolePolicy:RolePolicy").flatMap((each) => documentOf(each).Statement);
    const [run] = statements.filter(({ Sid }) => Sid === "RunJobs");
    const jobs = (run?.Resource as string[]).map((arn) => arn.split("acme-cat--br-")[1]);
    assert.deepEqual(jobs.slice(0, 4), ["register", "build", "release-job", "verify"]);
  });

  it("is started by CodeCommit's event with the commit and the branch, and its clean-up by a deletion, a bad end and daily", async () => {
    const all = await made();
    const rules = inputsOf(all, "cloudwatch/eventRule:EventRule");
    const targets = inputsOf(all, "cloudwatch/eventTarget:EventTarget");
    const event = (...events: string[]) => ({
      source: ["aws.codecommit"],
      "detail-type": ["CodeCommit Repository State Change"],
      resources: [REPOSITORY],
      detail: {
        event: events,
        referenceType: ["branch"],
        referenceName: [{ wildcard: "feature/*" }, "fix"],
      },
    });
    const pattern = (name: string) => JSON.parse(String(rules[name]?.["eventPattern"])) as object;
    assert.deepEqual(pattern("shop--br-source"), event("referenceCreated", "referenceUpdated"));
    assert.deepEqual(pattern("shop--br-removal"), event("referenceDeleted"));
    assert.equal(rules["shop--br-sweep"]?.["scheduleExpression"], "rate(1 day)");
    assert.deepEqual(Object.keys(rules).sort(), [
      "shop--br-cleanup",
      "shop--br-removal",
      "shop--br-source",
      "shop--br-sweep",
    ]);
    assert.deepEqual(Object.fromEntries(Object.entries(targets).map(([name, { arn }]) => [name, arn])), {
      "shop--br-source": PIPELINE,
      "shop--br-cleanup": CLEANUP,
      "shop--br-removal": CLEANUP,
      "shop--br-sweep": CLEANUP,
    });
    assert.deepEqual(targets["shop--br-source"]?.["inputTransformer"], {
      inputPaths: { branch: "$.detail.referenceName", commit: "$.detail.commitId" },
      inputTemplate:
        '{"sourceRevisions":[{"actionName":"Source","revisionType":"COMMIT_ID","revisionValue":<commit>}],' +
        '"variables":[{"name":"BRANCH","value":<branch>}]}',
    });
    // No name of a branch reaches the clean-up.
    assert.deepEqual(
      ["shop--br-removal", "shop--br-sweep"].map((name) => targets[name]?.["inputTransformer"]),
      [undefined, undefined],
    );
  });

  it("is started by its own trigger from a connection, where * stands for slashes too, and by no path and no tag", async () => {
    const all = await made({ source: connection });
    const { triggers, variables } = only(all, "codepipeline/pipeline:Pipeline").inputs;
    assert.deepEqual(triggers, [
      {
        providerType: "CodeStarSourceConnection",
        gitConfiguration: {
          sourceActionName: "Source",
          pushes: [{ branches: { includes: ["feature/**", "fix"] } }],
          pullRequests: [{ events: ["CLOSED"], branches: { includes: ["trunk"] } }],
        },
      },
    ]);
    assert.equal(variables, undefined);
    const rules = Object.keys(inputsOf(all, "cloudwatch/eventRule:EventRule")).sort();
    assert.deepEqual(rules, ["shop--br-cleanup", "shop--br-sweep"]);
  });

  it("hands the organization's boundary to every role", async () => {
    const all = await made({ jobDefaults: { ...JOB_DEFAULTS, permissionsBoundary: "arn:org" } });
    const bounds = Object.values(inputsOf(all, "iam/role:Role")).map((each) => each["permissionsBoundary"]);
    assert.deepEqual([...new Set(bounds)], ["arn:org"]);
  });
});
