/** A service of AWS SAM: Build runs its `sam build` for real where this machine has it, as `.ci/run` has (PyPI's aws-sam-cli). */
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { unzipSync } from "fflate";
import { parse } from "yaml";
import { needsOf } from "../../../commands/permissions/needs";
import { readAny } from "../../../commands/permissions/reading";
import type { UseName } from "../../../components/uses/list";
import { using } from "../../../components/uses/using";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { SITE } from "../workloads/site";
import { emptyFolder } from "../../folders";
import { build } from "./inputs";
import { BUCKET, CODES, FILES, refusals } from "./judging";
import { worldOf } from "./kinds";

const SERVICE = join(__dirname, "../../fixtures/services/notes");
const SAM = "AWS::Serverless-2016-10-31";
const textOf = (name: string): string => readFileSync(join(SERVICE, name), "utf8");

const sam = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "sam"))
  .find(existsSync);

/** Build of it, in a folder of its own. */
async function built() {
  const folder = emptyFolder();
  cpSync(SERVICE, join(folder, "app"), { recursive: true });
  // The job's own path has no sam of this machine.
  const delivery = textOf("delivery.yaml")
    .replace("[sam build", `[$SAM build`)
    .replace("SAM_CLI", `SAM: ${sam}, SAM_CLI`);
  writeFileSync(join(folder, "app/delivery.yaml"), delivery);
  const world = worldOf(lambdaZip);
  world.template = { ...world.template, transforms: [SAM] };
  const result = await build(world, { TRANSFORMS: SAM }, folder, lambdaZip);
  assert.equal(result.code, 0, result.output);
  const digest = (result.exported["CODE_DIGEST"] ?? "").replace("sha256:", "");
  const release = join(folder, "delivery-release");
  const zip = unzipSync(readFileSync(join(release, `code/${digest}.zip`)));
  return { folder, digest, zip, template: readFileSync(join(release, "template.yaml"), "utf8") };
}

describe("a service of AWS SAM", () => {
  it("has sam build make the code of all functions of the template, which run what build.yaml says", () => {
    const { Resources } = parse(textOf("build.yaml")) as {
      Resources: { Code: { Properties: Record<"CodeUri" | "Runtime", string> } };
    };
    const { CodeUri, Runtime } = Resources.Code.Properties;
    assert.match(textOf("template.yaml"), new RegExp(`^    Runtime: ${Runtime}$`, "m"));
    const handlers = [...textOf("template.yaml").matchAll(/^ +Handler: (\w+)\.(\w+)$/gm)];
    assert.equal(handlers.length, 2);
    for (const [, file, handler] of handlers)
      assert.match(textOf(`${CodeUri}/${file}.js`), new RegExp(`^exports\\.${handler} = `, "m"));
  });

  // .ci/run installs it, for a run of this file.
  if (sam === undefined) return;

  it("is built by sam build, into a zip that holds the code and nothing of the folder that it was built in", async () => {
    const { folder, zip, template } = await built();
    assert.deepEqual(Object.keys(zip).sort(), ["answer.js", "notes.js"]);
    for (const [name, content] of Object.entries(zip)) {
      assert.equal(Buffer.from(content).toString(), textOf(`src/${name}`));
      assert.ok(!Buffer.from(content).includes(folder));
    }
    // What sam build writes of build.yaml is not what is deployed.
    assert.equal(template, textOf("template.yaml"));
  });

  it("has the same digest wherever and whenever it is built", async () => {
    const [one, other] = [await built(), await built()];
    assert.notEqual(one.folder, other.folder);
    assert.match(one.digest, /^[0-9a-f]{64}$/);
    assert.equal(one.digest, other.digest);
  });

  it("is taken by Plan as SAM expands it, with the services of its queue and API, and refused with a CodeUri of its own", async () => {
    const expanded = (written: string) => {
      const path = join(emptyFolder(), "template.yaml");
      writeFileSync(path, written);
      const { resources, notCovered } = readAny(path, "template.yaml");
      assert.deepEqual(notCovered, []);
      const { Parameters, Outputs } = parse(
        written.replaceAll(/!GetAtt (\S+)\.(\w+)/g, '{ "Fn::GetAtt": [$1, $2] }'),
        {
          logLevel: "silent",
        },
      ) as Record<string, unknown>;
      const Resources = Object.fromEntries(
        resources.map(({ id, type, properties }) => [id, { Type: type, Properties: properties }]),
      );
      return { resources, template: { Parameters, Outputs, Resources } };
    };
    const judged = async (template: unknown, uses: readonly UseName[] = ["sqs", "openapi"]) =>
      (
        await refusals([
          {
            ...{ template, set: { Changes: [] }, rules: using(lambdaZip, uses).template },
            parameters: {
              CodeBucket: BUCKET,
              CodeKey: `${FILES}code/${CODES[0]}.zip`,
              Release: "run",
              RolePath: "/",
            },
          },
        ])
      )[0] ?? [];
    const { resources, template } = expanded(textOf("template.yaml"));
    assert.deepEqual(await judged(template), []);
    const { needs, strangers } = needsOf("lambda-zip", SITE, resources);
    assert.deepEqual(
      [[...new Set(needs.flatMap(({ oneOf }) => oneOf))], strangers],
      [["sqs", "openapi"], []],
    );
    const own = textOf("template.yaml").replace(
      "{ Bucket: !Ref CodeBucket, Key: !Ref CodeKey }",
      "s3://others/code.zip",
    );
    assert.deepEqual(
      (await judged(expanded(own).template)).map((line) => line.replace(/ \(\{.*/, "")),
      ["ApiFunction", "Worker"].map(
        (id) => `${id} (AWS::Lambda::Function) runs code that is not of this release`,
      ),
    );
    assert.deepEqual(await judged(template, ["sqs"]), [
      "ServerlessHttpApi (AWS::ApiGatewayV2::Api) has Body, which takes uses: [sqs, openapi] in the settings of its pipeline",
    ]);
    // A REST API beside it, of Api events.
    const withRest = textOf("template.yaml").replace(
      "        Waiting: { Type: SQS",
      "        Rest: { Type: Api, Properties: { Path: '/jobs/{id}', Method: post } }\n        Waiting: { Type: SQS",
    );
    const { template: rest } = expanded(withRest);
    assert.deepEqual(await judged(rest, ["sqs", "restapi", "openapi"]), []);
    assert.ok(
      (await judged(rest)).some((line) =>
        line.startsWith("ServerlessRestApi (AWS::ApiGateway::RestApi) has a type"),
      ),
    );
  });
});
