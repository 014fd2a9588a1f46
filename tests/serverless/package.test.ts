/** The app's service packaged by the real osls, as Build does it. Needs npm's registry, and what `npm ci` installs in app/. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { parse } from "yaml";
import type { Result } from "../components/jobs/harness";
import { packaging } from "../components/jobs/serverless";

const ROOT = join(__dirname, "../..");
const APP = join(ROOT, "app");
/** Kept, for cfn-lint to look at. */
const RELEASE = join(ROOT, ".out/serverless"); // eslint-disable-line no-restricted-syntax -- no other test has it
const OFFLINE = join(__dirname, "offline.cjs");
const ENVIRONMENTS = ["test", "prod", "qa-eu"];

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };
interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Type: string }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

const template = (environment: string): Template =>
  JSON.parse(readFileSync(join(RELEASE, "templates", `${environment}.json`), "utf8")) as Template;
const ofType = ({ Resources }: Template, type: string): [string, Resource][] => {
  const found = Object.entries(Resources).filter(([, { Type }]) => Type === type);
  assert.ok(found.length > 0, `there is no ${type}`);
  return found;
};
const propertiesOf = (from: Template, type: string) =>
  ofType(from, type).map(([, { Properties }]) => Properties);

describe("app/serverless", () => {
  const work = mkdtempSync(join(tmpdir(), "delivery-serverless-"));
  const notes = join(work, "notes");
  let result: Result;

  before(async () => {
    rmSync(RELEASE, { recursive: true, force: true });
    const machine = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
    const npm = `export PATH="$MACHINE_PATH" HOME="$MACHINE_HOME" NODE_OPTIONS="--require $OFFLINE"\nexec npm "$@"\n`;
    result = await packaging(APP, RELEASE, npm, {
      ...(Object.fromEntries(machine) as Record<string, string>),
      ...{ MACHINE_PATH: process.env["PATH"] ?? "", MACHINE_HOME: homedir(), OFFLINE, NOTES: notes },
      ...{ ENVIRONMENTS: ENVIRONMENTS.join(" "), STACK_PREFIX: "catalog--" },
      ...{ AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "example" },
    });
    assert.equal(result.code, 0, result.output);
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  it("is packaged once for each environment, and nothing is asked over the network", () => {
    const lines = readFileSync(notes, "utf8").trim().split("\n");
    assert.deepEqual(
      lines.filter((line) => line.startsWith("osls ")),
      ENVIRONMENTS.map(() => "osls starts"),
    );
    assert.deepEqual(
      lines.filter((line) => line.endsWith(" connects")),
      [],
    );
  });

  it("would have been seen asking", () => {
    const seen = join(work, "seen");
    const env = { ...process.env, NOTES: seen };
    const ask = "require('node:https').get('https://sts.amazonaws.com')";
    const { status } = spawnSync(process.execPath, ["--require", OFFLINE, "-e", ask], { env });
    assert.deepEqual([status, readFileSync(seen, "utf8")], [1, " starts\n connects\n"]);
  });

  it("has one zip for all environments, with the bundle and nothing else", () => {
    const [sum, ...others] = readdirSync(join(RELEASE, "code")).map((name) => name.replace(/\.zip$/, ""));
    assert.ok(sum !== undefined && others.length === 0);
    assert.deepEqual(result.exported, { CODE_DIGEST: `sha256:${sum}` });
    const zip = readFileSync(join(RELEASE, "code", `${sum}.zip`));
    const directory = zip.subarray(zip.readUInt32LE(zip.length - 6)); // the end record's offset of the central directory
    assert.equal(zip.readUInt16LE(zip.length - 12), 1);
    assert.equal(directory.toString("utf8", 46, 46 + directory.readUInt16LE(28)), "dist/index.js");
    const data = 30 + zip.readUInt16LE(26) + zip.readUInt16LE(28);
    assert.ok(
      inflateRawSync(zip.subarray(data, data + directory.readUInt32LE(20))).equals(
        readFileSync(join(APP, "dist/index.js")),
      ),
    );
    for (const environment of ENVIRONMENTS) {
      const made = template(environment);
      assert.deepEqual(
        propertiesOf(made, "AWS::Lambda::Function").map(({ Code }) => Code),
        [{ S3Bucket: { Ref: "CodeBucket" }, S3Key: { "Fn::Sub": `\${CodePrefix}${sum}.zip` } }],
      );
      assert.deepEqual(
        propertiesOf(made, "AWS::Lambda::Version").map(({ CodeSha256 }) => CodeSha256),
        [Buffer.from(sum, "hex").toString("base64")],
      );
    }
  });

  it("begins every name with the stack's, and sets by stage what differs", () => {
    const differing = ENVIRONMENTS.map((environment) => {
      const made = template(environment);
      const [api] = propertiesOf(made, "AWS::Lambda::Function");
      return [
        api?.["FunctionName"],
        propertiesOf(made, "AWS::ApiGatewayV2::Api").map(({ Name }) => Name),
        propertiesOf(made, "AWS::Logs::LogGroup").map((group) => [group["LogGroupName"], group["RetentionInDays"]]),
        (api?.["LoggingConfig"] as { ApplicationLogLevel: string }).ApplicationLogLevel,
      ]; // prettier-ignore
    });
    const expected = (environment: string, days: number, level: string): unknown => [
      `catalog--${environment}-api`,
      [`catalog--${environment}-api`],
      [
        [`/aws/lambda/catalog--${environment}-api`, days],
        [{ "Fn::Sub": "${AWS::StackName}-access" }, days],
      ],
      level,
    ];
    assert.deepEqual(differing, [
      expected("test", 14, "DEBUG"),
      expected("prod", 365, "INFO"),
      expected("qa-eu", 30, "INFO"),
    ]);
  });

  it("takes what the pipeline gives, and says where it answers", () => {
    for (const environment of ENVIRONMENTS) {
      const { Parameters, Outputs } = template(environment);
      assert.deepEqual(
        Object.entries(Parameters).map(([name, { Type }]) => [name, Type]),
        ["CodeBucket", "CodePrefix", "Release", "PermissionsBoundaryArn", "RolePath"].map((name) => [name, "String"]),
      ); // prettier-ignore
      assert.deepEqual(Outputs["Endpoint"]?.Value, { "Fn::GetAtt": ["HttpApi", "ApiEndpoint"] });
      assert.ok(!JSON.stringify(template(environment)).includes("ServerlessDeploymentBucket"));
    }
  });

  it("has the table, the routes, the role and the function's settings of template.yaml", () => {
    const plain = parse(readFileSync(join(APP, "template.yaml"), "utf8"), { logLevel: "silent" }) as Template;
    const made = template("prod");
    assert.deepEqual(ofType(made, "AWS::DynamoDB::Table"), ofType(plain, "AWS::DynamoDB::Table"));
    const routes = (from: Template) =>
      propertiesOf(from, "AWS::ApiGatewayV2::Route").map((r) => r["RouteKey"]);
    assert.deepEqual(routes(made).sort(), routes(plain).sort());
    const statements = (from: Template) =>
      propertiesOf(from, "AWS::IAM::Role").map(({ Policies }) =>
        (Policies as { PolicyDocument: { Statement: { Sid: string; Action: string[] }[] } }[]).flatMap((policy) =>
          policy.PolicyDocument.Statement.map(({ Sid, Action }) => [Sid, Action]),
        ),
      ); // prettier-ignore
    assert.deepEqual(statements(made), statements(plain));
    const settings = (from: Template) =>
      propertiesOf(from, "AWS::Lambda::Function").map((f) => {
        const { Variables } = f["Environment"] as { Variables: object };
        return [
          f["Architectures"],
          f["MemorySize"],
          f["Timeout"],
          f["TracingConfig"],
          Object.keys(Variables),
        ];
      });
    assert.deepEqual(settings(made), settings(plain));
  });

  it("makes another version of the function for other code, and the same one for the same", () => {
    const version = (name: string, more: string): string | undefined => {
      const service = join(work, name, "serverless");
      mkdirSync(service, { recursive: true });
      mkdirSync(join(work, name, "dist"));
      for (const file of ["package.json", "serverless.yml"])
        copyFileSync(join(APP, "serverless", file), join(service, file));
      symlinkSync(join(APP, "serverless/node_modules"), join(service, "node_modules"));
      copyFileSync(join(APP, "dist/index.js"), join(work, name, "dist/index.js"));
      if (more !== "") appendFileSync(join(work, name, "dist/index.js"), more);
      const out = join(work, name, "out");
      const args = ["--stage", "prod", "--param", "stackName=catalog--prod", "--package", out];
      execFileSync("npm", ["--prefix", service, "run", "package", "--", ...args], { stdio: "ignore" });
      const file = join(out, "cloudformation-template-update-stack.json");
      const made = JSON.parse(readFileSync(file, "utf8")) as Template;
      return ofType(made, "AWS::Lambda::Version")[0]?.[0];
    };
    const released = ofType(template("prod"), "AWS::Lambda::Version")[0]?.[0];
    assert.equal(version("same", ""), released);
    assert.notEqual(version("other", "\n// other code\n"), released);
  });
});
