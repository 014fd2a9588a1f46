import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { folderWith } from "../../folders";
import { run } from "../../../rehearsal/access/command";
import { ROOT } from "../sample";
import { whole } from "../../whole/sample";

/** What the command answers. */
async function access(...args: string[]): Promise<readonly [code: number, stdout: string, stderr: string]> {
  const { code, stdout, stderr } = await run(args);
  return [code, stdout, stderr];
}
const HINT = "; npm run access -- --help shows the options";
const DEPLOY = "arn:aws:iam::333333333333:role/delivery-catalog--prod-deploy";

describe("npm run access", () => {
  whole("answers can with 0 when it is allowed and with 1 when it is denied", async () => {
    assert.deepEqual(await access("can", "delivery-catalog--prod-release-job", "sts:AssumeRole", DEPLOY), [
      0,
      [
        `allowed: arn:aws:iam::111111111111:role/delivery-catalog--prod-release-job, sts:AssumeRole on ${DEPLOY}`,
        "  by inline policy of role delivery-catalog--prod-release-job, statement TakeRoles",
        "  by trust of role delivery-catalog--prod-deploy, statement AssumedByJobs",
      ].join("\n"),
      "",
    ]);
    const [code, stdout] = await access(
      "can",
      "delivery-catalog--test-release-job",
      "sts:AssumeRole",
      DEPLOY,
    );
    assert.deepEqual([code, stdout.split("\n").length], [1, 3]);
  });

  it("answers who-can", async () => {
    const [code, stdout] = await access("who-can", "sts:AssumeRole", DEPLOY);
    assert.deepEqual(
      [code, stdout.split("\n")[0]],
      [0, "arn:aws:iam::111111111111:role/delivery-catalog--prod-release-job"],
    );
  });

  whole("prints the access matrix of a folder's settings as CSV, with 0", async () => {
    const [code, stdout, stderr] = await access("matrix");
    const [header, ...rows] = stdout.split("\r\n");
    assert.deepEqual([code, header, stderr], [0, "who,may,on,when,why", ""]);
    assert.ok(
      rows.includes(
        "role delivery-catalog--prod-release-job in 111111111111,sts:AssumeRole,role delivery-catalog--prod-deploy in " +
          "333333333333; role delivery-catalog--prod-plan in 333333333333,,Deploy executes the change set; a roll-back " +
          "and a release without approval make their own",
      ),
    );
    const config = folderWith({
      "Pulumi.tooling.yaml": `config:
  aws:region: eu-west-1
  kind: tooling
  account: "444444444444"
  environments: [{ name: live, account: "555555555555" }]
  pipelines: [{ name: shop, source: { codecommit: shop } }]
`,
      "Pulumi.live.yaml": `config: { "aws:region": eu-west-1, kind: environment, account: "555555555555" }\n`,
    });
    const [, others] = await access("matrix", "--config", config);
    assert.match(others, /^role delivery-shop--live-deploy in 555555555555,/m);
    assert.doesNotMatch(others, /catalog|111111111111/);
  });

  whole("takes the document of a boundary that no stack makes", async () => {
    const arn = "arn:aws:iam::111111111111:policy/most";
    const config = folderWith({
      "Pulumi.tooling.yaml": `config:
  aws:region: eu-west-1
  kind: tooling
  account: "111111111111"
  iam: { permissionsBoundary: most }
  environments: [{ name: test, account: "222222222222" }]
  pipelines: [{ name: catalog, source: { codecommit: catalog } }]
`,
      "Pulumi.test.yaml": `config: { "aws:region": eu-west-1, kind: environment, account: "222222222222" }\n`,
      "most.json": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
      "broken.json": "{",
    });
    const asked = ["can", "delivery-catalog-build", "ecr:GetAuthorizationToken", "*", "--config", config];
    const name = "arn:aws:iam::111111111111:role/delivery-catalog-build";
    assert.deepEqual(await access(...asked), [
      2,
      "",
      `the boundary of ${name} is ${arn}, whose document no stack makes: give it${HINT}`,
    ]);
    const [code, stdout] = await access(...asked, "--policy", `${arn}=${config}/most.json`);
    assert.equal(code, 1);
    assert.match(stdout, /^ {2}missing: boundary \(the role's permissions boundary does not allow it\)$/m);
    assert.deepEqual(await access(...asked, "--policy", `${arn}=${config}/broken.json`), [
      2,
      "",
      `managed policy most: it is not JSON${HINT}`,
    ]);
  });

  const refuses = (title: string, args: readonly string[], line: string, hint = HINT) =>
    it(`ends with 2 and one line for ${title}`, async () =>
      assert.deepEqual(await access(...args), [2, "", `${line}${hint}`]));
  refuses("another question", ["charter"], "charter is neither can nor who-can nor matrix");
  refuses("too few words", ["can", "anonymous", "s3:GetObject"], "can takes 3 words, and has 2");
  refuses("words behind matrix", ["matrix", "x"], "matrix takes 0 words, and has 1");
  refuses(
    "options of other questions",
    ["matrix", "--context", "s3:prefix=a"],
    "matrix takes no --context, no --tag and no --policy",
  );
  refuses("an unknown option", ["can", "--polic", "x"], "Unknown option '--polic'");
  refuses(
    "an action that does not exist",
    ["who-can", "s3:GetObjct", "x"],
    "there is no action s3:GetObjct; the nearest is s3:GetObject",
  );
  refuses("a malformed ARN", ["can", "anonymous", "s3:GetObject", "x"], "x is not the ARN of one resource");
  refuses(
    "a folder that is not there",
    ["can", "a", "s3:GetObject", "x", "--config", "/nowhere"],
    "/nowhere is not a folder; give one that holds Pulumi.<stack>.yaml files",
    "",
  );
  refuses(
    "a file that is not there",
    ["can", "a", "s3:GetObject", "x", "--policy", "arn:x=/nowhere.json"],
    "--policy /nowhere.json: it can't be read (ENOENT: no such file or directory, open '/nowhere.json'): make it a file that can be",
  );
  refuses(
    "a policy without its ARN",
    ["can", "a", "s3:GetObject", "x", "--policy", "x.json"],
    "--policy x.json is not ARN=FILE",
  );

  whole("is a command of its own, with these codes and streams", () => {
    const command = (...args: string[]) => {
      const node = ["-r", "./scripts/register.cjs", "rehearsal/access/main.ts", ...args];
      const { status, stdout, stderr } = spawnSync(process.execPath, node, { cwd: ROOT, encoding: "utf8" });
      return [status, stdout, stderr];
    };
    assert.deepEqual(command("can"), [2, "", `can takes 3 words, and has 0${HINT}\n`]);
    const [code, stdout, stderr] = command("who-can", "sts:AssumeRole", DEPLOY);
    assert.deepEqual([code, String(stdout).split("\n").length, stderr], [0, 4, ""]);
  });

  it("shows how to ask with --help, and does nothing else", async () => {
    const [code, stdout, stderr] = await access("--help");
    assert.deepEqual([code, stderr], [0, ""]);
    for (const word of [
      "can <principal> <action> <resource>",
      "who-can <action> <resource>",
      "matrix [--config DIR]",
      "--context",
      "--policy",
      "--config",
    ]) {
      assert.ok(stdout.includes(word), word);
    }
  });
});
