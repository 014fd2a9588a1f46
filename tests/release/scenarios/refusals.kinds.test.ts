/** What jobs of images and of branches do when AWS does not do as they are asked. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { map } from "../../../packages/iam/src/json";
import { ofType } from "../../../rehearsal/record/record";
import { bucketOf } from "../system/system";
import { WHOLE } from "../whole";
import { branchesRecord } from "./branches";
import { made } from "./expected";
import { KINDS, recordOf } from "./kinds";
import { asUsual, Planting, type Plants, refuse, say, says } from "./planted";
import { scenario, scenarios } from "./scenario";
import { version } from "./service";

const TOOLING = "111111111111";

scenarios("what AWS refuses jobs of images and branches", () => {
  if (!WHOLE) return;

  it("of an image: without a scan that is clean nothing is deployed; images that no record names go", async () => {
    const [kind] = KINDS.filter(({ settings }) => settings["workload"] === "lambda-container");
    assert.ok(kind);
    const { name } = kind;
    const record = await recordOf([kind]);
    const [repository, ...others] = ofType(record, "awsx:ecr:Repository").map(({ outputs }) =>
      String(map(outputs["repository"])["name"]),
    );
    assert.ok(repository !== undefined && others.length === 0);
    await scenario(
      "refused-image",
      record,
      async (it) => {
        const planting = new Planting(it.system);
        const [job, build] = ["test-release-job", `${name}-build`];
        const findings = "ecr:DescribeImageScanFindings";
        const status = (of: string, more: object = {}) =>
          say({ imageScanStatus: { status: of }, imageScanFindings: more });
        planting.plant(job, { [findings]: [refuse("ImageNotFoundException")] });
        const first = await it.push(version(1));
        const { CODE_DIGEST = "" } = it.build(build).exported;
        planting.allAsked();
        says(
          it,
          job,
          new RegExp(`^image ${CODE_DIGEST} is not in .*: it may have been removed; start a new release$`),
        );
        const retried = async (answers: Plants[string], wanted: RegExp): Promise<void> => {
          planting.plant(job, { [findings]: answers });
          await it.retry("Deploy-test", first);
          planting.allAsked();
          says(it, job, wanted);
        };
        await retried(
          [refuse("InvalidParameterException")],
          /^the findings of the image scan can't be read: retry this stage$/,
        );
        await retried(
          [status("IMAGE_ARCHIVED")],
          /^ECR doesn't scan sha256:.* any more \(IMAGE_ARCHIVED\): no release without a scan\. /,
        );
        await retried(
          [status("FAILED")],
          /^ECR's scan of sha256:.* ended in FAILED: no release without a scan /,
        );
        await retried(
          [
            refuse("ScanNotFoundException"),
            status("IN_PROGRESS"),
            status("COMPLETE", { imageScanCompletedAt: 1, findingSeverityCounts: { CRITICAL: 2 } }),
          ],
          /^2 findings of severity [A-Z]+ or worse in sha256:/,
        );
        assert.match(it.log(job), /\nwaits for ECR's scan: IN_PROGRESS \(1 of 80\)\n/);
        planting.plant(job, {});
        await it.retry("Deploy-test", first);
        await it.decide("Approved");
        assert.deepEqual(await it.environments(), { test: made(first.id), prod: made(first.id) });

        // Of this one no environment's record says anything.
        it.pipeline().changed();
        planting.plant(job, { [findings]: [status("FAILED")] });
        await it.push(version(2));
        const unnamed = it.build(build).exported["CODE_DIGEST"];
        it.system.containers.later(400);
        await it.push(version(3));
        assert.match(it.log("-promote"), /\nremoves 1 images that no record names, older than \d+ days\n/);
        const { request } = it.system.aws;
        const images = async (): Promise<string[]> => {
          const { imageDetails } = (await request(TOOLING, "ecr", "DescribeImages", {
            repositoryName: repository,
          })) as { readonly imageDetails: readonly { readonly imageDigest: string }[] };
          return imageDetails.map(({ imageDigest }) => imageDigest);
        };
        assert.ok(unnamed !== undefined && !(await images()).includes(unnamed));
        assert.ok((await images()).includes(CODE_DIGEST));

        await request(TOOLING, "ecr", "BatchDeleteImage", {
          ...{ repositoryName: repository, imageIds: [{ imageDigest: CODE_DIGEST }] },
        });
        await it.push(version(1));
        assert.match(
          it.log(build),
          /\nthe repository can't give the image of the kept release \(ImageNotFound\): it is built again\n/,
        );
        assert.ok((await images()).includes(it.build(build).exported["CODE_DIGEST"] ?? ""));
      },
      {
        pipeline: name,
        // It would remove what the retry needs.
        started: (build) => build.project.endsWith("-cleanup") && build.kill(),
      },
    );
  });

  it("of a branch: what is none is not built, and the clean-up says what it can't read and removes what has no use", async () => {
    const record = await branchesRecord();
    await scenario("refused-branches", record, async (it) => {
      const planting = new Planting(it.system);
      const [register, cleanup] = ["br-register", "catalog--br-cleanup"];
      for (const branch of ["main", "other", "feature/a"]) it.system.repository.commit(branch, version(1));
      const started = async (
        triggerType: string,
        variables: Readonly<Record<string, string>>,
        wanted: string | RegExp,
      ): Promise<void> => {
        it.pipeline("catalog--br").start({ variables, trigger: { triggerType, triggerDetail: "somebody" } });
        await it.system.activity.idle();
        says(it, register, wanted);
      };
      await started(
        "StartPipelineExecution",
        { BRANCH: "other" },
        `branch other is not among ["feature/*"]: choose another name, or add it to the pipeline's settings`,
      );
      await started("CreatePipeline", { BRANCH: "main" }, /^this run is of no branch: /);
      await started(
        "PollForSourceChanges",
        { BRANCH: "feature/a" },
        "this run was started by PollForSourceChanges, which is neither a push nor the end of a pull request: nothing is built; push to the branch",
      );

      const bucket = bucketOf(it.system);
      const folder = "kept/catalog--br/";
      const hash = createHash("sha256").update("refs/heads/feature/a").digest("hex").slice(0, 8);
      const stack = `catalog--br-${hash}`;
      const now = Math.floor(Date.now() / 1000);
      const note = (deployedAt: number): Promise<void> =>
        it.system.aws.objects.put(
          bucket,
          folder + hash,
          JSON.stringify({
            ref: "refs/heads/feature/a",
            stackName: stack,
            commit: "a".repeat(40),
            deployedAt,
          }),
        );
      const notes = () => it.system.aws.objects.list(bucket, folder);
      const [sweep] = ofType(record, "aws:cloudwatch/eventRule:EventRule").filter(
        ({ inputs }) => inputs["scheduleExpression"] !== undefined,
      );
      const swept = async (plants: Plants, line: RegExp, failed?: string): Promise<void> => {
        planting.plant(cleanup, plants);
        it.system.bus.tick(sweep?.name ?? "");
        await it.system.activity.idle();
        planting.allAsked();
        assert.match(it.log(cleanup), line);
        assert.equal(it.build(cleanup).status, failed === undefined ? "SUCCEEDED" : "FAILED");
        if (failed !== undefined) says(it, cleanup, `not everything was done: sweep ${failed}`);
      };
      await note(now);
      const unreadable = refuse("EncryptionKeyDisabledException");
      await swept(
        { "codecommit:GetBranch": [unreadable] },
        /\nerror: CodeCommit doesn't say whether branch feature\/a is there\n/,
        hash,
      );
      await it.system.aws.objects.put(
        bucket,
        `${folder}01234567`,
        `{"deployedAt": 1, "ref": "refs/heads/feature/a"}`,
      );
      await swept(
        {},
        new RegExp(
          `\nerror: the registry's entry s3://${bucket}/${folder}01234567 is not what Register writes: `,
        ),
        "01234567",
      );
      await it.remove(`${folder}01234567`);
      const stacks = "cloudformation:DescribeStacks";
      const status = (StackStatus: string) => planting.stack({ StackStatus });
      await swept(
        {
          [stacks]: [status("ROLLBACK_COMPLETE"), status("DELETE_COMPLETE")],
          "cloudformation:DeleteStack": [say({})],
        },
        new RegExp(`\n {2}deletes stack ${stack}, which never came to be \\(ROLLBACK_COMPLETE\\)\n`),
      );
      await swept({}, new RegExp(`\nbranch feature/a keeps its environment \\(${stack}\\)\n`));
      it.system.containers.later(2);
      await swept(
        { [stacks]: [asUsual, status("CREATE_IN_PROGRESS")] },
        new RegExp(
          `\nbranch feature/a has had no stack for a day: removes ${stack}\n {2}stack ${stack} is in CREATE_IN_PROGRESS: waiting \\(0 of 120\\)\n`,
        ),
      );
      assert.deepEqual(await notes(), []);
      it.system.containers.later(0);
      await note(now - 8 * 86_400);
      await swept(
        {},
        new RegExp(`\nbranch feature/a was last deployed 8 days ago, and 7 are allowed: removes ${stack}\n`),
      );
      assert.deepEqual(await notes(), []);
    });
  });
});
