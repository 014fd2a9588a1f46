/** The roles that a branch's stack makes, of every kind: each right that is taken from one is noticed. */
import assert from "node:assert/strict";
import { tasks } from "../../../../rehearsal/access/mutation/judge";
import { makeWorld } from "../../../../rehearsal/access/estate/world";
import { formsFor, judgePolicy } from "../../../../packages/iam/src/mutation/mutate";
import { prepareMatrix } from "../../../../rehearsal/access/matrix/judge";
import { subjects } from "../../../../rehearsal/access/mutation/subjects";
import { upOf } from "../../../stacks/together.cases";
import { BRANCHES } from "../../../../rehearsal/access/estate/branches";
import { APP, folderOf, SERVICES } from "../worlds";

const ofBranches = new RegExp(`role (\\S+)--br-(${BRANCHES.map(({ hash }) => hash).join("|")})-`);

/** How many changes there are of roles in stacks of branches, by pipeline, and which rights can be taken away unseen. */
async function narrowed(title: string) {
  const given = { folder: folderOf(title), record: await upOf(title), places: [APP, SERVICES] };
  const { all, left } = await tasks(given);
  assert.deepEqual(left, [], title);
  const verdicts = all.filter(({ name }) => ofBranches.test(name)).flatMap(({ judge }) => judge());
  const narrowing = verdicts.filter(({ direction }) => direction === "narrowing");
  return {
    pipelines: [...new Set(narrowing.map(({ policy }) => ofBranches.exec(policy)?.[1]))].sort(),
    unseen: narrowing
      .filter(({ outcome }) => outcome !== "killed")
      .map(({ policy, name }) => `${policy}, ${name}`),
  };
}

describe("Rights of the roles in a branch's stack", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "branches in another Region": ["catalog", "jobs", "mail", "web"],
    "branches of a repository in CodeCommit, and behind a connection": ["catalog", "jobs", "long"],
    "every kind of workload over one store": ["web"],
    "functions, their branches and tasks that use further services": ["invoices", "orders"],
    "functions, their branches and tasks that have permissions of their own": ["orders"],
  };
  for (const [title, pipelines] of Object.entries(cases))
    it(`are all missed where one is gone: ${title}`, async () => {
      assert.deepEqual(await narrowed(title), { pipelines, unseen: [] });
    });

  it("are held to rows where the service's template is not here: Deploy adds the roles of tasks by itself", async () => {
    const title = "every kind of workload over one store";
    const world = await makeWorld(folderOf(title), await upOf(title), { places: [], app: undefined });
    const { matrix } = await prepareMatrix(world);
    const forms = await formsFor(matrix);
    const own = subjects(world).filter(({ policy: { name } }) => ofBranches.test(name));
    assert.deepEqual(
      own.map(({ policy: { name } }) => name.replace(ofBranches, "$1 $2 ")).sort(),
      BRANCHES.flatMap(({ hash }) => [
        `policy task of web ${hash} task`,
        `policy task-execution of web ${hash} task-execution`,
        `trust of web ${hash} task`,
        `trust of web ${hash} task-execution`,
      ]).sort(),
    );
    const verdicts = own.flatMap((each) => judgePolicy(matrix, forms, each));
    assert.ok(verdicts.length > 100, String(verdicts.length));
    assert.deepEqual(
      verdicts.filter(({ outcome, by }) => outcome !== "killed" && by !== "key never there"),
      [],
    );
  });
});
