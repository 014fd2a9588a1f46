import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { fromHttp } from "@aws-sdk/credential-providers";
import { stringify } from "yaml";
import { type Delivery, readDelivery } from "../../../commands/delivery";
import { answer } from "../../../commands/pipelines/approval";
import type { Desk } from "../../../commands/pipelines/desk";
import { release } from "../../../commands/pipelines/release";
import { rollback } from "../../../commands/pipelines/rollback";
import { status } from "../../../commands/pipelines/status";
import { fakeAws } from "../../commands/fake";
import { folderWith } from "../../folders";
import { ofType } from "../../../rehearsal/record/record";
import type { Execution } from "../codepipeline/state";
import { WHOLE } from "../whole";
import { updated } from "./expected";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";
import { zipFiles, zipRecord } from "./zip";

const LOOK = { watch: false, json: false, branches: false };

/** The stack files that the system was brought up with. */
const delivery = (): Delivery =>
  readDelivery(
    folderWith({
      "Pulumi.yaml": readFileSync(join(__dirname, "../../../Pulumi.yaml"), "utf8"),
      ...Object.fromEntries(
        Object.entries(zipFiles()).map(([stack, config]) => [`Pulumi.${stack}.yaml`, stringify({ config })]),
      ),
    }),
  );

interface Person {
  /** How many calls the gate has decided. */
  readonly calls: () => number;
  readonly desk: Desk;
  /** Lines that were said since the last time, with names for what is made up: runs, commits, code, durations, moments. */
  readonly said: () => string[];
}

/** Somebody who has one of the policies that the stacks offer people, and no other; says yes to each question. */
function person(it: Scenario, policy: string, names: (line: string) => string): Person {
  const { aws, record, activity } = it.system;
  const found = ofType(record, "aws:iam/policy:Policy").find(({ name }) => name === policy);
  assert.ok(found, `no policy ${policy}`);
  const roleArn = String(found.outputs["arn"])
    .replace(/:policy\/.*\//, ":policy/")
    .replace(":policy/", ":role/whoever-has/");
  const { env } = aws.session({ roleArn, name: "person" });
  const client = {
    region: env["AWS_REGION"] ?? "",
    credentials: fromHttp({
      awsContainerCredentialsFullUri: env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? "",
      awsContainerAuthorizationToken: env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] ?? "",
    }),
    requestHandler: { httpsAgent: aws.agent() },
  };
  const lines: string[] = [];
  const desk: Desk = {
    aws: {
      ...fakeAws(),
      codePipeline: () => new CodePipelineClient(client),
      codeCommit: () => new CodeCommitClient(client),
      logs: () => new CloudWatchLogsClient(client),
    },
    say: (line) => lines.push(...line.split("\n")),
    now: () => new Date(),
    ...{ columns: 120, terminal: false },
    // Who follows a run sees it only when nothing moves any more.
    patience: () => ({
      wait: () => activity.idle().then(() => true),
      close: () => undefined,
    }),
    confirmed: () => Promise.resolve(true),
    chosen: (_, choices) => Promise.resolve(choices[0]?.value ?? ""),
    git: () => Promise.reject(new Error("there is no git")),
  };
  const calls = () => aws.calls().filter(({ principal }) => principal === roleArn).length;
  // What has begun only is seen or not, as it comes.
  return {
    calls,
    desk,
    said: () =>
      lines
        .splice(0)
        .filter((line) => !line.endsWith(" …"))
        .map(names),
  };
}

