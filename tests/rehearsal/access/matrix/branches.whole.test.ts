import assert from "node:assert/strict";
import { assertNothingAgainst } from "../mutation/alone";
import { judgeAccess } from "../../../../rehearsal/access/matrix/judge";
import { makeWorld } from "../../../../rehearsal/access/estate/world";
import type { Values } from "../../../../packages/iam/src/json";
import { upOf } from "../../../stacks/together.cases";
import { branchWorld, BRANCHES_TITLE, ONE, OTHER } from "../branchWorld";
import { APP, folderOf } from "../worlds";
import { withPolicy } from "./changes";

const INLINE = "aws:iam/rolePolicy:RolePolicy";
const MANAGED = "aws:iam/policy:Policy";
const ROLE = "aws:iam/role:Role";

/** What is found once a statement is another. */
async function found(
  type: string,
  name: string,
  sid: string,
  change: (each: Values) => Values | undefined,
): Promise<readonly string[]> {
  const property = type === ROLE ? "assumeRolePolicy" : "policy";
  const record = await withPolicy(type, name, sid, change, property, await upOf(BRANCHES_TITLE));
  const world = await makeWorld(folderOf(BRANCHES_TITLE), record, { places: [APP], app: undefined });
  return (await judgeAccess(world, { calls: [] })).findings;
}

const wide =
  (...from: readonly [RegExp, string][]) =>
  (each: Values): Values => {
    const resources = from.reduce(
      (written, [pattern, to]) => written.replace(pattern, to),
      JSON.stringify(each["Resource"]),
    );
    return { ...each, Resource: JSON.parse(resources) as unknown };
  };
const ANY_BRANCH = wide([/\$\{aws:PrincipalTag\/branch\}/g, "*"]);

describe("The access matrix of branches", () => {
  it("has every grant used by some step, and rows for each of two branches", async () => {
    const { rows, findings, unused } = await judgeAccess(await branchWorld());
    assert.deepEqual([findings, unused], [[], []]);
    for (const hash of [ONE, OTHER]) {
      const own = rows.filter(
        ({ who }) => who === `role delivery-catalog--br-deploy in 222222222222, for branch ${hash},`,
      );
      assert.ok(own.length > 20, `${own.length} rows for ${hash}`);
      assert.ok(
        own.some(
          ({ on, may }) =>
            on === `stack catalog--br-${hash}/* in 222222222222` &&
            may.includes("cloudformation:DeleteStack"),
        ),
      );
    }
    const taking = rows.find(
      ({ who, may }) =>
        who === "role delivery-catalog--br-cleanup in 111111111111" && may.includes("sts:TagSession"),
    );
    assert.equal(taking?.when, "aws:RequestTag/branch is ???????? and aws:TagKeys is branch");
  });

  it("finds a session that reaches another branch's stack, table, function, release or role", async () => {
    const cases: readonly (readonly [type: string, name: string, sid: string, action: RegExp])[] = [
      [MANAGED, "catalog--br-deploy", "MendOrDeleteStack", /cloudformation:/],
      [MANAGED, "catalog--br-deploy", "CreateChangeSets", /cloudformation:CreateChangeSet/],
      [MANAGED, "catalog--br-deploy", "ReadReleaseFiles", /s3:GetObject/],
      [INLINE, "catalog--br-deploy", "ManageTables", /dynamodb:/],
      [INLINE, "catalog--br-deploy", "ManageFunctions", /lambda:/],
      [INLINE, "catalog--br-deploy", "PassRolesToFunctions", /iam:PassRole/],
      [MANAGED, "catalog--br-boundary", "UseTables", /dynamodb:/],
    ];
    for (const [type, name, sid, action] of cases) {
      const all = await found(type, name, sid, ANY_BRANCH);
      const by = new RegExp(`which the access matrix does not have, by (.* and )?${sid} in `);
      const other = all.filter((each) => action.test(each) && by.test(each));
      assert.ok(other.length > 0, `${name} ${sid}: ${all.join("\n")}`);
    }
  });

  it("finds what reaches the service's own stack, its images, its artifacts", async () => {
    const main = wide([/catalog--br-\$\{aws:PrincipalTag\/branch\}/g, "catalog--*"]);
    assert.match(
      (await found(MANAGED, "catalog--br-deploy", "MendOrDeleteStack", main)).join(),
      /stack\/catalog--dev/,
    );
    const bucket = wide([/catalog--br\//g, "catalog*/"]);
    for (const sid of ["WriteRelease", "TakeBackKeptReleases"])
      assert.match(
        (await found(INLINE, "catalog--br-build", sid, bucket)).join(),
        /role delivery-catalog--br-build may s3:/,
      );
    const images = (each: Values): Values => ({
      ...each,
      Resource: "arn:aws:ecr:eu-west-1:111111111111:repository/*",
    });
    assert.match(
      (await found(INLINE, "catalog--br-build", "PushImages", images)).join(),
      /repository\/catalog-/,
    );
  });

  it("finds a role that can be taken without the tag, with more tags, or by others, and tags that can be changed", async () => {
    const without = (operator: string) => (each: Values) => {
      const left = Object.entries(each["Condition"] as Values).filter(([name]) => name !== operator);
      return { ...each, Condition: Object.fromEntries(left) };
    };
    const role = (operator: string) => found(ROLE, "catalog--br-deploy", "AssumedByJobs", without(operator));
    assert.match((await role("StringLike")).join(), /release-job may sts:AssumeRole.* on \S+-deploy, which/);
    assert.match((await role("ForAllValues:StringEquals")).join(), /aws:TagKeys=branch,others, which/);
    assert.match((await role("ArnEquals")).join(), /rewritten by an administrator of 111111111111, may sts:/);
    const gone = async (sid: string) =>
      (await found(INLINE, "catalog--br-deploy", sid, () => undefined)).join();
    assert.match(await gone("CreateRolesWithTag"), /may iam:CreateRole/);
    assert.match(await gone("KeepTag"), /may iam:TagRole/);
    assert.match(await gone("KeepTags"), /may iam:UntagRole/);
  });

  it("has nothing against any policy alone", async () => {
    await assertNothingAgainst(await branchWorld(), 60, BRANCHES_TITLE);
  });
});
