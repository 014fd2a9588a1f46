/** What a job does when AWS does not do as it is asked: it says why in its last line, and a retry goes on from there. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DeleteChangeSetCommand } from "@aws-sdk/client-cloudformation";
import type { Rehearsed } from "../../../rehearsal/record/record";
import type { Build } from "../codebuild/codebuild";
import type { Execution } from "../codepipeline/state";
import { bucketOf } from "../system/system";
import { WHOLE } from "../whole";
import { asUsual, type Planted, Planting, type Plants, refuse, say, says } from "./planted";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";
import { PROD, TEST, zipRecord } from "./zip";

const TEST_STACK = "catalog--test";
const made = (id: string) => ({ stack: `CREATE_COMPLETE ${id}`, promoted: id, sets: [] as string[] });
const updated = (id: string) => ({ ...made(id), stack: `UPDATE_COMPLETE ${id}` });
const OTHER = "00000000-0000-0000-0000-000000000000";
const throttled = refuse("ThrottlingException", "Rate exceeded");
const noChanges = say({
  Status: "FAILED",
  StatusReason:
    "The submitted information didn't contain changes. Submit different information to create a change set.",
});

/** What a failed stage starts does nothing: it would remove what the retry needs. */
const withoutCleanUp = (build: Build): unknown => build.project.endsWith("catalog-cleanup") && build.kill();

/** Deploys to test again and again, each time with other answers. */
function deploying(it: Scenario) {
  const planting = new Planting(it.system);
  const job = "test-release-job";
  return {
    ...{ planting, job, stacks: "cloudformation:DescribeStacks" },
    pushed: async (number: number, plants: Plants, wanted: string | RegExp): Promise<Execution> => {
      planting.plant(job, plants);
      const run = await it.push(version(number));
      planting.allAsked();
      says(it, job, wanted);
      return run;
    },
    retried: async (run: Execution, plants: Plants, wanted: string | RegExp): Promise<void> => {
      planting.plant(job, plants);
      await it.retry("Deploy-test", run);
      planting.allAsked();
      says(it, job, wanted);
    },
    own: (change: Readonly<Record<string, unknown>>) => planting.stage("Deploy-test", change),
    status: (StackStatus: string, more = {}) => planting.stack({ StackStatus, ...more }),
  };
}