scenarios("what people do with the commands", () => {
  if (!WHOLE) return;

  it("release, approve, release again, roll back and look, each by the policy that people have for it", async () =>
    scenario("people", await zipRecord(), async (it) => {
      const { executions } = it.pipeline();
      const commits = [1, 2].map((number) => it.system.repository.commit("main", version(number)));
      it.system.repository.commit("main", version(1));
      const named = (line: string): string => {
        let text = line;
        executions.forEach(({ id }, at) => {
          text = text.replaceAll(id, `RUN-${at + 1}`).replaceAll(id.slice(0, 8), `RUN-${at + 1}`);
        });
        commits.forEach((id, at) => {
          text = text.replaceAll(id, `COMMIT-${at + 1}`).replaceAll(id.slice(0, 8), `COMMIT-${at + 1}`);
        });
        return text
          .replace(/\bsha256:[0-9a-f]{64}\b/g, "CODE")
          .replace(/\b(?!\d{12})[0-9a-f]{12}\b/g, "CODE")
          .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "THEN")
          .replace(/\b\d+(\.\d+)? (s|min)( \d+ s)?\b/g, "A-WHILE")
          .replace(/ {2,}(?=\S)/g, "  ");
      };
      const operator = person(it, "catalog-operator", named);
      const approver = person(it, "catalog--prod-approver", named);
      const stacks = delivery();
      const does = async ({ said }: Person, act: Promise<number>, code = 0): Promise<string[]> => {
        assert.equal(await act, code);
        return said();
      };
      const looks = (who: Person) => does(who, status(who.desk, stacks, [], LOOK));
      const releases = () =>
        does(operator, release(operator.desk, stacks, ["catalog"], { wait: true, yes: true }));
      /** What is said, and apart from it the changes. */
      const approves = async (run: Execution | undefined): Promise<[string[], string[]]> => {
        const options = { reason: "as tested", run: run?.id ?? "" };
        const lines = await does(
          approver,
          answer(approver.desk, stacks, "approve", ["catalog", "prod"], options),
        );
        await it.system.activity.idle();
        const isChange = (line: string) => /^ {2}(MAY )?[A-Z]+ /.test(line) && !/^ {2}COMMIT/.test(line);
        return [lines.filter((line) => !isChange(line)), lines.filter(isChange)];
      };
      const followed = (run: string, commit: string): string[] => [
        `catalog: commit ${commit} a "message"`,
        "  it is on branch main",
        "  Build makes its code: it is not among what was released lately",
        `started: run ${run}`,
        ...["Source", "Build", "Deploy-test/Deploy", "Deploy-test/Verify", "Deploy-test/Promote"].map(
          (each) => `  ${each}: Succeeded, A-WHILE`,
        ),
        "  Approve-prod/Plan: Succeeded, A-WHILE",
        `run ${run} waits for an approval: npm run approve -- catalog prod`,
      ];
      const HEAD = ["catalog  codecommit catalog, main", "  environment  commit  since  run  code  subject"];
      const row = (environment: string, commit: string, run: string): string =>
        `  ${environment}  ${commit}  A-WHILE  ${run}  CODE  a "message"`;

      assert.deepEqual(await releases(), followed("RUN-1", "COMMIT-1"));
      assert.deepEqual(await looks(operator), [
        ...HEAD,
        row("test", "COMMIT-1", "RUN-1"),
        "  prod  nothing that CodePipeline remembers",
        '  waits  run RUN-1 asks release@example.com about prod until THEN: COMMIT-1 a "message"',
      ]);
      const [first, made] = await approves(executions[0]);
      assert.deepEqual(first, [
        "catalog to prod: run RUN-1",
        '  commit  COMMIT-1 a "message"',
        "  code  CODE",
        "  runs now nothing that CodePipeline remembers",
        "  plan  prod: commit COMMIT-1, code CODE: 2 permissions (FunctionRole, InvokePermission), 15 added, " +
          "rights grow in FunctionRole, InvokePermission",
        "approved: run RUN-1 goes on; npm run status -- catalog --watch",
      ]);
      assert.equal(made.filter((line) => /^ {2}ADD( PERMISSION)? \w+ \(AWS::/.test(line)).length, 17);
      assert.ok(made.includes("  GROWS FunctionRole: lambda.amazonaws.com may now sts:AssumeRole"));
      assert.deepEqual(await looks(operator), [
        ...HEAD,
        row("test", "COMMIT-1", "RUN-1"),
        row("prod", "COMMIT-1", "RUN-1"),
      ]);

      it.system.repository.commit("main", version(2));
      assert.deepEqual(await releases(), followed("RUN-2", "COMMIT-2"));
      const [second, changed] = await approves(executions[1]);
      assert.deepEqual(second, [
        "catalog to prod: run RUN-2",
        '  commit  COMMIT-2 a "message"',
        "  code  CODE",
        '  runs now COMMIT-1 a "message", since THEN',
        "  1 commit since then, by the runs of this pipeline:",
        '  COMMIT-2 a "message"',
        "  plan  prod: commit COMMIT-2, code CODE: 6 replaced (Alias, CreateProduct, FindProduct, Integration, ...), 1 changed",
        "approved: run RUN-2 goes on; npm run status -- catalog --watch",
      ]);
      assert.ok(changed.includes("  MODIFY Function (AWS::Lambda::Function) Code; Environment"));
      assert.equal(await it.says("prod"), "200 version 2");

      const back = rollback(operator.desk, stacks, ["catalog", "prod"], { wait: true, yes: false });
      assert.deepEqual(await does(operator, back), [
        'catalog in prod runs COMMIT-2 a "message"',
        "CodePipeline rolls stage Deploy-prod back to run RUN-1: the same bytes, no build, no approval;",
        "  Deploy refuses to replace or delete what holds data",
        "started: run RUN-3",
        ...["Deploy", "Verify", "Promote"].map((each) => `  Deploy-prod/${each}: Succeeded, A-WHILE`),
        "run RUN-3 has succeeded",
      ]);
      // An approver sees the same.
      for (const who of [operator, approver])
        assert.deepEqual(await looks(who), [
          ...HEAD,
          row("test", "COMMIT-2", "RUN-2"),
          row("prod", "COMMIT-1", "RUN-3"),
        ]);
      assert.deepEqual((await it.environments())["prod"], updated(executions[2]?.id ?? ""));
      assert.equal(await it.says("prod"), "200 version 1");
      for (const { calls } of [operator, approver]) assert.ok(calls() > 5);
    }));
});
