/** A service of AWS SAM: its own `sam build`, a template that CloudFormation expands, and an API of an OpenAPI document. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { GetTemplateCommand, type TemplateStage } from "@aws-sdk/client-cloudformation";
import { map } from "../../../packages/iam/src/json";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import { installSam } from "../aws/sam";
import { tools } from "../aws/tools";
import { stackOf } from "../system/state";
import type { Tree } from "../system/repository";
import { WHOLE } from "../whole";
import { made, RELEASED, updated, WAITS } from "./expected";
import { type Scenario, scenario, scenarios } from "./scenario";
import { PROD, TEST, zipRecord } from "./zip";

const SERVICES = join(ROOT, "tests/fixtures/services");
const FILES = [
  "build.yaml",
  "delivery.yaml",
  "template.yaml",
  "src/answer.js",
  "src/notes.js",
  "tests/unit.js",
];
const SETTINGS = {
  template: "template.yaml",
  transforms: ["AWS::Serverless-2016-10-31"],
  uses: ["sqs", "openapi"],
};

/** What the functions ask by: Lambda's runtime has an SDK, and this machine has not. */
const SDK = `const { call } = require("./aws");
const named = (service, operation) => function (input) { Object.assign(this, { service, operation, input }); };
class Client { send({ service, operation, input }) { return call(service, operation, input); } }
module.exports = {
  DynamoDBClient: Client, SQSClient: Client,
  PutItemCommand: named("dynamodb", "PutItem"), ScanCommand: named("dynamodb", "Scan"),
  SendMessageCommand: named("sqs", "SendMessage"),
};
`;

function replaced(written: string, from: string | RegExp, to: string): string {
  const found = written.replace(from, to);
  assert.notEqual(found, written, String(from));
  return found;
}

/** As it is, but nothing in a container reaches the internet: what it says is asked for below. */
function notes(): Tree {
  const own = Object.fromEntries(
    FILES.map((name) => [name, readFileSync(join(SERVICES, "notes", name), "utf8")]),
  );
  const files: Tree = {
    ...own,
    "delivery.yaml": replaced(own["delivery.yaml"] ?? "", "tests/verify.js", "tests/unit.js"),
    "src/notes.js": replaced(own["src/notes.js"] ?? "", /"@aws-sdk\/client-\w+"/g, '"./sdk"'),
    "src/aws.js": readFileSync(join(SERVICES, "parcels/aws.js"), "utf8"),
    "src/sdk.js": SDK,
  };
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`app/${name}`, content]));
}

/** The next version: its API has one route more, and its answer says how many notes there are. */
function counting(): Tree {
  const tree = notes();
  return {
    ...tree,
    "app/template.yaml": replaced(
      tree["app/template.yaml"] ?? "",
      /^ {8}Notes: \{ Type: HttpApi, .*\n/m,
      "$&        Count: { Type: HttpApi, Properties: { Path: /count, Method: get } }\n",
    ),
    "app/src/notes.js": replaced(
      tree["app/src/notes.js"] ?? "",
      "{ release, notes:",
      "{ release, count: Items.length, notes:",
    ),
  };
}

const ACCOUNTS = { test: TEST, prod: PROD };
type Environment = keyof typeof ACCOUNTS;
const ENVIRONMENTS = ["test", "prod"] as const;
const NOT_FOUND = '404 {"message":"Not Found"}';

/** Writes a note, and says what is answered. */
async function write(it: Scenario, environment: Environment, note: string): Promise<string> {
  const found = await stackOf(it.system, ACCOUNTS[environment], `catalog--${environment}`);
  const endpoint = found?.Outputs?.find(({ OutputKey }) => OutputKey === "Endpoint")?.OutputValue ?? "none";
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "text/plain" };
    const asked = request(`${endpoint}/notes`, { method: "POST", headers, agent: it.system.aws.agent() });
    asked.on("response", (answer) => {
      text(answer).then((body) => resolve(`${answer.statusCode} ${body}`), reject);
    });
    asked.on("error", reject);
    asked.end(note);
  });
}

/** What it lists once a note has come through the queue: a thousand questions are far more than that takes. */
async function listed(
  it: Scenario,
  environment: Environment,
  note: string,
  path = "/notes",
): Promise<string> {
  let said = await it.says(environment, path);
  for (let asked = 1; asked < 1000 && !said.includes(note); asked++) said = await it.says(environment, path);
  return said;
}

async function templateOf(it: Scenario, environment: Environment, stage: TemplateStage): Promise<string> {
  const { TemplateBody = "" } = await it.system.aws
    .cloudFormation(ACCOUNTS[environment])
    .send(new GetTemplateCommand({ StackName: `catalog--${environment}`, TemplateStage: stage }));
  return TemplateBody;
}

