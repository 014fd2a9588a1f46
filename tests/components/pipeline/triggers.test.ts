import assert from "node:assert/strict";
import { Triggers, type TriggersArgs } from "../../../components/pipeline/triggers";
import { CATALOG, inputsOf, names, only, registered, roleStatements, SCOPE } from "../../programs";

const PIPELINE = "arn:aws:codepipeline:eu-central-1:444444444444:catalog";
const CLEANUP = "arn:aws:codebuild:eu-central-1:444444444444:project/acme-cat-cleanup";
const ROLE = "arn:aws:iam::444444444444:role/team/acme-cat-trigger";
const triggers = (change: Partial<TriggersArgs> = {}) =>
  registered((opts) => new Triggers("shop", { scope: SCOPE, pipeline: CATALOG, ...change }, opts));
const sourceEvent = { source: ["aws.codecommit"], detail: { referenceName: ["main"] } };
const start = (Sid: string, Action: string, Resource: string) => ({
  ...{ Sid, Effect: "Allow", Action: [Action], Resource: [Resource] },
});
const cleanup = start("StartCleanup", "codebuild:StartBuild", CLEANUP);

describe("Triggers", () => {
  it("start the clean-up job, and nothing else, behind runs that end badly", async () => {
    const made = await triggers();
    assert.deepEqual(names(made), [
      "aws:cloudwatch/eventRule:EventRule shop-cleanup",
      "aws:cloudwatch/eventTarget:EventTarget shop-cleanup",
      "aws:iam/role:Role shop",
      "aws:iam/rolePolicy:RolePolicy shop",
      "delivery:index:Triggers shop",
    ]);
    assert.equal(only(made, "iam/role:Role").inputs["description"], "Starts pipeline catalog's clean-up job");
    const { eventPattern, description } = only(made, "cloudwatch/eventRule:EventRule").inputs;
    assert.equal(description, "Cleans up behind runs of catalog that end badly");
    assert.deepEqual(JSON.parse(String(eventPattern)), {
      source: ["aws.codepipeline"],
      "detail-type": ["CodePipeline Pipeline Execution State Change"],
      resources: [PIPELINE],
      detail: { state: ["FAILED", "STOPPED", "SUPERSEDED", "CANCELED"] },
    });
    assert.deepEqual(only(made, "cloudwatch/eventTarget:EventTarget").inputs, {
      rule: only(made, "cloudwatch/eventRule:EventRule").outputs["name"],
      roleArn: ROLE,
      arn: CLEANUP,
      inputTransformer: {
        inputPaths: { execution: "$.detail.execution-id", state: "$.detail.state" },
        inputTemplate:
          '{"environmentVariablesOverride":[{"name":"EXECUTION_ID","type":"PLAINTEXT","value":<execution>},' +
          '{"name":"STATE","type":"PLAINTEXT","value":<state>}]}',
      },
    });
    assert.deepEqual(roleStatements(made, "shop"), [cleanup]);
  });

  it("start the pipeline at its source's event too, once they may", async () => {
    const made = await triggers({ sourceEvent });
    const rule = only(made, "cloudwatch/eventRule:EventRule", "shop-source");
    const target = only(made, "cloudwatch/eventTarget:EventTarget", "shop-source");
    assert.deepEqual(rule.inputs, {
      description: "Starts pipeline catalog",
      eventPattern: JSON.stringify(sourceEvent),
    });
    assert.deepEqual(target.inputs, { rule: rule.outputs["name"], roleArn: ROLE, arn: PIPELINE });
    assert.ok(target.dependsOn.includes(only(made, "iam/rolePolicy:RolePolicy").urn));
    assert.deepEqual(roleStatements(made, "shop"), [
      start("StartPipeline", "codepipeline:StartPipelineExecution", PIPELINE),
      cleanup,
    ]);
    assert.deepEqual(Object.keys(inputsOf(made, "cloudwatch/eventRule:EventRule")).sort(), [
      "shop-cleanup",
      "shop-source",
    ]);
  });

  it("start the clean-up job where an approval may be stale: a run has arrived behind it, or it begins to wait", async () => {
    const made = await triggers({ beforeApprovals: ["Build", "Deploy-test"] });
    const rules = inputsOf(made, "cloudwatch/eventRule:EventRule");
    assert.deepEqual(Object.keys(rules).sort(), ["shop-approval", "shop-arrival", "shop-cleanup"]);
    const event = (what: string, detail: object) => ({
      source: ["aws.codepipeline"],
      "detail-type": [`CodePipeline ${what} Execution State Change`],
      resources: [PIPELINE],
      detail,
    });
    const patternOf = (name: string): unknown => JSON.parse(String(rules[name]?.["eventPattern"]));
    assert.deepEqual(
      patternOf("shop-arrival"),
      event("Stage", { stage: ["Build", "Deploy-test"], state: ["SUCCEEDED"] }),
    );
    assert.deepEqual(
      patternOf("shop-approval"),
      event("Action", { type: { category: ["Approval"] }, state: ["STARTED"] }),
    );
    assert.deepEqual(
      ["shop-arrival", "shop-approval"].map((name) => rules[name]?.["description"]),
      [
        "Looks for an approval that is stale once a newer run of catalog has arrived",
        "Looks whether an approval of catalog is stale when it begins to wait",
      ],
    );
    const targets = inputsOf(made, "cloudwatch/eventTarget:EventTarget");
    for (const name of ["shop-arrival", "shop-approval"])
      assert.deepEqual(targets[name], {
        ...targets["shop-cleanup"],
        rule: only(made, "cloudwatch/eventRule:EventRule", name).outputs["name"],
      });
    assert.deepEqual(roleStatements(made, "shop"), [cleanup]);
  });

  it("have a role that EventBridge takes, for rules of the account", async () => {
    const role = {
      name: "acme-cat-trigger",
      path: "/team/",
      description: "Starts pipeline catalog's clean-up job",
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AssumedByService",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: {
              ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:444444444444:rule/*" },
            },
          },
        ],
      },
    };
    const permissionsBoundary = "arn:aws:iam::444444444444:policy/org";
    assert.deepEqual(only(await triggers(), "iam/role:Role").inputs, role);
    assert.deepEqual(only(await triggers({ permissionsBoundary }), "iam/role:Role").inputs, {
      ...role,
      permissionsBoundary,
    });
  });
});
