import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { packaging } from "./serverless";
import { whole } from "../../whole/sample";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const COMPILED = readFileSync(join(__dirname, "serverless.template.json"), "utf8");
const TEMPLATE = "cloudformation-template-update-stack.json";

/** An `npm` that puts a folder of its stage in the place that it is told, and writes down how it was called. */
const NPM = `
{ printf '%s ' "$@" | sed "s:$TMPDIR[^ ]*/:TMP/:"; echo; env | grep ^AWS_ | sed "s:$TMPDIR[^ ]*/:TMP/:" | sort; } >> "$PWD/called"
[[ -e $PACKAGES/$5 ]] || { echo "npm error Missing script" >&2; exit 1; }
cp -r "$PACKAGES/$5" "\${@: -1}"
`;

/** The compiled template for another stage. */
const compiled = (stage: string): string => COMPILED.replaceAll("shop--test", `shop--${stage}`);

interface Case {
  readonly packages: Readonly<Record<string, string>>;
  readonly environments?: string;
  readonly variables?: Readonly<Record<string, string>>;
}
async function packaged({ packages, environments = "test prod", variables = {} }: Case) {
  const service = folderWith({ "serverless.yml": "" });
  const release = join(service, "delivery-release");
  const given = { PACKAGES: folderWith(packages), ENVIRONMENTS: environments, STACK_PREFIX: "shop--" };
  const result = await packaging(service, release, NPM, { ...given, ...variables });
  return { ...result, release, called: join(service, "called") };
}
const same = (...stages: string[]): Record<string, string> =>
  Object.fromEntries(
    stages.flatMap((stage) => [
      [`${stage}/${TEMPLATE}`, compiled(stage)],
      [`${stage}/shop.zip`, "the code"],
    ]),
  );

/** The line that the job ends with, and the lines below it. */
const failure = ({ output, code }: { output: string; code: number }): string => {
  assert.equal(code, 1, output);
  return output.split("error: ").slice(1).join("error: ").trim();
};

