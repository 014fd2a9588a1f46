import assert from "node:assert/strict";
import { cleanUpBranches, entryOf, hashOf, register, statusOf, work, worldOf } from "./branches";
import type { Stack } from "./stack";
import { BUCKET } from "./world";
import { whole } from "../../whole/sample";

const skipped = (
  ResourceType: string,
  PhysicalResourceId: string,
  index: number,
): Stack["events"][number] => ({
  EventId: String(index),
  StackId: "s",
  StackName: "s",
  LogicalResourceId: `R${index}`,
  PhysicalResourceId,
  ResourceType,
  ResourceStatus: "DELETE_SKIPPED",
  Timestamp: "2026-01-01",
});

describe("job branch-cleanup", () => {
  whole("removes a branch that is gone, in exactly these calls, and keeps one that is there", async () => {
    const world = worldOf({ "feature/gone": 0 });
    const result = await cleanUpBranches(world);
    assert.equal(result.code, 0, result.output);
    const hash = hashOf("feature/gone");
    assert.deepEqual(work(result), [
      "aws - s3api list-objects-v2",
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
      "aws - codecommit get-branch",
      `aws ${hash} cloudformation describe-stacks`,
      `aws ${hash} cloudformation describe-stacks`,
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
      "aws - s3 cp",
      `aws ${hash} cloudformation delete-stack`,
      `aws ${hash} cloudformation describe-stacks`,
      `aws ${hash} cloudformation describe-stacks`,
      `aws ${hash} cloudformation describe-stacks`,
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
      `aws ${hash} cloudformation describe-stack-events`,
      "aws - s3 rm",
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
      "aws - s3 rm",
    ]);
    assert.deepEqual([statusOf(world, "feature/gone"), world.objects.size], ["DELETE_COMPLETE", 0]);

    const kept = worldOf({ "feature/here": 6 }, ["feature/here"]);
    const second = await cleanUpBranches(kept);
    assert.equal(second.code, 0, second.output);
    assert.match(second.output, /branch feature\/here keeps its environment/);
    assert.deepEqual([statusOf(kept, "feature/here"), kept.objects.size], ["UPDATE_COMPLETE", 1]);
  });

  whole("removes one that was not deployed for too long, whether it is there or not", async () => {
    const world = worldOf({ "feature/old": 7, "feature/new": 6 }, ["feature/old", "feature/new"]);
    const result = await cleanUpBranches(world);
    assert.equal(result.code, 0, result.output);
    assert.match(
      result.output,
      /branch feature\/old was last deployed 7 days ago, and 7 are allowed: removes catalog--br-/,
    );
    assert.deepEqual(
      ["feature/old", "feature/new"].map((branch) => [statusOf(world, branch), entryOf(world, branch)?.ref]),
      [
        ["DELETE_COMPLETE", undefined],
        ["UPDATE_COMPLETE", "refs/heads/feature/new"],
      ],
    );
  });

  whole(
    "removes one that Register has noted as ended with its pull request, and asks nobody whether it is there",
    async () => {
      const world = worldOf({ "feature/merged": 0 }, ["feature/merged"]);
      const key = [...world.objects.keys()].find((each) => each.endsWith(hashOf("feature/merged"))) ?? "";
      const entry = JSON.parse(world.objects.get(key)?.toString() ?? "") as object;
      world.objects.set(key, Buffer.from(JSON.stringify({ ...entry, deployedAt: 0 })));
      const result = await cleanUpBranches(world);
      assert.equal(result.code, 0, result.output);
      assert.match(
        result.output,
        /branch feature\/merged is not needed any more, since its pull request has ended: removes/,
      );
      assert.ok(!result.calls.includes("aws - codecommit get-branch"));
      assert.deepEqual([statusOf(world, "feature/merged"), world.objects.size], ["DELETE_COMPLETE", 0]);
    },
  );

  whole("asks nobody for branches where the source is behind a connection: they expire", async () => {
    const world = worldOf({ "feature/old": 8, "feature/gone": 0 });
    const result = await cleanUpBranches(world, { REPOSITORY: "" });
    assert.equal(result.code, 0, result.output);
    assert.ok(!result.calls.some((call) => call.includes("get-branch")));
    assert.deepEqual([...world.objects.keys()], [`${BUCKET}/kept/catalog--br/${hashOf("feature/gone")}`]);
  });

  whole("lists what the template keeps, with the commands that delete it, quoted", async () => {
    const world = worldOf({ "feature/gone": 0 });
    world.stacks[0]?.events.push(
      skipped("AWS::DynamoDB::Table", "catalog--br-x-Products-1", 1),
      skipped("AWS::DynamoDB::Table", "catalog--br-x-Products-1", 2),
      skipped("AWS::Logs::LogGroup", "/aws/it's $(x)", 3),
      skipped("AWS::Lambda::Version", "arn:version", 4),
      skipped("AWS::S3::Bucket", "a-bucket", 5),
    );
    const result = await cleanUpBranches(world);
    assert.equal(result.code, 0, result.output);
    const from = result.output.indexOf("The template keeps");
    assert.deepEqual(result.output.slice(from).split("\n"), [
      "The template keeps these when its stack goes. To delete them too, in account 222222222222:",
      "  aws logs delete-log-group --log-group-name '/aws/it'\\''s $(x)'",
      "  AWS::S3::Bucket 'a-bucket'",
      "  aws dynamodb update-table --table-name 'catalog--br-x-Products-1' --no-deletion-protection-enabled && " +
        "aws dynamodb delete-table --table-name 'catalog--br-x-Products-1'",
      "",
    ]);
  });

  whole(
    "tells what is kept of a stack that a clean-up before had begun to delete when it was killed",
    async () => {
      const world = worldOf({ "feature/gone": 0 });
      world.stacks[0]?.events.push(skipped("AWS::DynamoDB::Table", "catalog--br-x-Products-1", 1));
      const killed = await cleanUpBranches(Object.assign(world, { failAt: { call: 12, after: true } }));
      assert.deepEqual([killed.code, statusOf(world, "feature/gone")], [1, "UPDATE_COMPLETE"], killed.output);
      Object.assign(world, { failAt: null });
      Object.assign(world.stacks[0] ?? {}, { status: "DELETE_COMPLETE", next: [] });
      const result = await cleanUpBranches(world);
      assert.equal(result.code, 0, result.output);
      assert.match(result.output, /keeps these[^]*delete-table --table-name 'catalog--br-x-Products-1'\n/);
      assert.equal(world.objects.size, 0);
    },
  );

  whole(
    "removes stacks that never came to be, and the note of a branch without a stack after a day",
    async () => {
      const world = worldOf({ "feature/failed": 0 }, ["feature/failed", "feature/young", "feature/none"]);
      Object.assign(world.stacks[0] ?? {}, { status: "ROLLBACK_COMPLETE" });
      register(world, "feature/young");
      register(world, "feature/none", 1);
      const result = await cleanUpBranches(world);
      assert.equal(result.code, 0, result.output);
      assert.equal(statusOf(world, "feature/failed"), "DELETE_COMPLETE");
      assert.deepEqual(
        ["feature/failed", "feature/young", "feature/none"].map((branch) => entryOf(world, branch)?.ref),
        ["refs/heads/feature/failed", "refs/heads/feature/young", undefined],
      );
    },
  );

  it("looks at nothing but the registry's own entries", async () => {
    const world = worldOf({});
    for (const key of [
      "kept/catalog/c0ffee/release.json",
      "kept/catalog--br/README",
      "kept/catalog--br/0123abcd/x",
    ])
      world.objects.set(`${BUCKET}/${key}`, Buffer.from("{}"));
    const result = await cleanUpBranches(world);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.output, "environments of branches: 0\n");
    assert.equal(world.objects.size, 3);
  });

  it("asks about no stack by a note that it has not written itself", async () => {
    const world = worldOf({ "feature/gone": 0 });
    world.stacks = [];
    const note = `${BUCKET}/kept/catalog--br/${hashOf("feature/gone")}.stack`;
    world.objects.set(
      note,
      Buffer.from("arn:aws:cloudformation:eu-west-1:222222222222:stack/catalog--test/x"),
    );
    const result = await cleanUpBranches(world);
    assert.equal(result.code, 1);
    assert.ok(
      result.output.includes(`error: s3://${note} is not what this job writes: delete it\n`),
      result.output,
    );
    assert.ok(!result.calls.some((call) => call.endsWith("describe-stack-events")));
  });
});
