import assert from "node:assert/strict";
import { join } from "node:path";
import type { ReadTemplate } from "../../../commands/permissions/reading";
import { additions, type Asked, asData, reportOf, siteOf, words } from "../../../commands/permissions/report";
import { readAny } from "../../../commands/permissions/reading";
import { likelyKind } from "../../../commands/permissions/needs";
import type { UseName } from "../../../components/uses/list";
import { usable, using } from "../../../components/uses/using";
import { WORKLOADS, type WorkloadKind } from "../../../components/workloads/list";
import type { Workload } from "../../../components/workloads/workload";
import { CATALOG, SCOPE } from "../../programs";

const ROOT = join(__dirname, "../../..");
const SAM = "AWS::Serverless-2016-10-31";
const KINDS = Object.keys(WORKLOADS) as WorkloadKind[];

const template = (types: readonly string[], more: Partial<ReadTemplate> = {}): ReadTemplate => ({
  file: "template.yaml",
  resources: types.map((type, i) => ({ id: `R${i + 1}`, type, properties: {} })),
  ...{ transforms: [], parameters: [], framework: false, notCovered: [] },
  ...more,
});
const asked = (uses?: readonly UseName[], more: Partial<Asked> & { transforms?: string[] } = {}): Asked => ({
  ...{ kind: "lambda-zip", scope: SCOPE, id: CATALOG, also: [] },
  ...(uses && { chosen: { uses: [...uses], transforms: more.transforms ?? [] } }),
  ...more,
});
const QUEUE = "AWS::SQS::Queue";
const disagreements = (of: Asked, ...templates: ReadTemplate[]) => reportOf(of, templates).disagreements;

describe("the report on templates", () => {
  it("says what is needed, the settings' line, and what is added to whose rights", () => {
    assert.deepEqual(words(reportOf(asked(), [template(["AWS::Lambda::Url", "AWS::Lambda::Function"])])), [
      "template.yaml (2 resources), as workload lambda-zip",
      "Services that it needs beside those of its kind:",
      "  functionUrl, or publicFunctionUrl, for",
      "    R1 (AWS::Lambda::Url)",
      "For its pipeline in Pulumi.tooling.yaml:",
      "  uses: [functionUrl]",
      "What functionUrl adds:",
      "  role acme-cat--<environment>-execution, CloudFormation's, may also lambda:CreateFunctionUrlConfig and lambda:UpdateFunctionUrlConfig on arn:aws:lambda:eu-central-1:<account>:function:cat--<environment>-*, only when lambda:FunctionUrlAuthType is AWS_IAM",
      "  role acme-cat--<environment>-execution, CloudFormation's, may also lambda:DeleteFunctionUrlConfig and lambda:GetFunctionUrlConfig on arn:aws:lambda:eu-central-1:<account>:function:cat--<environment>-*",
    ]);
    assert.deepEqual(words(reportOf(asked(), [template(["AWS::Lambda::Function"])])), [
      "template.yaml (1 resource), as workload lambda-zip",
      "It needs no service beside those of its kind.",
    ]);
  });

  it("names tasks' roles for tasks, and the boundary for functions", () => {
    const roles = (kind: WorkloadKind) =>
      additions("ssm", { kind, scope: SCOPE, id: CATALOG }, ["ssm"]).map((each) => each.words);
    assert.deepEqual(roles("ecs-service"), [
      "role acme-cat--<environment>-execution, CloudFormation's, may also",
      "role acme-cat--<environment>-task, of the tasks, may also",
      "role acme-cat--<environment>-task-execution, which starts the tasks, may also",
    ]);
    assert.deepEqual(roles("lambda-zip"), [
      "role acme-cat--<environment>-execution, CloudFormation's, may also",
      "roles of the template may, within boundary acme-cat--<environment>-boundary, also be given",
    ]);
  });

  it("says each statement that a service adds to a kind, and no other", () => {
    const site = siteOf({ scope: SCOPE, id: CATALOG });
    for (const kind of KINDS) {
      const workload: Workload = WORKLOADS[kind];
      for (const use of usable(workload)) {
        const before = workload.boundary?.(site) ?? [];
        const whole = using(workload, [use]);
        const made = additions(use, { kind, scope: SCOPE, id: CATALOG }, [use]);
        const own = (role: string) =>
          made
            .filter((each) => each.role === `acme-cat--<environment>-${role}`)
            .flatMap(({ statements }) => statements);
        assert.deepEqual(own("execution"), whole.further?.(site), `${kind} ${use}`);
        if (workload.boundary)
          assert.deepEqual(own("boundary"), whole.boundary?.(site).slice(before.length), `${kind} ${use}`);
        assert.ok(made.length > 0);
      }
    }
  });

  it("takes several templates together, and says of each what is in it", () => {
    const report = reportOf(asked(), [
      template([QUEUE], { file: "a.json" }),
      template(["AWS::SSM::Parameter", "AWS::Kinesis::Stream"], { file: "b.json", transforms: [SAM] }),
    ]);
    assert.deepEqual(report.templates, [
      { file: "a.json", resources: 1 },
      { file: "b.json", resources: 2 },
    ]);
    assert.equal(report.settings, `uses: [sqs, ssm]\ntransforms: [${SAM}]`);
    assert.equal(report.refused.length, 1);
    const lines = words(report);
    assert.ok(lines.includes("No setting lets in:"));
    assert.ok(lines.some((line) => line.startsWith("  R2 (AWS::Kinesis::Stream): ")));
  });

  it("is data of version 1, with the statements", () => {
    const data = JSON.parse(JSON.stringify(asData(reportOf(asked(["sqs"]), [template([QUEUE])])))) as object;
    assert.deepEqual(Object.keys(data).sort(), [
      "disagreements",
      "kind",
      "notCovered",
      "refused",
      "services",
      "settings",
      "templates",
      "transforms",
      "unread",
      "version",
    ]);
    const { services, disagreements: none } = data as { services: object[]; disagreements: string[] };
    assert.deepEqual(none, []);
    assert.deepEqual(Object.keys(services[0] ?? {}).sort(), ["adds", "because", "name", "or"]);
  });
});

