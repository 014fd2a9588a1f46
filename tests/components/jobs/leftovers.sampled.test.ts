import assert from "node:assert/strict";
import { WORKLOADS } from "../../../components/workloads/list";
import { branchWorld, deployBranch, stackOf } from "./branches";
import type { Result } from "./harness";
import { pool, release } from "./inputs";
import { judge } from "./judging";
import { RELEASED_FUNCTION } from "./kinds";
import { liveStack } from "./stack";
import { emptyWorld, type World } from "./world";
import { whole } from "../../whole/sample";

/** A first release does not make again, empty, what a stack of its name has left. */

const BRANCH = "feature/one";
const added = {
  Action: "Add",
  LogicalResourceId: "F",
  ResourceType: "AWS::Lambda::Function",
  AfterContext: RELEASED_FUNCTION,
};
const outcome = { status: "CREATE_COMPLETE", reason: null, changes: [{ ResourceChange: added }] };
const worldWith = (changes: Partial<World>): World => ({ ...emptyWorld(), outcome, ...changes });
const left = (stack: string): string[] => [`${stack}-Products-1A2B3C4D5E6F7`, `${stack}-Orders-ZYXWVUTSRQPO`];
const refused = (stack: string): string =>
  `error: there is no stack ${stack}, but one before it has left tables: ${left(stack).join(" ")}. A new stack would make ` +
  "them again, empty. In account 222222222222, delete each ('aws dynamodb update-table --no-deletion-protection-enabled " +
  "--table-name <name>', then 'aws dynamodb delete-table --table-name <name>'), or import it into a stack of this name; " +
  "then retry this stage";
/** What is no table of a stack of this name, or not one whose name CloudFormation has made. */
const others = (stack: string): string[] => [
  `${stack}-eu-Products-1A2B3C4D5E6F7`,
  `${stack}Products-1A2B3C4D5E6F7`,
  `x${stack}-Products-1A2B3C4D5E6F7`,
  `${stack}-products`,
  `${stack}-Products-1A2B3C4D5E6F7-copy`,
  `${stack}-Products-1a2b3c4d5e6f7`,
];
const last = ({ output }: Result): string | undefined => output.split("\n").at(-2);
const created = ({ commands }: World): boolean =>
  commands.some((words) => words.includes("create-change-set"));

const JOBS: Readonly<Record<string, [stack: string, runs: (world: World) => Promise<Result>]>> = {
  plan: ["catalog--test", (world) => release("plan", world)],
  deploy: ["catalog--test", (world) => release("deploy", world, { APPROVAL: "false" })],
  "deploy of a branch": [stackOf(BRANCH), (world) => deployBranch(world, BRANCH)],
};
const worldOf = (job: string, changes: Partial<World>): World =>
  job === "deploy of a branch" ? branchWorld(BRANCH, { outcome, ...changes }) : worldWith(changes);

describe("tables that a stack has left", () => {
  whole(
    "stop a first release of every job that makes one, which says how to delete them; those of others do not",
    async () => {
      await pool(Object.entries(JOBS), async ([job, [stack, runs]]) => {
        const world = worldOf(job, { tables: [...others(stack), ...left(stack)] });
        const result = await runs(world);
        assert.deepEqual([result.code, last(result)], [1, refused(stack)], job);
        assert.deepEqual([created(world), world.stacks], [false, []], job);
        const free = worldOf(job, { tables: others(stack) });
        const again = await runs(free);
        assert.equal(again.code, 0, again.output);
        assert.ok(created(free));
      });
    },
  );

  whole(
    "stop the try after a first release that failed, also where its stack is under review, until they are deleted",
    async () => {
      const runs = (world: World): Promise<Result> => release("deploy", world, { APPROVAL: "false" });
      const world = worldWith({ executing: ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"] });
      const first = await runs(world);
      assert.match(last(first) ?? "", /^error: the first release of catalog--test failed and was removed/);
      Object.assign(world, { tables: left("catalog--test"), executing: emptyWorld().executing });
      assert.equal(last(await runs(world)), refused("catalog--test"));
      world.stacks.push(liveStack("REVIEW_IN_PROGRESS", { release: null, changeSetId: null }));
      assert.equal(last(await runs(world)), refused("catalog--test"));
      // Of a stack that is gone only its id is known, and by it another than the next one's.
      Object.assign(world, { tables: [], stacks: world.stacks.slice(1) });
      const third = await runs(world);
      assert.equal(third.code, 0, third.output);
    },
  );

  it("are not looked for where there is a stack: they are its own", async () => {
    const world = worldWith({ stacks: [liveStack()], tables: left("catalog--test") });
    const result = await release("plan", world);
    assert.equal(result.code, 0, result.output);
    assert.ok(!result.calls.includes("aws plan dynamodb list-tables"));
  });

  it("are all that can be left with data, of every type that a template may have", async () => {
    const types = [...new Set(Object.values(WORKLOADS).flatMap(({ template }) => template.types))].sort();
    assert.ok(types.length > 20);
    const lines = await judge(
      types.map((ResourceType) => ({
        rollback: true,
        template: { Resources: {} },
        set: {
          Changes: [
            { Type: "Resource", ResourceChange: { Action: "Remove", LogicalResourceId: "It", ResourceType } },
          ],
        },
      })),
    );
    const data = types.filter((_, k) => lines[k]?.some((line) => line.includes("holds data")));
    // A further one: have refuse_leftovers of change-set.sh look for it too.
    assert.deepEqual(data, ["AWS::DynamoDB::Table"]);
  });
});