/** Types by logical id, as CloudFormation has expanded the template. */
async function expanded(it: Scenario, environment: Environment): Promise<Readonly<Record<string, string>>> {
  const { Transform, Resources } = JSON.parse(await templateOf(it, environment, "Processed")) as {
    readonly Transform?: unknown;
    readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
  };
  assert.equal(Transform, undefined);
  return Object.fromEntries(Object.entries(Resources).map(([id, { Type }]) => [id, Type]));
}

const versions = (types: Readonly<Record<string, string>>): string[] =>
  Object.keys(types).filter((id) => types[id] === "AWS::Lambda::Version");

/** Imports of documents that CloudFormation has asked for, as `account action path`. */
const imports = (it: Scenario): string[] =>
  it.system.aws
    .calls()
    .filter(({ service }) => service === "cloudformation")
    .flatMap(({ account, asked }) =>
      asked
        .filter(({ action, resource }) => action === "apigateway:PUT" && !resource.includes("/tags/"))
        .map(
          ({ resource }) =>
            `${account} PUT ${resource.replace(/^.*::/, "").replace(/^\/apis\/.*/, "/apis/ID")}`,
        ),
    );

scenarios("a service of AWS SAM", () => {
  if (!WHOLE) return;
  it("is built by sam build, expanded, released to prod and updated, its API answers with the routes of its document, and what SAM refuses is not released", async function () {
    const found = tools();
    const skipped = "skipped" in found ? found.skipped : installSam(found.python);
    if (skipped !== undefined) {
      console.log(`release: no service of AWS SAM, ${skipped}`);
      return this.skip();
    }
    await scenario("sam", await zipRecord(SETTINGS), async (it) => {
      const first = await it.push(notes());
      assert.deepEqual(it.attempts(first), WAITS, it.log("catalog-build"));
      await it.decide("Approved");
      assert.deepEqual(it.attempts(first), RELEASED);
      assert.deepEqual(await it.environments(), { test: made(first.id), prod: made(first.id) });
      for (const environment of ENVIRONMENTS) {
        assert.equal(await it.says(environment, "/notes"), `200 {"release":"${first.id}","notes":[]}`);
        assert.equal(await it.says(environment, "/count"), NOT_FOUND);
        assert.equal(await write(it, environment, `milk of ${environment}`), `202 {"release":"${first.id}"}`);
        assert.equal(
          await listed(it, environment, "milk"),
          `200 {"release":"${first.id}","notes":["milk of ${environment}"]}`,
        );
      }
      assert.deepEqual(
        map(JSON.parse(await templateOf(it, "prod", "Original")))["Transform"],
        SETTINGS.transforms[0],
      );
      const before = await expanded(it, "prod");
      assert.deepEqual(
        Object.entries(before).filter(
          ([id, type]) => id.startsWith("ServerlessHttpApi") || /Serverless::/.test(type),
        ),
        [
          ["ServerlessHttpApi", "AWS::ApiGatewayV2::Api"],
          ["ServerlessHttpApiApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage"],
        ],
      );
      assert.deepEqual(imports(it), [`${TEST} PUT /apis`, `${PROD} PUT /apis`]);

      const second = await it.push(counting());
      assert.deepEqual(it.attempts(second), WAITS);
      assert.equal(await it.says("prod", "/count"), NOT_FOUND);
      await it.decide("Approved");
      assert.deepEqual(it.attempts(second), RELEASED);
      assert.deepEqual(await it.environments(), { test: updated(second.id), prod: updated(second.id) });
      for (const environment of ENVIRONMENTS)
        for (const path of ["/notes", "/count"])
          assert.equal(
            await it.says(environment, path),
            `200 {"release":"${second.id}","count":1,"notes":["milk of ${environment}"]}`,
          );
      const after = versions(await expanded(it, "prod"));
      assert.equal(after.length, 2);
      assert.deepEqual(
        after.filter((id) => id in before),
        [],
      );
      assert.deepEqual(imports(it).slice(2), [`${TEST} PUT /apis/ID`, `${PROD} PUT /apis/ID`]);

      const refused = await it.push({
        ...counting(),
        "app/template.yaml": replaced(notes()["app/template.yaml"] ?? "", "Type: HttpApi", "Type: Unknown"),
      });
      assert.deepEqual(it.attempts(refused).slice(2), ["Deploy-test/Deploy Failed"]);
      assert.match(
        it.log("catalog--test-release-job", "FAILED"),
        /Transform AWS::Serverless-2016-10-31 failed with: .*\[ApiFunction\] is invalid\./,
      );
      // Deploy-test was rolled back to what it had.
      assert.match(await it.says("test", "/count"), /^200 .*"count":1,/);
      assert.deepEqual((await it.environments()).prod, updated(second.id));
    });
  });
});
