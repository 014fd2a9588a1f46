/** AWS's own CLI, as jobs find it, through the gate: what a role may do across accounts, what it may not, and in which words. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { map } from "../../../packages/iam/src/json";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import { stacksOf } from "../../../rehearsal/bringUp/stacksOf";
import { ofType } from "../../../rehearsal/record/record";
import type { Aws, Session } from "../model";
import { startAws } from "./start";
import { tools } from "./tools";

const found = tools();
if ("skipped" in found) console.log(`release: AWS's CLI and the emulator are skipped: ${found.skipped}`);

const TOOLING = "111111111111";
const PROD = "333333333333";
const JOB = `arn:aws:iam::${TOOLING}:role/delivery-catalog--prod-release-job`;
const PLAN = `arn:aws:iam::${PROD}:role/delivery-catalog--prod-plan`;
const OWN_PROJECT = `arn:aws:codebuild:eu-west-1:${TOOLING}:project/delivery-catalog--prod-release-job`;

(("skipped" in found ? describe.skip : describe) as Mocha.SuiteFunction)("AWS's CLI through the gate", () => {
  const work = mkdtempSync(join(tmpdir(), "delivery-cli-"));
  let aws: Aws;
  let session: Session;
  let bucket: string;

  before(async () => {
    assert.ok(!("skipped" in found));
    const { record } = await stacksOf(ROOT);
    bucket = String(
      ofType(record, "aws:s3/bucket:Bucket").find(({ name }) => name === "artifacts")?.outputs["bucket"],
    );
    aws = await startAws(found, record);
    const by = { service: "codebuild.amazonaws.com", sourceArn: OWN_PROJECT };
    session = aws.session({ roleArn: JOB, name: "AWSCodeBuild-1", by });
    writeFileSync(
      join(work, "config"),
      `[profile plan]\nrole_arn = ${PLAN}\ncredential_source = EcsContainer\nrole_session_name = delivery-1\nregion = eu-west-1\n`,
    );
    writeFileSync(join(work, "file"), "what is released");
  });
  after(async () => {
    await aws.stop();
    rmSync(work, { recursive: true });
  });

  interface Ended {
    readonly code: number | null;
    readonly out: string;
    readonly error: string;
  }
  const run = (args: string, of: Session = session): Promise<Ended> =>
    new Promise((resolve) => {
      const env = {
        ...of.env,
        HOME: work,
        AWS_CONFIG_FILE: join(work, "config"),
        AWS_PAGER: "",
        AWS_MAX_ATTEMPTS: "3",
      };
      const child = spawn("aws", args.split(" "), { env, cwd: work });
      let [out, error] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
      child.on("close", (code) => resolve({ code, out: out.trim(), error: error.trim() }));
    });
  /** The calls that a command made, as principal, operation, verdict and status. */
  async function calls(command: string): Promise<string[]> {
    const before = aws.calls().length;
    await run(command);
    return aws
      .calls()
      .slice(before)
      .filter(({ operation }) => operation !== "AssumeRole") // the CLI keeps what it was given
      .map(({ principal, operation, verdict, status, code }) =>
        [principal.split("/").at(-1), operation, verdict, status, ...(code === undefined ? [] : [code])].join(
          " ",
        ),
      );
  }
  afterEach(() => assert.deepEqual(aws.problems(), []));

  it("is brought back to what was kept: what was made is gone, what was written is as it was, and what went is there", async () => {
    await aws.objects.put(bucket, "keep/changed", "before");
    await aws.request(PROD, "ssm", "PutParameter", { Name: "/keep/gone", Value: "before", Type: "String" });
    const restore = await aws.keep();
    for (const again of [1, 2]) {
      await aws.objects.put(bucket, "keep/changed", "after");
      await aws.objects.put(bucket, "keep/made", `after ${again}`);
      await aws.request(PROD, "ssm", "DeleteParameter", { Name: "/keep/gone" });
      await restore();
      assert.deepEqual(await aws.objects.list(bucket, "keep/"), ["keep/changed"]);
      assert.equal((await aws.objects.get(bucket, "keep/changed"))?.toString(), "before");
      const { Parameter } = map(await aws.request(PROD, "ssm", "GetParameter", { Name: "/keep/gone" }));
      assert.equal(map(Parameter)["Value"], "before");
    }
  });

  it("is 2.38.5, and acts as the role of the job", async () => {
    assert.match((await run("--version")).out, /^aws-cli\/2\.38\.5 /);
    assert.deepEqual(await run("sts get-caller-identity --query Arn --output text"), {
      code: 0,
      out: `arn:aws:sts::${TOOLING}:assumed-role/delivery-catalog--prod-release-job/AWSCodeBuild-1`,
      error: "",
    });
  });

  it("takes the environment's role, and no other", async () => {
    const { out } = await run("--profile plan sts get-caller-identity --query Arn --output text");
    assert.equal(out, `arn:aws:sts::${PROD}:assumed-role/delivery-catalog--prod-plan/delivery-1`);
    const other = "arn:aws:iam::222222222222:role/delivery-catalog--test-plan";
    assert.deepEqual(await run(`sts assume-role --role-arn ${other} --role-session-name other`), {
      code: 254,
      out: "",
      error: `aws: [ERROR]: An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:sts::${TOOLING}:assumed-role/delivery-catalog--prod-release-job/AWSCodeBuild-1 is not authorized to perform: sts:AssumeRole on resource: ${other}`,
    });
  });

  it("writes a release as the job, and another account's role reads it, decrypted", async () => {
    const key = `releases/catalog/${PROD}/prod/1/file`;
    assert.equal((await run(`s3 cp file s3://${bucket}/${key} --only-show-errors`)).code, 0);
    assert.equal((await aws.objects.get(bucket, key))?.toString(), "what is released");
    assert.deepEqual(await run(`--profile plan s3 cp s3://${bucket}/${key} -`), {
      code: 0,
      out: "what is released",
      error: "",
    });
    assert.deepEqual(
      aws
        .calls()
        .at(-1)
        ?.asked.map(({ action }) => action),
      ["s3:GetObject", "kms:Decrypt"],
    );
  });

  it("is refused what its role may not, in AWS's words", async () => {
    assert.deepEqual(await run(`s3 cp file s3://${bucket}/kept/catalog/file --only-show-errors`), {
      code: 1,
      out: "",
      error:
        `upload failed: ./file to s3://${bucket}/kept/catalog/file An error occurred (AccessDenied) when calling the PutObject operation: ` +
        `User: arn:aws:sts::${TOOLING}:assumed-role/delivery-catalog--prod-release-job/AWSCodeBuild-1 is not authorized to perform: s3:PutObject ` +
        `on resource: "arn:aws:s3:::${bucket}/kept/catalog/file" because no identity-based policy allows the s3:PutObject action`,
    });
    assert.equal(await aws.objects.get(bucket, "kept/catalog/file"), undefined);
    assert.deepEqual(await run("--profile plan cloudformation describe-stacks --stack-name another"), {
      code: 254,
      out: "",
      error:
        `aws: [ERROR]: An error occurred (AccessDenied) when calling the DescribeStacks operation: User: arn:aws:sts::${PROD}:assumed-role/delivery-catalog--prod-plan/delivery-1 ` +
        `is not authorized to perform: cloudformation:DescribeStacks on resource: arn:aws:cloudformation:eu-west-1:${PROD}:stack/another/00000000-0000-0000-0000-000000000000 ` +
        "because no identity-based policy allows the cloudformation:DescribeStacks action",
    });
  });

  it("is not told whether an object is there that its role may not list", async () => {
    assert.deepEqual(
      await calls(
        `--profile plan s3api head-object --bucket ${bucket} --key releases/catalog/${PROD}/prod/1/none`,
      ),
      ["delivery-catalog--prod-plan HeadObject allowed 403 status 403"],
    );
  });

  it("reads nothing of another environment's, although its own account would let it", async () => {
    await aws.objects.put(bucket, "releases/catalog/222222222222/test/1/file", "of test");
    assert.deepEqual(
      await calls(`--profile plan s3 cp s3://${bucket}/releases/catalog/222222222222/test/1/file -`),
      ["delivery-catalog--prod-plan HeadObject denied 403 status 403"],
    );
  });

  it("is known by its keys alone", async () => {
    const stranger = { ...session, env: { ...session.env, AWS_CONTAINER_AUTHORIZATION_TOKEN: "guessed" } };
    assert.match(
      (await run("sts get-caller-identity", stranger)).error,
      /Error when retrieving credentials from container-role/,
    );
    const made = {
      AWS_ACCESS_KEY_ID: `ASIA${"A".repeat(16)}`,
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_SESSION_TOKEN: "x",
    };
    assert.match(
      (await run("sts get-caller-identity", { ...session, env: { ...session.env, ...made } })).error,
      /\(InvalidClientTokenId\)/,
    );
  });

  it("knows every secret that it has handed out: keys' own and the registry's password", async () => {
    const build = aws.session({
      roleArn: `arn:aws:iam::${TOOLING}:role/delivery-catalog-build`,
      name: "AWSCodeBuild-3",
    });
    const { out: password } = await run("ecr get-login-password", build);
    assert.ok(aws.secrets().includes(password) && password.length > 100);
    const { out } = await run(
      `sts assume-role --role-arn ${PLAN} --role-session-name other --query Credentials`,
    );
    const { SecretAccessKey, SessionToken } = JSON.parse(out) as Record<string, string>;
    for (const each of [SecretAccessKey, SessionToken, session.env["AWS_CONTAINER_AUTHORIZATION_TOKEN"]])
      assert.ok(each !== undefined && aws.secrets().includes(each));
    assert.match(
      (await run("ecr get-login-password")).error,
      /\(AccessDeniedException\) when calling the GetAuthorizationToken/,
    );
  });

  it("a job's role is taken by CodeBuild for its own project alone", () => {
    const by = { service: "codebuild.amazonaws.com", sourceArn: `${OWN_PROJECT}-other` };
    assert.throws(() => aws.session({ roleArn: JOB, name: "x", by }), { code: "AccessDenied" });
  });

  describe("with a fault", () => {
    const key = () => `releases/catalog/${PROD}/prod/2/file`;
    const put = () => `s3 cp file s3://${bucket}/${key()} --only-show-errors`;
    const fresh = () => aws.session({ roleArn: JOB, name: "AWSCodeBuild-2" });

    it("loses an answer: the call has its effect, and the CLI's own retry meets no fault", async () => {
      const of = fresh();
      const fault = aws.fault({ session: of.id, call: 1, kind: "lose-answer" });
      const before = aws.calls().length;
      assert.equal((await run(put(), of)).code, 0);
      assert.equal(fault.fired()?.operation, "PutObject");
      assert.deepEqual(
        aws
          .calls()
          .slice(before)
          .map(({ status }) => status),
        [0, 200],
      );
    });

    for (const [kind, effect] of [
      ["kill-before", false],
      ["kill-after", true],
    ] as const)
      it(`${kind}: the process ends, and the call has ${effect ? "had its" : "no"} effect`, async () => {
        const of = fresh();
        await aws.objects.put(bucket, key(), "older");
        const child = spawn("aws", put().split(" "), {
          env: { ...of.env, HOME: work },
          cwd: work,
          stdio: "ignore",
        });
        const ended = new Promise<string | null>((resolve) =>
          child.on("exit", (_, signal) => resolve(signal)),
        );
        const fault = aws.fault({ session: of.id, call: 1, kind, kill: () => void child.kill("SIGKILL") });
        assert.equal(await ended, "SIGKILL");
        assert.equal(fault.fired()?.operation, "PutObject");
        assert.equal(
          (await aws.objects.get(bucket, key()))?.toString(),
          effect ? "what is released" : "older",
        );
      });

    it("is seen not to fire", async () => {
      const of = fresh();
      const fault = aws.fault({ session: of.id, call: 2, kind: "lose-answer" });
      await run(put(), of);
      assert.equal(fault.fired(), undefined);
      fault.remove();
    });
  });
});