scenarios("what AWS refuses", () => {
  if (!WHOLE) return;
  let record: Rehearsed;
  before(async () => (record = await zipRecord()));

  it("in Deploy: the log ends with why, and the retry of the stage goes on from there", () =>
    scenario(
      "refused-by-aws-deploy",
      record,
      async (it) => {
        const { planting, job, stacks, pushed, own, status, ...deploy } = deploying(it);
        const first = await pushed(
          1,
          { "codepipeline:GetPipelineState": [refuse("InvalidArnException")] },
          "CodePipeline gives no answer: retry this stage",
        );
        const retried = (plants: Plants, wanted: string | RegExp) => deploy.retried(first, plants, wanted);

        await retried(
          { "codepipeline:GetPipelineState": [own({ type: "CUSTOM" })] },
          "CodePipeline calls this run CUSTOM, not STANDARD or ROLLBACK: start a new release",
        );
        await retried(
          { "codepipeline:GetPipelineState": [own({ pipelineExecutionId: OTHER })] },
          `stage Deploy-test is run ${OTHER}'s, and this job is of run ${first.id}: it does nothing for another run`,
        );
        await retried(
          { "codepipeline:GetPipelineState": [planting.stage("Deploy-test", {}, { status: "Abandoned" })] },
          "CodePipeline has ended the action of this job (Abandoned): it does nothing for a run that goes on without it",
        );
        await retried(
          { [stacks]: [refuse("ValidationError")] },
          `stack ${TEST_STACK} can't be read: retry this stage`,
        );
        await retried(
          { [stacks]: [status("ROLLBACK_COMPLETE")] },
          `stack ${TEST_STACK} never came to be (ROLLBACK_COMPLETE) and can't be updated: the clean-up job, which starts when this run ends, removes it; retry this stage after that`,
        );
        await retried(
          { [stacks]: [status("CREATE_IN_PROGRESS"), status("DELETE_FAILED")] },
          `stack ${TEST_STACK} is in DELETE_FAILED and can't be updated: repair or delete it in account ${TEST}, then retry this stage`,
        );
        await retried(
          {
            [stacks]: [status("CREATE_IN_PROGRESS")],
            "codepipeline:GetPipelineState": [asUsual, own({ pipelineExecutionId: OTHER })],
          },
          "stage Deploy-test has gone on without this job, which has changed nothing: retry the stage",
        );
        const set = `d-${first.id}`;
        await retried(
          { "cloudformation:CreateChangeSet": [refuse("InsufficientCapabilitiesException")] },
          new RegExp(
            `^CloudFormation doesn't make change set ${set}: .*InsufficientCapabilitiesException.*: planted$`,
          ),
        );
        const described = "cloudformation:DescribeChangeSet plan";
        const failed = say({ Status: "FAILED", StatusReason: "planted" });
        await retried({ [described]: [failed] }, "CloudFormation refused the change set: planted");
        await retried(
          { [described]: [failed], "cloudformation:DeleteChangeSet": [refuse("ValidationError")] },
          new RegExp(
            `^change set ${set} of stack ${TEST_STACK} can't be deleted: .*: planted; retry this stage$`,
          ),
        );
        await retried(
          { "ssm:GetParameters": [say({ Parameters: [{ Name: "x", Value: "planted" }] })] },
          /^the parameters .* don't hold the judge of templates that this job was made with \(sha256 [0-9a-f]{64}, should be [0-9a-f]{64}\)/,
        );
        assert.match(it.log(job), new RegExp(`\ndeletes change set ${set}\n`));
        await retried(
          { "cloudformation:GetTemplate": [say({ TemplateBody: "planted" })] },
          "the change set can't be judged, see the line above: CloudFormation shows it in another form than is known here",
        );
        const execute = "cloudformation:ExecuteChangeSet";
        const refusal = refuse("InvalidChangeSetStatus");
        await retried(
          { [execute]: [refusal] },
          new RegExp(
            `^change set ${set} can't be executed \\(AVAILABLE\\): .*InvalidChangeSetStatus.*: planted; nothing was changed: retry this stage$`,
          ),
        );
        const asDeploy = "cloudformation:DescribeChangeSet deploy";
        await retried(
          {
            [execute]: [refusal],
            [asDeploy]: [refuse("ChangeSetNotFound", `ChangeSet [${set}] does not exist`)],
          },
          new RegExp(`^change set ${set} is gone: .* Nothing was changed by this run: start a new release$`),
        );
        await retried(
          { [execute]: [refusal], [asDeploy]: [refuse("ValidationError")] },
          `change set ${set} can't be read: retry this stage`,
        );
        assert.match((await it.environments())["test"]?.stack ?? "", /^REVIEW_IN_PROGRESS/);

        await retried(
          { "cloudformation:create AWS::Lambda::Function": [refuse("x", "planted, as by a hook")] },
          /^the first release of catalog--test failed and was removed\. \d+ of what it had made stay, see above: the next try makes them anew, so delete them first$/,
        );
        assert.match(it.log(job), /AWS::Lambda::Function\) .*planted, as by a hook\n/);
        const [, table = ""] =
          /--table-name '?([\w-]+)'? --no-deletion-protection-enabled/.exec(it.log(job)) ?? [];
        assert.equal((await it.environments())["test"]?.stack, "none");
        await retried(
          {},
          new RegExp(`^there is no stack ${TEST_STACK}, but one before it has left tables: ${table}\\.`),
        );
        const { request } = it.system.aws;
        await request(TEST, "dynamodb", "UpdateTable", {
          TableName: table,
          DeletionProtectionEnabled: false,
        });
        await request(TEST, "dynamodb", "DeleteTable", { TableName: table });

        const noNote = { "s3:PutObject deployed.json": [refuse("InvalidRequest")] };
        const unnoted =
          /^'aws s3 cp .*' ended with exit code 1: see what it says above; correct it, or retry this stage$/;
        // Its first look finds nothing new: the change set tells that the update goes on.
        await retried(
          { "cloudformation:DescribeStackEvents": [asUsual, say({ StackEvents: [] })], ...noNote },
          unnoted,
        );
        await retried(
          {
            [stacks]: [status("CREATE_IN_PROGRESS", { ChangeSetId: `arn:aws:x:changeSet/${set}/1` })],
            [asDeploy]: [say({ ExecutionStatus: "EXECUTE_IN_PROGRESS" })],
            ...noNote,
          },
          unnoted,
        );
        assert.match(it.log(job), /\njoins the update that this run has started before\n/);
        planting.plant(job, {});
        await it.retry("Deploy-test", first);
        assert.match(it.log(job), /\nthis run's change set was executed before\n/);
        assert.deepEqual((await it.environments())["test"], made(first.id));
      },
      { started: withoutCleanUp },
    ));

  it("in Deploy of an update: the same; and a roll-back that got stuck is continued", () =>
    scenario(
      "refused-by-aws-update",
      record,
      async (it) => {
        const { planting, job, stacks, pushed, status, ...deploy } = deploying(it);
        await it.push(version(1));
        // Otherwise the stage would go back by itself.
        it.pipeline().changed();
        const run = await pushed(
          2,
          { "cloudformation:update AWS::Lambda::Function": [refuse("x", "planted, as by a hook")] },
          "the update was rolled back: test runs what it ran before",
        );
        const retried = (plants: Plants, wanted: string | RegExp) => deploy.retried(run, plants, wanted);
        const stuck = status("UPDATE_ROLLBACK_FAILED");
        const goOn = "cloudformation:ContinueUpdateRollback";
        await retried(
          { [stacks]: [stuck, stuck], [goOn]: [say({})] },
          new RegExp(
            `^stack ${TEST_STACK} can't be rolled back \\(UPDATE_ROLLBACK_FAILED\\): repair what its events name in account ${TEST}, `,
          ),
        );
        await retried(
          { [stacks]: Array(7).fill(stuck) as Planted[], [goOn]: [refuse("ValidationError")] },
          new RegExp(
            `^the roll-back of stack ${TEST_STACK} can't be continued: .*: planted; retry this stage$`,
          ),
        );
        await retried(
          {
            [stacks]: [stuck, status("UPDATE_ROLLBACK_IN_PROGRESS"), asUsual, status("DELETE_FAILED")],
            [goOn]: [refuse("ValidationError")],
          },
          `stack ${TEST_STACK} ended in DELETE_FAILED; the clean-up job removes it if it never came to be`,
        );
        planting.plant(job, {});
        await it.retry("Deploy-test", run);
        assert.deepEqual((await it.environments())["test"], updated(run.id));

        it.pipeline().changed();
        const tree = version(3);
        const template = "app/lambda-zip/template.yaml";
        const shared = "Outputs:\n  Planted:\n    Value: planted\n    Export: { Name: planted }\n";
        await it.push({ ...tree, [template]: (tree[template] ?? "").replace(/^Outputs:\n/m, shared) });
        says(
          it,
          job,
          "the change set is refused for these reasons: correct the template, then start a new release",
        );
        assert.match(it.log(job), /\nrefused: Planted \(output\) has an Export, /);
      },
      { started: withoutCleanUp },
    ));

  it("in Plan, in prod's Deploy and in clean-ups: the same; and what grows old goes", () =>
    scenario("refused-by-aws-prod", record, async (it) => {
      const planting = new Planting(it.system);
      const [plan, deploy, cleanup] = ["prod-plan-job", "prod-release-job", "catalog-cleanup"] as const;
      const { aws } = it.system;
      const first = await it.push(version(1));
      await it.cleanUp(first);
      assert.match(it.log(cleanup), /\nthe run is in progress again: its change sets stay\n/);
      const names = { StackName: "catalog--prod", ChangeSetName: `d-${first.id}` };
      await aws.cloudFormation(PROD).send(new DeleteChangeSetCommand(names));
      await it.decide("Approved");
      says(
        it,
        deploy,
        new RegExp(
          `^change set d-${first.id} is gone: .* Nothing was changed by this run: start a new release$`,
        ),
      );

      planting.plant(plan, {
        "codepipeline:GetPipelineState": [
          ...(Array(6).fill(throttled) as Planted[]),
          planting.stage("Approve-prod", {}, { externalExecutionId: undefined }),
          asUsual,
          planting.stage("Deploy-prod", { status: "InProgress" }),
        ],
      });
      const second = await it.push(version(2));
      planting.allAsked();
      assert.match(it.log(plan), /\nstage Deploy-prod is busy with another release: waiting \(0 of 240\)\n/);
      // So much later that nothing which an approval might wait for is needed any more.
      it.system.containers.later(400);
      const bucket = bucketOf(it.system);
      const old = `kept/catalog/${"a".repeat(40)}/SHA256SUMS`;
      await aws.objects.put(bucket, old, "planted");
      const releases = `releases/catalog/${TEST}/test/`;
      assert.ok((await aws.objects.list(bucket, `${releases}${first.id}/`)).length > 0);
      await it.decide("Approved");
      assert.deepEqual((await it.environments())["prod"], made(second.id));
      assert.match(it.log("catalog-promote"), /\nremoves the release kept for a{40}: no record names it\n/);
      assert.deepEqual(await aws.objects.list(bucket, old), []);

      planting.plant(plan, { "cloudformation:DescribeChangeSet": [noChanges] });
      const third = await it.push(version(3));
      planting.allAsked();
      assert.match(it.log(plan), /\nnothing would change in catalog--prod\n/);
      assert.deepEqual(await aws.objects.list(bucket, `${releases}${first.id}/`), []);
      // Otherwise the stage would go back by itself.
      it.pipeline().changed();
      await it.decide("Approved");
      says(it, deploy, "the environment has changed since the approval: start a new release");
      planting.plant(deploy, { "cloudformation:DescribeChangeSet plan": [noChanges] });
      await it.retry("Deploy-prod", third);
      planting.allAsked();
      assert.deepEqual((await it.environments())["prod"], { ...made(second.id), promoted: third.id });

      const fourth = await it.push(version(4));
      await it.decide("Approved");
      assert.deepEqual((await it.environments())["prod"], updated(fourth.id));
      it.pipeline().rollBack("Approve-prod", third.id, "somebody");
      await it.system.activity.idle();
      says(it, plan, /^stage Approve-prod changes no environment, so there is nothing in it to roll back: /);
      const back = it.pipeline().rollBack("Deploy-prod", third.id, "somebody");
      await it.system.activity.idle();
      assert.deepEqual([back.status, (await it.environments())["prod"]], ["Succeeded", updated(back.id)]);

      const cleaned = async (plants: Plants): Promise<void> => {
        planting.plant(cleanup, plants);
        await it.cleanUp(first);
        planting.allAsked();
      };
      const stacks = `cloudformation:DescribeStacks :${TEST}:`;
      const status = (StackStatus: string) => planting.stack({ StackStatus });
      const remove = { "cloudformation:DeleteStack": [say({})] };
      await cleaned({
        [stacks]: [status("ROLLBACK_COMPLETE"), status("DELETE_IN_PROGRESS"), status("DELETE_COMPLETE")],
        ...remove,
      });
      assert.match(
        it.log(cleanup),
        /\ntest: deletes stack catalog--test, which never came to be \(ROLLBACK_COMPLETE\)\ntest: clean\n/,
      );
      await cleaned({ [stacks]: [status("ROLLBACK_COMPLETE"), status("DELETE_FAILED")], ...remove });
      says(it, cleanup, /^not everything was done: clean test catalog--test /);
      assert.match(
        it.log(cleanup),
        new RegExp(
          `\nerror: stack catalog--test can't be deleted: see its events in account ${TEST}, delete it there\n`,
        ),
      );
      await cleaned({ "logs:GetLogEvents": [refuse("InvalidParameterException")] });
      assert.match(it.mails().at(-1) ?? "", /\n\(its log could not be read\)\n/);
      it.notUp(PROD);
      await it.cleanUp(first);
      assert.match(it.log(cleanup), /\nprod: isn't up, so nothing was left there\n/);
    }));

  it("in Build, of what was kept: whatever is not whole is made again", () =>
    scenario(
      "kept-releases",
      record,
      async (it) => {
        const { objects } = it.system.aws;
        const [bucket, build] = [bucketOf(it.system), "catalog-build"];
        const first = await it.push(version(1));
        const commit = first.artifacts.get("Source")?.revision ?? "";
        const kept = `kept/catalog/${commit}/`;
        const files = new Map<string, Buffer>();
        for (const key of await objects.list(bucket, kept)) {
          const body = await objects.get(bucket, key);
          assert.ok(body);
          files.set(key.slice(kept.length), body);
        }
        const { CODE_DIGEST } = it.build(build).exported;
        it.pipeline().transition("Deploy-test", false);
        /** Builds the same commit once more, with other files kept; then they are as they were. */
        const again = async (
          changed: Readonly<Record<string, string | Buffer>>,
          line: RegExp,
        ): Promise<void> => {
          for (const [name, body] of Object.entries(changed)) await objects.put(bucket, kept + name, body);
          await it.push(version(1));
          assert.equal(it.build(build).status, "SUCCEEDED");
          assert.equal(it.build(build).exported["CODE_DIGEST"], CODE_DIGEST);
          assert.match(it.log(build), line);
          for (const name of Object.keys(changed))
            await objects.put(bucket, kept + name, files.get(name) ?? "");
        };
        const text = (name: string) => files.get(name)?.toString() ?? "";
        const release = JSON.parse(text("release.json")) as Readonly<Record<string, string>>;
        const other = JSON.stringify({ ...release, settings: "others" });
        const sum = createHash("sha256").update(other).digest("hex");
        await again(
          {},
          /\nhands over the kept release of this commit, which was checked when it was built\n/,
        );
        await again(
          {
            "release.json": other,
            SHA256SUMS: text("SHA256SUMS").replace(/^[0-9a-f]{64}(?= {2}release\.json$)/m, sum),
          },
          /\nthe kept release of this commit was made with other settings of the pipeline: it is made again\n/,
        );
        await again(
          { "template.yaml": "planted" },
          /\na file of the release was changed after Build\nthe kept release of this commit is not whole, or has other code: it is made again\n/,
        );
        await again(
          { "release.json": "{}" },
          /\nthe kept release of this commit names no code: it is made again\n/,
        );
        await it.remove(`${kept}parameters/prod.json`);
        await again(
          {},
          /\nthe kept release of this commit has no parameters\/prod\.json: it is made again\n/,
        );
        const tree = version(2);
        await it.push(
          Object.fromEntries(Object.entries(tree).filter(([name]) => !name.endsWith("/prod.json"))),
        );
        assert.equal(it.build(build).status, "SUCCEEDED");
        const template = "app/lambda-zip/template.yaml";
        const manifest = JSON.parse(tree["app/package.json"] ?? "") as { readonly scripts: object };
        const failing = { ...manifest, scripts: { ...manifest.scripts, preinstall: "exit 3" } };
        await it.push({ ...tree, "app/package.json": JSON.stringify(failing) });
        says(
          it,
          build,
          "'npm ci' ended with exit code 3: see what it says above; correct it, or retry this stage",
        );
        await it.push({ ...tree, [template]: `Transform: AWS::LanguageExtensions\n${tree[template] ?? ""}` });
        says(
          it,
          build,
          /^lambda-zip\/template\.yaml uses transform AWS::LanguageExtensions, which this pipeline doesn't permit /,
        );
      },
      { started: withoutCleanUp },
    ));
});
