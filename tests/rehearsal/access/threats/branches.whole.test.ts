import assert from "node:assert/strict";
import { type ThreatResult, tryThreats } from "../../../../rehearsal/access/threats/run";
import { worldOf } from "../worlds";

/** What settings lack whose branches are functions. */
const TASKS = "branches of tasks";
/** Such settings are tried in together.sampled.test.ts. */
const ELSEWHERE = /in another Region than tooling's|copied to another Region/;
const kept = (results: readonly ThreatResult[]) =>
  results.map(({ id, applicable, refused, succeedsWithChange, refusedBy }) => [
    id,
    applicable && refused && succeedsWithChange,
    refusedBy.replace(/^(.*): not allowed by .*$/, "$1").replace(/^explicit deny by .*, /, "deny "),
  ]);
function assertApart(results: readonly ThreatResult[]): void {
  const keys = results.map(
    ({ steps, change }) => `${steps.find(({ mustBeRefused }) => mustBeRefused)?.action ?? ""} ${change}`,
  );
  assert.equal(new Set(keys).size, keys.length, keys.sort().join("\n"));
}

describe("access/threats by branches, and against them", () => {
  let results: readonly ThreatResult[];
  before(async () => {
    const all = tryThreats(await worldOf("branches of a repository in CodeCommit, and behind a connection"));
    results = all.filter(
      ({ id, notApplicable = "" }) =>
        /branch/.test(id) && notApplicable !== TASKS && !ELSEWHERE.test(notApplicable),
    );
  });

  it("all apply where branches have stacks beside an environment, and each is refused by a named statement or policy", () => {
    assert.deepEqual(kept(results), [
      ...[
        "branch-build-pushes-main-image",
        "branch-build-writes-main-artifact",
        "branch-build-writes-kept-release",
        "branch-build-reads-release-secret",
        "branch-build-overwrites-release",
        "branch-build-forges-note",
        "branch-build-forges-stack-note",
        "branch-release-job-forges-stack-note",
        "branch-pipeline-runs-release-job",
      ].map((id) => [id, true, "identity"]),
      ...["branch-build-takes-deploy-role", "main-job-takes-branch-role", "branch-job-takes-main-role"].map(
        (id) => [id, true, "resource"],
      ),
      ...[
        "branch-updates-main-stack",
        "branch-deletes-anothers-stack",
        "branch-reads-anothers-release",
        "branch-changes-anothers-code",
        "branch-deletes-anothers-table",
        "branch-alarm-terminates-instances",
        "branch-change-set-with-role",
        "branch-canary-shifts-main-alias",
        "branch-runs-anothers-zip",
        "branch-cleanup-deletes-main-stack",
      ].map((id) => [id, true, "identity"]),
      ["branch-role-without-tag", true, "deny CreateRolesWithTag"],
      ["branch-role-with-anothers-tag", true, "deny CreateRolesWithTag"],
      ["branch-role-retagged", true, "deny KeepTag"],
      ["branch-role-untagged", true, "deny KeepTags"],
      ["branch-boundary-exchanged", true, "identity"],
      ["branch-passes-main-execution-role", true, "identity"],
      ["branch-passes-main-codedeploy-role", true, "identity"],
      ["branch-function-reads-anothers-table", true, "boundary"],
      ["branch-function-becomes-another-branch", true, "boundary"],
    ]);
  });

  it("no two are about the same action with the same change", () => {
    assertApart(results);
  });
});

describe("access/threats by branches of tasks, and against them", () => {
  let results: readonly ThreatResult[];
  before(async () => {
    const functions = tryThreats(
      await worldOf("branches of a repository in CodeCommit, and behind a connection"),
    );
    const own = functions.filter(({ notApplicable }) => notApplicable === TASKS).map(({ id }) => id);
    const all = tryThreats(await worldOf("every kind of workload over one store"));
    results = all.filter(({ id }) => own.includes(id));
  });

  it("all apply where branches share a platform with the environment, and each is refused", () => {
    assert.deepEqual(kept(results), [
      ...[
        "branch-stops-anothers-service",
        "branch-stops-main-service",
        "branch-rewrites-anothers-rule",
        "branch-reorders-main-rule",
        "branch-rewrites-listener",
        "branch-adopts-main-target-group",
        "branch-task-with-anothers-role",
        "branch-task-with-main-role",
        "branch-runs-anothers-task-definition",
        "branch-makes-third-task-role",
      ].map((id) => [id, true, "identity"]),
      ["branch-task-role-without-tag", true, "deny CreateRolesWithTag"],
      ["branch-task-role-without-boundary", true, "identity"],
      ["branch-task-reads-anothers-table", true, "boundary"],
      ["branch-task-gets-anothers-secret", true, "boundary"],
    ]);
  });

  it("no two are about the same action with the same change", () => assertApart(results));
});
