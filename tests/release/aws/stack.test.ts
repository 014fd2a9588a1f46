/** A stack through AWS's own CLI: made from a change set, updated, and refused what its execution role may not. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync, strToU8 } from "fflate";
import { map } from "../../../packages/iam/src/json";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import { stacksOf } from "../../../rehearsal/bringUp/stacksOf";
import { ofType, type Rehearsed } from "../../../rehearsal/record/record";
import type { Aws, Session } from "../model";
import { startAws } from "./start";
import { tools } from "./tools";

const found = tools();
const PROD = "333333333333";
const STACK = "catalog--prod";
const SOURCE = `exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify({ release: process.env.RELEASE, event }) });`;

/** The project's own settings, with the service in a zip. */
function zipSettings(): string {
  const folder = mkdtempSync(join(tmpdir(), "delivery-settings-"));
  for (const name of readdirSync(ROOT).filter((each) => /^Pulumi\..*yaml$/.test(each)))
    cpSync(join(ROOT, name), join(folder, name));
  const file = join(folder, "Pulumi.tooling.yaml");
  const text = readFileSync(file, "utf8");
  const zip = text.replace(
    "workload: lambda-container",
    "workload: lambda-zip\n      template: lambda-zip/template.yaml",
  );
  assert.notEqual(zip, text);
  writeFileSync(file, zip);
  return folder;
}

/** The record without one action in every statement of one role. */
const without = (record: Rehearsed, role: string, action: string): Rehearsed =>
  record.map((run) => ({
    ...run,
    resources: run.resources.map((resource) => {
      if (resource.type !== "aws:iam/rolePolicy:RolePolicy" || resource.inputs["role"] !== role)
        return resource;
      const { policy } = resource.inputs;
      const text = typeof policy === "string" ? policy : JSON.stringify(policy);
      assert.ok(text.includes(`"${action}"`));
      return {
        ...resource,
        inputs: { ...resource.inputs, policy: text.replaceAll(`"${action}"`, '"iam:GetUser"') },
      };
    }),
  }));

