/**
 * A service that uses a queue and a secret, as each kind of workload: the sample's templates with both, and the code of
 * tests/fixtures/services/parcels. What it answers has gone through the queue, and was signed with the secret.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import type { Values } from "../../stacks/settingsSample";
import type { Tree } from "../system/repository";
import type { Scenario } from "./scenario";
import { version } from "./service";
import { PROD, TEST } from "./zip";

/** What its pipelines' settings say. */
export const USES: Values = { uses: ["secretsmanager", "sqs"] };

const SOURCES = ["aws.js", "parcels.js", "index.js", "server.js"];

const indented = (depth: number, text: string): string =>
  text.replace(/^(?=.)/gm, " ".repeat(depth)).replace(/^\n/, "");

const RESOURCES = `
Orders: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60 } }
Key:
  Type: AWS::SecretsManager::Secret
  Properties:
    Name: !Sub "\${AWS::StackName}-key"
    GenerateSecretString: { PasswordLength: 32 }
`;
const MAPPED = `${RESOURCES}Work:
  Type: AWS::Lambda::EventSourceMapping
  Properties: { EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Alias }
`;
const STATEMENTS = `
- Sid: UseQueue
  Effect: Allow
  Action: [sqs:SendMessage, sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes]
  Resource: !GetAtt Orders.Arn
- Sid: ReadKey
  Effect: Allow
  Action: secretsmanager:GetSecretValue
  Resource: !Ref Key
`;
const VARIABLES = `
QUEUE: !Ref Orders
KEY: !Ref Key
`;

/** Puts a text behind a line that is there once. */
function behind(template: string, line: RegExp, text: string): string {
  const found = template.match(new RegExp(line, "gm")) ?? [];
  assert.equal(found.length, 1, `${line.source} is there ${found.length} times`);
  return template.replace(new RegExp(line, "m"), (all) => `${all}${text}`);
}

const changed = (template: string, ...all: readonly (readonly [RegExp, string])[]): string =>
  all.reduce((text, [line, more]) => behind(text, line, more), template);

const ofFunction = (template: string): string =>
  changed(
    template,
    [/^Resources:\n/, indented(2, MAPPED)],
    [/^ {12}Statement:\n/, indented(14, STATEMENTS)],
    [/^ {8}Variables:\n/, indented(10, VARIABLES)],
  );

/** By file below `app/`: each kind's template. */
const TEMPLATES: Readonly<Record<string, (template: string) => string>> = {
  "template.yaml": ofFunction,
  "lambda-zip/template.yaml": ofFunction,
  "ecs-service/template.yaml": (template) =>
    changed(
      template.replace(/ {10}Secrets: !If\n[^]*?(?= {10}LogConfiguration:)/, ""),
      [/^Resources:\n/, indented(2, RESOURCES)],
      [/^ {12}- \{ Name: PORT, .*\n/, indented(12, "- { Name: QUEUE, Value: !Ref Orders }\n")],
      [
        /^ {10}ReadonlyRootFilesystem: true\n/,
        indented(10, "Secrets: [{ Name: KEY, ValueFrom: !Ref Key }]\n"),
      ],
    ),
  "serverless/serverless.yml": (template) =>
    changed(
      template.replace("../dist/index.js", "../dist/**"),
      [/^ {2}Resources:\n/, indented(4, RESOURCES)],
      [/^ {6}- httpApi: GET .*\n/, "      - sqs: { arn: !GetAtt Orders.Arn }\n"],
      [/^ {14}Statement:\n/, indented(16, STATEMENTS)],
      [/^ {4}environment:\n/, indented(6, VARIABLES)],
    ),
};

/** A sample's template with both. */
function template(file: string): Tree {
  const change = TEMPLATES[file] ?? assert.fail(file);
  return { [`app/${file}`]: change(readFileSync(join(ROOT, "app", file), "utf8")) };
}

function code(number: number): Tree {
  const files = SOURCES.map((file) => {
    const text = readFileSync(join(ROOT, "tests/fixtures/services/parcels", file), "utf8");
    return [`app/${file}`, text] as const;
  });
  return { ...Object.fromEntries(files), "app/version.json": JSON.stringify({ version: number }) };
}

/** A command that puts its code into a folder. */
export const copied = (folder: string): string =>
  `mkdir -p ${folder} && cp ${SOURCES.join(" ")} version.json ${folder}/`;

/** A version of its function in a zip, without what npm needs. */
export const parcelsInZip = (number: number): Tree => ({
  ...code(number),
  ...template("lambda-zip/template.yaml"),
});

/** A version of it as every other kind; another number is other code. */
export function parcels(number: number): Tree {
  const tree = version(number);
  const about = JSON.parse(tree["app/package.json"] ?? "{}") as { readonly scripts: object };
  const bundle = `${copied("dist")} && ${copied("dist-server")}`;
  return {
    ...tree,
    ...code(number),
    "app/package.json": JSON.stringify({ ...about, scripts: { ...about.scripts, bundle } }),
    ...Object.fromEntries(Object.keys(TEMPLATES).flatMap((file) => Object.entries(template(file)))),
  };
}

const sum = (text: string): string => createHash("sha256").update(text).digest("hex");

const ACCOUNTS = { test: TEST, prod: PROD };
type Of<T> = Readonly<Record<keyof typeof ACCOUNTS, T>>;

async function inEach<T>(of: (environment: keyof typeof ACCOUNTS) => Promise<T>): Promise<Of<T>> {
  return { test: await of("test"), prod: await of("prod") };
}

/** Far more often than it takes: without it, a queue that nobody reads would be asked for ever. */
const ASKED = 1000;

/** What each environment answers, once what it was asked for has come through the queue. */
export const delivered = (it: Scenario): Promise<Of<string>> =>
  inEach(async (environment) => {
    let said = await it.says(environment);
    for (let asked = 1; asked < ASKED && said === "202 ordered"; asked++) said = await it.says(environment);
    return said;
  });

/** What they have to answer: a version in each, signed with the secret that the stack has made in this account. */
export const signed = (it: Scenario, versions: Of<number>): Promise<Of<string>> =>
  inEach(async (environment) => {
    const SecretId = `${it.name}--${environment}-key`;
    const { SecretString } = (await it.system.aws.request(
      ACCOUNTS[environment],
      "secretsmanager",
      "GetSecretValue",
      { SecretId },
    )) as { readonly SecretString: string };
    assert.equal(SecretString.length, 32);
    return `200 version ${versions[environment]} signed ${sum(SecretString).slice(0, 12)}`;
  });
