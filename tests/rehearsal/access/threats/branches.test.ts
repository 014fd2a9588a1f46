import assert from "node:assert/strict";
import { attack, type AttackResult } from "../../../../rehearsal/access/threats/attack";
import { worldOf } from "../worlds";

describe("access/threats by branches, and against them", () => {
  let results: readonly AttackResult[];
  before(async () => {
    const all = await attack(
      await worldOf("branches of a repository in CodeCommit, and behind a connection"),
    );
    results = all.filter(({ id }) => /branch/.test(id));
  });

  it("all apply where branches have stacks beside an environment, and each is stopped by a named statement or policy", () => {
    const kept = results.map(({ id, applicable, held, succeedsWithChange, stoppedBy }) => [
      id,
      applicable && held && succeedsWithChange,
      stoppedBy.replace(/^(.*): not allowed by .*$/, "$1").replace(/^explicit deny by .*, /, "deny "),
    ]);
    assert.deepEqual(kept, [
      ...[
        "branch-alarm-terminates-instances",
        "branch-build-pushes-main-image",
        "branch-build-poisons-main-cache",
        "branch-build-writes-main-artifact",
        "branch-build-writes-kept-release",
        "branch-build-overwrites-release",
        "branch-build-forges-note",
        "branch-build-forges-stack-note",
        "branch-release-job-forges-stack-note",
        "branch-pipeline-runs-release-job",
        "main-pipeline-runs-branch-job",
      ].map((id) => [id, true, "identity"]),
      ...[
        "branch-session-without-tag",
        "branch-session-with-more-tags",
        "branch-build-takes-deploy-role",
        "main-job-takes-branch-role",
        "branch-job-takes-main-role",
      ].map((id) => [id, true, "resource"]),
      ...[
        "branch-updates-main-stack",
        "branch-deletes-anothers-stack",
        "branch-cleanup-deletes-main-stack",
        "branch-reads-anothers-release",
        "branch-changes-anothers-code",
        "branch-deletes-anothers-table",
      ].map((id) => [id, true, "identity"]),
      ["branch-role-without-tag", true, "deny CreateRolesWithTag"],
      ["branch-role-with-anothers-tag", true, "deny CreateRolesWithTag"],
      ["branch-role-retagged", true, "deny KeepTag"],
      ["branch-role-untagged", true, "deny KeepTags"],
      ["branch-boundary-exchanged", true, "identity"],
      ["branch-function-reads-anothers-table", true, "boundary"],
      ["branch-function-becomes-another-branch", true, "boundary"],
      ["branch-change-set-with-role", true, "identity"],
      ["branch-passes-main-execution-role", true, "identity"],
      ["branch-passes-main-codedeploy-role", true, "identity"],
      ["branch-canary-shifts-main-alias", true, "identity"],
    ]);
  });

  it("no two are about the same action with the same change", () => {
    const keys = results.map(
      ({ steps, change }) => `${steps.find(({ stops }) => stops)?.action ?? ""} ${change}`,
    );
    assert.equal(new Set(keys).size, keys.length, keys.sort().join("\n"));
  });
});