(("skipped" in found ? describe.skip : describe) as Mocha.SuiteFunction)(
  "a stack in the emulated AWS",
  () => {
    const work = mkdtempSync(join(tmpdir(), "delivery-stack-"));
    const settings = zipSettings();
    let record: Rehearsed;
    let aws: Aws;
    let session: Session;
    let bucket: string;

    async function start(of: Rehearsed): Promise<void> {
      assert.ok(!("skipped" in found));
      aws = await startAws(found, of);
      session = aws.session({
        roleArn: "arn:aws:iam::111111111111:role/delivery-catalog--prod-release-job",
        name: "AWSCodeBuild-1",
      });
      const profiles = ["plan", "deploy"].map(
        (each) =>
          `[profile ${each}]\nrole_arn = arn:aws:iam::${PROD}:role/delivery-catalog--prod-${each}\ncredential_source = EcsContainer\nrole_session_name = delivery-1\nregion = eu-west-1\n`,
      );
      writeFileSync(join(work, "config"), profiles.join(""));
      rmSync(join(work, ".aws"), { recursive: true, force: true }); // what the CLI keeps of its roles
    }
    async function bring(folder: string): Promise<void> {
      ({ record } = await stacksOf(folder));
      bucket = String(
        ofType(record, "aws:s3/bucket:Bucket").find(({ name }) => name === "artifacts")?.outputs["bucket"],
      );
    }
    after(() => [work, settings].forEach((each) => rmSync(each, { recursive: true })));
    afterEach(async () => {
      const problems = aws.problems();
      await aws.stop();
      assert.deepEqual(problems, []);
    });

    const run = (command: string, args: readonly string[], of: Session): Promise<string> =>
      new Promise((resolve, reject) => {
        const env = {
          ...of.env,
          HOME: work,
          AWS_CONFIG_FILE: join(work, "config"),
          AWS_PAGER: "",
          AWS_MAX_ATTEMPTS: "1",
        };
        execFile(command, args, { env, cwd: work, maxBuffer: 1e8 }, (error, stdout, stderr) => {
          if (error) reject(new Error(stderr.trim()));
          else resolve(stdout);
        });
      });
    const cli = (...args: string[]): Promise<string> => run("aws", [...args, "--output", "json"], session);
    const stack = (profile: string, command: string, ...args: string[]) =>
      cli("--profile", profile, "cloudformation", command, "--stack-name", STACK, ...args);

    /** What a stack's status is once it no longer changes. */
    async function settled(): Promise<string> {
      for (;;) {
        const { Stacks = [] } = JSON.parse(await stack("deploy", "describe-stacks")) as {
          Stacks?: { StackStatus: string }[];
        };
        const status = Stacks[0]?.StackStatus ?? "";
        if (!/_IN_PROGRESS$/.test(status)) return status;
      }
    }

    const files = (release: string): string => `releases/catalog/${PROD}/prod/${release}`;
    const code = (release: string): string => `// ${release}\n${SOURCE}`;

    /** Puts the code where the job does, and says by which parameters the template names it. */
    async function zipped(release: string): Promise<Record<string, string>> {
      const zip = Buffer.from(zipSync({ "index.js": strToU8(code(release)) }));
      writeFileSync(join(work, "code.zip"), zip);
      const key = `${files(release)}/code/code.zip`;
      await cli("s3", "cp", "code.zip", `s3://${bucket}/${key}`);
      return {
        CodeBucket: bucket,
        CodeKey: key,
        CodeSha256: createHash("sha256").update(zip).digest("base64"),
      };
    }

    /** Builds and pushes an image, as Build does. */
    async function pushed(release: string): Promise<Record<string, string>> {
      mkdirSync(join(work, "dist"), { recursive: true });
      writeFileSync(join(work, "dist/index.js"), code(release));
      const { name } = map(ofType(record, "awsx:ecr:Repository")[0]?.outputs["repository"]);
      const host = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
      const uri = `${host}/${String(name)}`;
      const script = [
        `aws ecr get-login-password | docker login --username AWS --password-stdin ${host}`,
        `docker buildx build --output type=image,name=${uri}:${release},push=true --metadata-file image.json --file ${join(ROOT, "app/Dockerfile")} .`,
        `docker logout ${host}`,
      ].join(" && ");
      const build = aws.session({
        roleArn: "arn:aws:iam::111111111111:role/delivery-catalog-build",
        name: "AWSCodeBuild-2",
      });
      await run("bash", ["-o", "pipefail", "-c", script], build);
      const { "containerimage.digest": digest } = JSON.parse(
        readFileSync(join(work, "image.json"), "utf8"),
      ) as Record<string, string>;
      return { ImageUri: `${uri}@${digest}` };
    }

    type Publish = (release: string) => Promise<Record<string, string>>;
    async function change(
      release: string,
      type: "CREATE" | "UPDATE",
      publish: Publish,
      template: string,
    ): Promise<void> {
      const parameters = {
        ...(await publish(release)),
        Release: release,
        CodeDeployRoleArn: `arn:aws:iam::${PROD}:role/delivery-catalog--prod-codedeploy`,
        PermissionsBoundaryArn: `arn:aws:iam::${PROD}:policy/delivery-catalog--prod-boundary`,
      };
      const key = `${files(release)}.template.json`;
      await cli("s3", "cp", join(ROOT, "app", template), `s3://${bucket}/${key}`);
      await stack(
        "plan",
        "create-change-set",
        ...["--change-set-name", `d-${release}`, "--change-set-type", type],
        ...["--template-url", `https://${bucket}.s3.eu-west-1.amazonaws.com/${key}`],
        ...["--role-arn", `arn:aws:iam::${PROD}:role/delivery-catalog--prod-execution`],
        ...[
          "--tags",
          `Key=delivery:workload,Value=${STACK}`,
          "--capabilities",
          "CAPABILITY_IAM",
          "--parameters",
        ],
        ...Object.entries(parameters).map(([name, value]) => `ParameterKey=${name},ParameterValue=${value}`),
      );
    }
    const execute = (release: string) =>
      stack("deploy", "execute-change-set", "--change-set-name", `d-${release}`);

    /** What the function says behind its HTTP API, at the address that the stack's output has. */
    async function answered(path: string): Promise<Record<string, unknown>> {
      const text = await stack(
        "deploy",
        "describe-stacks",
        "--query",
        "Stacks[0].Outputs[?OutputKey=='Endpoint'].OutputValue | [0]",
      );
      const { status, body } = await aws.get(`${JSON.parse(text) as string}${path}`);
      return { status, ...map(JSON.parse(body)) };
    }

    const KINDS: readonly (readonly [
      kind: string,
      folder: () => string,
      publish: Publish,
      template: string,
    ])[] = [
      ["files", () => settings, zipped, "lambda-zip/template.yaml"],
      ["an image", () => ROOT, pushed, "template.yaml"],
    ];
    for (const [kind, folder, publish, template] of KINDS)
      it(`is made and updated, and says by which change set; its function, of ${kind}, answers at AWS's address`, async () => {
        await bring(folder());
        await start(record);
        await change("r1", "CREATE", publish, template);
        await execute("r1");
        assert.equal(await settled(), "CREATE_COMPLETE");
        const { release, event, status } = await answered("/product/find/x");
        const { pathParameters, requestContext, routeKey } = map(event);
        const { domainName, accountId } = map(requestContext);
        assert.deepEqual(
          [status, release, pathParameters, routeKey, accountId],
          [200, "r1", { id: "x" }, "GET /product/find/{id}", PROD],
        );
        assert.match(String(domainName), /^[0-9a-f]{8}\.execute-api\.eu-west-1\.amazonaws\.com$/);

        await change("r2", "UPDATE", publish, template);
        const { Changes } = JSON.parse(
          await stack(
            "plan",
            "describe-change-set",
            "--change-set-name",
            "d-r2",
            "--include-property-values",
          ),
        ) as { Changes: { ResourceChange: Record<string, string> }[] };
        const version = Changes.map(({ ResourceChange }) => ResourceChange).find(
          ({ LogicalResourceId }) => LogicalResourceId === "Version",
        );
        const said = [version?.["BeforeContext"], version?.["AfterContext"]].map(
          (each) => map(map(JSON.parse(each ?? "{}"))["Properties"])["Description"],
        );
        assert.deepEqual(said, ["r1", "r2"]);
        await execute("r2");
        assert.equal(await settled(), "UPDATE_COMPLETE");
        assert.equal((await answered("/product/find/x"))["release"], "r2");
        const id = JSON.parse(
          await stack("deploy", "describe-stacks", "--query", "Stacks[0].ChangeSetId"),
        ) as string;
        assert.match(id, new RegExp(`^arn:aws:cloudformation:eu-west-1:${PROD}:changeSet/d-r2/`));
      });

    it("fails where the execution role may not, in AWS's words", async () => {
      await bring(settings);
      await start(without(record, "delivery-catalog--prod-execution", "lambda:CreateAlias"));
      await change("r1", "CREATE", zipped, "lambda-zip/template.yaml");
      await execute("r1");
      assert.equal(await settled(), "ROLLBACK_COMPLETE");
      const events = JSON.parse(
        await stack(
          "deploy",
          "describe-stack-events",
          "--query",
          "StackEvents[?ResourceStatus=='CREATE_FAILED']",
        ),
      ) as {
        LogicalResourceId: string;
        ResourceStatusReason: string;
      }[];
      assert.deepEqual(
        events.map(({ LogicalResourceId }) => LogicalResourceId),
        ["Alias"],
      );
      assert.match(
        events[0]?.ResourceStatusReason ?? "",
        new RegExp(
          `^User: arn:aws:sts::${PROD}:assumed-role/delivery-catalog--prod-execution/AWSCloudFormation is not authorized to perform: lambda:CreateAlias ` +
            `on resource: arn:aws:lambda:eu-west-1:${PROD}:function:\\S+ because no identity-based policy allows the lambda:CreateAlias action$`,
        ),
      );
    });
  },
);
