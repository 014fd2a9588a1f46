import assert from "node:assert/strict";
import { judgeAccess } from "../../../../rehearsal/access/matrix/judge";
import { walk } from "../../../../rehearsal/access/calls/walk";
import { unbrokenWorld, worldOf } from "../worlds";

/** The lines for the sample, had some of its calls not been there. */
async function without(
  unneeded: (action: string, caller: string, resource: string) => boolean,
): Promise<readonly string[]> {
  const world = await unbrokenWorld();
  const calls = walk(world).calls;
  const left = calls.filter(({ action, caller, resource }) => !unneeded(action, caller, resource));
  assert.ok(left.length < calls.length, "no such call is made");
  return (await judgeAccess(world, { calls: left })).unused;
}
const OUT =
  ", and no step of a release uses it; take it out of the policy and the access matrix, or add the step to the simulated calls";

describe("A grant of the access matrix", () => {
  it("that no step uses is named, once for all that are like it", async () => {
    assert.deepEqual(await without((action) => action === "cloudformation:ContinueUpdateRollback"), [
      `role delivery-catalog--test-deploy in 222222222222 (and 1 like it) may cloudformation:ContinueUpdateRollback since ` +
        `"no stack is left that cannot be updated, or that can be deleted"${OUT}`,
    ]);
  });

  it("that is used on some of its things only is named with each of the others", async () => {
    const roles = await without(
      (action, caller, resource) =>
        action === "sts:AssumeRole" && caller.endsWith("-release-job") && resource.endsWith("-deploy"),
    );
    assert.deepEqual(
      roles,
      ["test", "prod"].map(
        (name) =>
          `role delivery-catalog--${name}-release-job in 111111111111 may anything on ` +
          `arn:aws:iam::${name === "test" ? "222222222222" : "333333333333"}:role/delivery-catalog--${name}-deploy since ` +
          `"Deploy executes the change set; a roll-back and a release without approval make their own"${OUT}`,
      ),
    );
    const logs = await without(
      (action, caller, resource) =>
        action === "logs:GetLogEvents" &&
        caller === "delivery-catalog-cleanup" &&
        /-(build|promote):/.test(resource),
    );
    assert.deepEqual(
      logs,
      ["build", "promote"].map(
        (job) =>
          `role delivery-catalog-cleanup in 111111111111 may anything on ` +
          `arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/delivery-catalog-${job}:* since ` +
          `"why a job failed, in its own words; of this pipeline's jobs only"${OUT}`,
      ),
    );
  });

  it("of which no call is made is named by each action, and the same grant on other things is not", async () => {
    const title = "branches of a repository in CodeCommit, and behind a connection";
    const world = await worldOf(title);
    const cache = world.record.flatMap(({ resources }) =>
      resources.filter(({ type, name }) => type === "awsx:ecr:Repository" && name.endsWith(".cache")),
    );
    assert.deepEqual(
      cache.map(({ name }) => name),
      ["catalog.cache"],
    );
    const calls = walk(world).calls.filter(
      ({ resource, caller }) => !(resource.includes("cache") && caller === "delivery-catalog-build"),
    );
    const { unused } = await judgeAccess(world, { calls });
    assert.equal(unused.length, 7);
    for (const line of unused)
      assert.match(
        line,
        /^role delivery-catalog-build in 111111111111 may ecr:\w+ since "layers are kept for/,
      );
  });

  it("is needed by whoever it is for: an approver's call is no operator's", async () => {
    const lines = await without(
      (action, caller) => action === "codepipeline:StartPipelineExecution" && caller.includes("operator"),
    );
    assert.deepEqual(lines, [
      `whoever has policy catalog-operator in 111111111111 may codepipeline:StartPipelineExecution since "operators watch, start and stop this pipeline and no other"${OUT}`,
    ]);
  });

  it("of what templates decide is used when some template of the kind could", async () => {
    assert.deepEqual(await without((_, caller) => /-(execution|codedeploy)$|Role/.test(caller)), []);
  });
});