describe("settings and templates", () => {
  it("agree where each service that is needed is chosen, and no other", () => {
    assert.deepEqual(disagreements(asked(["sqs"]), template([QUEUE])), []);
    assert.deepEqual(disagreements(asked([]), template(["AWS::Lambda::Function"])), []);
    assert.equal(disagreements(asked(), template([QUEUE])), undefined);
  });

  it("disagree both ways, each in a line, with what to write at the end", () => {
    assert.deepEqual(
      disagreements(
        asked(["s3", "ssm"], { transforms: ["AWS::Other"] }),
        template([QUEUE, "AWS::SQS::QueuePolicy", "AWS::SSM::Parameter"], { transforms: [SAM] }),
      ),
      [
        "pipeline catalog lacks sqs, for R1 (AWS::SQS::Queue), and 1 more",
        "pipeline catalog has s3, and nothing in the template needs it: take it out, or give --also s3 where its code does",
        `pipeline catalog does not permit transform ${SAM}`,
        "pipeline catalog permits transform AWS::Other, and no template has it",
        `write for pipeline catalog in Pulumi.tooling.yaml: uses: [sqs, ssm], transforms: [${SAM}]`,
      ],
    );
  });

  it("disagree on types that the pipeline's own documents let in, and no template has", () => {
    const permissions = {
      types: ["AWS::Kinesis::Stream", "AWS::EFS::FileSystem"],
      execution: [],
      workload: [],
    };
    const chosen = { uses: [], transforms: [], permissions };
    assert.deepEqual(disagreements(asked([], { chosen }), template(["AWS::Kinesis::Stream"])), [
      "pipeline catalog lets AWS::EFS::FileSystem in by permissions.types, and no template has it: take it out",
      "write for pipeline catalog in Pulumi.tooling.yaml: uses: [], transforms: []",
    ]);
  });

  it("agree on what the code alone uses, where somebody says so", () => {
    const queue = template([QUEUE]);
    assert.deepEqual(disagreements(asked(["sqs", "ssm"], { also: ["ssm"] }), queue), []);
    assert.deepEqual(disagreements(asked(["sqs"], { also: ["ssm", "sqs"] }), queue), [
      "pipeline catalog lacks ssm, for its code (--also)",
      "write for pipeline catalog in Pulumi.tooling.yaml: uses: [sqs, ssm], transforms: []",
    ]);
  });

  it("are not said to disagree on what is not covered", () => {
    const partly = template([QUEUE], { notCovered: ["template.yaml: not covered: …"] });
    assert.deepEqual(disagreements(asked(["sqs", "s3"]), partly), []);
    assert.deepEqual(disagreements(asked(["s3"]), partly), [
      "pipeline catalog lacks sqs, for R1 (AWS::SQS::Queue)",
      "write for pipeline catalog in Pulumi.tooling.yaml: uses: [sqs, s3], transforms: []",
    ]);
  });
});

describe("the kind that a template is likely to be", () => {
  const kindOf = (path: string): WorkloadKind => {
    const { resources, ...more } = readAny(join(ROOT, path), path);
    return likelyKind(resources, more, siteOf({ scope: SCOPE, id: CATALOG }));
  };
  it("is that of the app's own templates, of the fixtures and of the examples", () => {
    const kinds = ["lambda-container", "lambda-zip", "ecs-service"];
    assert.deepEqual(
      kinds.map((kind) => kindOf(`examples/${kind}`)),
      kinds,
    );
    assert.deepEqual(
      ["app", "app/lambda-zip", "app/ecs-service", "tests/commands/permissions/packaged.json"].map(kindOf),
      ["lambda-container", "lambda-zip", "ecs-service", "serverless"],
    );
    assert.deepEqual(
      ["orders", "invoices"].map((name) => kindOf(`tests/fixtures/services/${name}`)),
      ["lambda-zip", "ecs-service"],
    );
  });
});
