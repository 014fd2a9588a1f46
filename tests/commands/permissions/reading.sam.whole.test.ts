import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { needsOf } from "../../../commands/permissions/needs";
import { Refusal } from "../../../commands/refusal";
import type { UseName } from "../../../components/uses/list";
import { using } from "../../../components/uses/using";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { IMAGE, refusals } from "../../components/jobs/judging";
import { SITE } from "../../components/workloads/site";
import { read, SAM, sam } from "./read";

const ROOT = join(__dirname, "../../..");

/** Whether this machine expands SAM. .ci/run installs it, for a run of this file. */
const translates = spawnSync("python3", ["-c", "import samtranslator"]).status === 0;

describe("a template with SAM's types", () => {
  if (!translates) return;

  it("is expanded where python3 has aws-sam-translator, code beside it and all", () => {
    const { resources, notCovered, transforms } = read(
      sam({}, { Image: { Type: "AWS::Serverless::Function", Properties: { PackageType: "Image" } } }),
    );
    assert.deepEqual([notCovered, transforms], [[], [SAM]]);
    assert.deepEqual(resources.map(({ id, type }) => `${id} ${type}`).sort(), [
      "Image AWS::Lambda::Function",
      "ImageRole AWS::IAM::Role",
      "Work AWS::SQS::Queue",
      "Worker AWS::Lambda::Function",
      "WorkerRole AWS::IAM::Role",
      "WorkerWork AWS::Lambda::EventSourceMapping",
    ]);
  });

  const APP = "tests/fixtures/services/lambda-container-app/template.yaml";
  const app = (change = (written: string) => written) => {
    const written = change(readFileSync(join(ROOT, APP), "utf8"));
    const { Parameters, Outputs } = parse(
      written.replaceAll(/!GetAtt (\S+)\.(\w+)/g, '{ "Fn::GetAtt": [$1, $2] }'),
      {
        logLevel: "silent",
      },
    ) as Record<string, unknown>;
    const { resources } = read(written);
    return {
      resources,
      template: { Parameters, Outputs, Resources: Object.fromEntries(resources.map(made)) as object },
    };
  };
  const made = ({ id, type, properties }: ReturnType<typeof read>["resources"][number]) => [
    id,
    { Type: type, Properties: properties },
  ];
  /** What Plan refuses of it, as a container image with these services. */
  const judged = (template: unknown, ...uses: UseName[]) =>
    refusals([
      {
        ...{ template, set: { Changes: [] }, rules: using(lambdaContainer, uses).template },
        parameters: { ImageUri: IMAGE, Release: "run", RolePath: "/" },
      },
    ]);

  it("is released as it is, as a function of an image that SAM makes", async () => {
    const { resources, template } = app();
    assert.deepEqual(resources.map(({ id, type }) => `${id} ${type}`).sort(), [
      "Api AWS::ApiGatewayV2::Api",
      "App AWS::Lambda::Function",
      "AppAliaslive AWS::Lambda::Alias",
      "AppDeploymentGroup AWS::CodeDeploy::DeploymentGroup",
      "AppRole AWS::IAM::Role",
      "AppVersion4010c57984 AWS::Lambda::Version",
      "Hello AWS::ApiGatewayV2::Route",
      "Integration AWS::ApiGatewayV2::Integration",
      "LetApi AWS::Lambda::Permission",
      "Logs AWS::Logs::LogGroup",
      "ServerlessDeploymentApplication AWS::CodeDeploy::Application",
      "Stage AWS::ApiGatewayV2::Stage",
    ]);
    assert.deepEqual(needsOf("lambda-container", SITE, resources), {
      ...{ needs: [], strangers: [] },
      unread: [
        "AppRole (AWS::IAM::Role) asks by AWSLambdaBasicExecutionRole for logs:CreateLogGroup, which no service gives: the boundary takes it away",
      ],
    });
    assert.deepEqual(await judged(template), [[]]);
  });

  it("is refused by Plan with another image than the release's", async () => {
    const { template } = app((written) =>
      written.replace("ImageUri: !Ref ImageUri", "ImageUri: others@sha256:1"),
    );
    assert.deepEqual(await judged(template), [
      [
        `App (AWS::Lambda::Function) runs code that is not of this release ({"ImageUri":"others@sha256:1"}): Code must be {ImageUri: ${IMAGE}} and nothing else`,
      ],
    ]);
  });

  it("has APIs of SAM's own where settings say so: Plan reads their Body", async () => {
    const { template } = app((written) =>
      written.replace(
        "      AutoPublishAlias: live",
        "      Events: { Old: { Type: Api, Properties: { Path: /old, Method: get } } }\n      AutoPublishAlias: live",
      ),
    );
    assert.deepEqual(await judged(template, "restapi"), [
      [
        "ServerlessRestApi (AWS::ApiGateway::RestApi) has Body, which takes uses: [restapi, openapi] in the settings of its pipeline",
      ],
    ]);
    assert.deepEqual(await judged(template, "restapi", "openapi"), [[]]);
  });

  it("is refused with what SAM says of it", () => {
    assert.throws(
      () => read(sam({ Events: { A: { Type: "Nothing", Properties: {} } } })),
      (error) =>
        error instanceof Refusal &&
        /^template\.yaml: SAM refuses it: [^\n]*Worker[^\n]*$/.test(error.message),
    );
  });
});
