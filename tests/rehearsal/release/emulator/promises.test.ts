import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WORKLOADS } from "../../../../components/workloads/list";
import {
  droppedByFunctions,
  droppedBySam,
  droppedByServices,
} from "../../../../rehearsal/release/emulator/promises";
import { evaluate, type Evaluated } from "../../../../rehearsal/release/cloudformation/stack";
import { readTemplate } from "../../../../rehearsal/release/cloudformation/template";

const SITE = { stack: "rates--test", environment: "test", account: "222222222222", region: "eu-west-1" };

/** An example's template, without pieces of it. */
function evaluated(kind: string, ...without: readonly RegExp[]): Evaluated {
  let text = readFileSync(join(__dirname, `../../../../examples/${kind}/template.yaml`), "utf8");
  for (const piece of without) {
    assert.match(text, piece);
    text = text.replace(piece, "");
  }
  // Values that the environment publishes, given here.
  const template = readTemplate(text.replaceAll(/AWS::SSM::Parameter::Value<.*>(?= })/g, "String"));
  const values = Object.fromEntries(
    Object.entries(template.Parameters).map(([name, { Default }]) => [name, String(Default ?? "given")]),
  );
  return evaluate(template, SITE, values, new Map());
}

const FUNCTION = {
  ...{ logicalId: "Function", name: "rates--test-rates", handler: "index.handler", memory: 128, variables: {} },
  arn: "arn:aws:lambda:eu-west-1:222222222222:function:rates--test-rates",
  ...{ language: "node" as const, code: "code/a.zip", notCovered: undefined },
}; // prettier-ignore
const dropped = (...without: readonly RegExp[]) =>
  droppedByFunctions(WORKLOADS["lambda-zip"], evaluated("lambda-zip", ...without), [FUNCTION]);

const SUM = /, CodeSha256: !Ref CodeSha256/;
const SHIFT = / {4}UpdatePolicy:\n(?: {6}.*\n)+/;
const ALIAS = / {2}Alias:\n(?: {4}.*\n)+/;
const VERSION = / {2}Version:\n(?: {4}.*\n)+/;
const CALLS = / {2}Api:\n[^]*$/;
const AT_ONCE = "moves at once, without a canary, and no alarm turns it back";

describe("promises that a template drops", () => {
  it("are none in the examples", () => {
    assert.deepEqual(dropped(), []);
    assert.deepEqual(droppedByServices(evaluated("ecs-service")), []);
  });

  it("are the checksum, where a version of a zip has none; an image has its digest", () => {
    assert.deepEqual(dropped(SUM), [
      "version Version of Function has no CodeSha256: Lambda does not compare the code with what was tested",
    ]);
    const image = { ...FUNCTION, code: undefined };
    assert.deepEqual(
      droppedByFunctions(WORKLOADS["lambda-container"], evaluated("lambda-container"), [image]),
      [],
    );
  });

  it("are the canary, without the alias, without the version, and without CodeDeploy", () => {
    assert.deepEqual(dropped(SHIFT), [
      `alias Alias of Function has no CodeDeployLambdaAliasUpdate: its traffic ${AT_ONCE}`,
    ]);
    assert.deepEqual(dropped(ALIAS, CALLS), [`function Function has no alias: all its traffic ${AT_ONCE}`]);
    assert.deepEqual(dropped(ALIAS, VERSION, CALLS), [
      `function Function has no version: all its traffic ${AT_ONCE}`,
    ]);
  });

  it("are none of a kind that promises none", () =>
    assert.deepEqual(
      droppedByFunctions(WORKLOADS.serverless, evaluated("lambda-zip", SUM, SHIFT), [FUNCTION]),
      [],
    ));

  it("are of a template of AWS SAM what it says itself: SAM's versions have no checksum", () => {
    const said = (change: (text: string) => string, kind: keyof typeof WORKLOADS = "lambda-zip") => {
      const text = readFileSync(join(__dirname, "../../../fixtures/services/notes/template.yaml"), "utf8");
      return droppedBySam(WORKLOADS[kind], readTemplate(change(text)));
    };
    const sums = ["ApiFunction", "Worker"].map(
      (id) =>
        `the version of ${id} gets no CodeSha256 from SAM: Lambda does not compare the code with what was tested`,
    );
    const [api = "", worker = ""] = sums;
    const atOnce = (id: string) => `function ${id} has no DeploymentPreference: its traffic ${AT_ONCE}`;
    assert.deepEqual(
      said((text) => text),
      [api, worker, atOnce("Worker")],
    );
    assert.deepEqual(
      said((text) => text.replace(/ {6}DeploymentPreference:\n(?: {8}.*\n)+/, "")),
      [...[api, atOnce("ApiFunction"), worker, atOnce("Worker")]],
    );
    assert.deepEqual(
      said((text) => text.replaceAll(/ {6}AutoPublishAlias: live\n/g, "")),
      [
        ...["ApiFunction", "Worker"].map(
          (id) => `function ${id} has no AutoPublishAlias: all its traffic ${AT_ONCE}`,
        ),
      ],
    );
    const shared = (text: string) =>
      text.replace(
        "    MemorySize: 256\n",
        "    PackageType: Image\n    DeploymentPreference: { Type: AllAtOnce }\n",
      );
    assert.deepEqual(said(shared), []);
    assert.deepEqual(
      said((text) => text, "serverless"),
      [],
    );
  });

  it("are ECS's way back, where a service has no circuit breaker that rolls back", () => {
    const line =
      "service Service has no DeploymentCircuitBreaker with Rollback: ECS does not bring the old tasks back when new ones don't start";
    assert.deepEqual(droppedByServices(evaluated("ecs-service", / {8}DeploymentCircuitBreaker: .*\n/)), [
      line,
    ]);
    assert.deepEqual(droppedByServices(evaluated("ecs-service", /, Rollback: true/)), [line]);
  });
});