describe("serverless.sh", () => {
  it("packages once per environment and puts one template for each and the code once into the release", async () => {
    const result = await packaged({ packages: same("test", "prod") });
    assert.equal(result.code, 0, result.output);
    assert.equal(result.output, "packages the service for test\npackages the service for prod\n");
    assert.deepEqual(result.exported, { CODE_DIGEST: `sha256:${hash("the code")}` });
    assert.deepEqual(readdirSync(join(result.release, "code")), [`${hash("the code")}.zip`]);
    assert.deepEqual(readdirSync(join(result.release, "templates")).sort(), ["prod.json", "test.json"]);
    assert.equal(readFileSync(join(result.release, "code", `${hash("the code")}.zip`), "utf8"), "the code");
    for (const stage of ["test", "prod"]) {
      const { Resources } = JSON.parse(
        readFileSync(join(result.release, "templates", `${stage}.json`), "utf8"),
      ) as { Resources: { HelloLambdaFunction: { Properties: Record<string, unknown> } } };
      const { Code, FunctionName } = Resources.HelloLambdaFunction.Properties;
      assert.deepEqual(Code, {
        S3Bucket: { Ref: "CodeBucket" },
        S3Key: { "Fn::Sub": `\${CodePrefix}${hash("the code")}.zip` },
      });
      assert.equal(FunctionName, `shop--${stage}-hello`);
    }
  });

  it("gives npm the stage and the stack's name, and none of Build's rights", async () => {
    const rights = [
      "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "DEFAULT_PROFILE", "ROLE_ARN", "WEB_IDENTITY_TOKEN_FILE",
      "CONTAINER_CREDENTIALS_RELATIVE_URI", "CONTAINER_CREDENTIALS_FULL_URI", "CONTAINER_AUTHORIZATION_TOKEN",
      "CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ]; // prettier-ignore
    const variables = Object.fromEntries(rights.map((name) => [`AWS_${name}`, "given"]));
    const result = await packaged({ packages: same("qa-eu"), environments: "qa-eu", variables });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(readFileSync(result.called, "utf8").trim().split("\n"), [
      "run package -- --stage qa-eu --region eu-west-1 --param stackName=shop--qa-eu --package TMP/package-qa-eu ",
      "AWS_CONFIG_FILE=TMP/config",
      "AWS_EC2_METADATA_DISABLED=true",
      "AWS_MAX_ATTEMPTS=6",
      "AWS_PAGER=",
      "AWS_REGION=eu-west-1",
      "AWS_RETRY_MODE=standard",
      "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
    ]);
  });

  whole(
    "sums up several zips in one checksum, whatever they are called, and keeps equal ones once",
    async () => {
      const zips = { "a.zip": "second", "shop.zip": "first", "z.zip": "second" };
      const packages = Object.fromEntries([
        ...Object.entries(same("test", "prod")),
        ...["test", "prod"].flatMap((stage) =>
          Object.entries(zips).map(([name, text]) => [`${stage}/${name}`, text]),
        ),
        ["prod/a.zip", "first"],
      ]) as Record<string, string>;
      const result = await packaged({ packages });
      const sums = ["first", "second"].map(hash).sort();
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(result.exported, { CODE_DIGEST: `sha256:${hash(`${sums.join("\n")}\n`)}` });
      assert.deepEqual(
        readdirSync(join(result.release, "code")).sort(),
        sums.map((sum) => `${sum}.zip`),
      );
    },
  );

  whole("refuses code that differs by stage, and names the zips that do", async () => {
    const packages = { ...same("test", "prod"), "test/both.zip": "both", "prod/both.zip": "both" };
    const [changed, more, fewer] = await Promise.all([
      packaged({ packages: { ...packages, "prod/shop.zip": "other code" } }),
      packaged({ packages: { ...packages, "prod/more.zip": "more", "prod/twice.zip": "more" } }),
      packaged({ packages: { ...packages, "test/more.zip": "more", "test/twice.zip": "more" } }),
    ]);
    const rest = "Every environment gets the same code: give it what differs by environment variables";
    assert.equal(failure(changed), `the code of test and prod differs: shop.zip. ${rest}`);
    for (const result of [more, fewer])
      assert.equal(failure(result), `the code of test and prod differs: more.zip twice.zip. ${rest}`);
  });

  whole("says what to do when the service can't be packaged, or something else is made of it", async () => {
    const broken = { ...same("test"), "prod/serverless-state.json": "{}" };
    const [failed, empty, text] = await Promise.all([
      packaged({ packages: same("test") }),
      packaged({ packages: broken }),
      packaged({ packages: { ...same("prod"), [`test/${TEMPLATE}`]: "[" } }),
    ]);
    assert.equal(
      failure(failed),
      "'npm run package' ended with exit code 1 for stage prod: see the lines above. It has no AWS rights, so nothing that it packages " +
        "may ask AWS: no ${aws:...}, no ${ssm:...}, no layers",
    );
    assert.match(failed.output, /^npm error Missing script$/m);
    assert.ok(!existsSync(failed.release));
    assert.equal(
      failure(empty),
      `'npm run package' wrote no ${TEMPLATE} for stage prod: it must run 'osls package' with the arguments that it is given`,
    );
    assert.match(
      text.output,
      new RegExp(`\nerror: ${TEMPLATE} of stage test is not a template: see the line above\n$`),
    );
  });

  whole("names what can't be deployed, all of a template's at once", async () => {
    const template = compiled("prod").replace('"Path"', '"Way"').replaceAll("HttpApiUrl", "ApiUrl");
    const packages = { ...same("test", "prod"), [`prod/${TEMPLATE}`]: template };
    assert.deepEqual(failure(await packaged({ packages })).split("\n"), [
      "what is packaged for prod can't be deployed:",
      "Role (AWS::IAM::Role) must have Path: !Ref RolePath and PermissionsBoundary: !Ref PermissionsBoundaryArn",
      "there is no output Endpoint, HttpApiUrl or ServiceEndpoint, which the next steps ask for: add resources.Outputs.Endpoint",
    ]); // prettier-ignore
  });

  it("refuses a service without code", async () => {
    const template = JSON.parse(compiled("test")) as { Resources: Record<string, unknown> };
    delete template.Resources["HelloLambdaFunction"];
    const result = await packaged({
      packages: { [`test/${TEMPLATE}`]: JSON.stringify(template) },
      environments: "test",
    });
    assert.equal(
      failure(result),
      "osls packaged no code: serverless.yml must have a function with a handler",
    );
  });
});
