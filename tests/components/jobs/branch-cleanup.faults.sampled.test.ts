import assert from "node:assert/strict";
import { BRANCH_ROLE, cleanUpBranches, entry, hashOf, stackOf, statusOf, worldOf } from "./branches";
import { pool } from "./inputs";
import { sampled, whole } from "../../whole/sample";
import { BUCKET, type World } from "./world";

describe("job branch-cleanup: what comes in between", () => {
  whole(
    "goes on with the others when one can't be removed, keeps the note of that one, and says so",
    async () => {
      const branches = ["feature/a", "feature/b", "feature/c"];
      const world = worldOf(Object.fromEntries(branches.map((branch) => [branch, 0])));
      const [stuck] = [...branches].sort((one, other) => (hashOf(one) < hashOf(other) ? -1 : 1));
      assert.ok(stuck !== undefined);
      Object.assign(world.stacks.find(({ name }) => name === stackOf(stuck)) ?? {}, { protected: true });
      const result = await cleanUpBranches(world);
      assert.equal(result.code, 1);
      assert.match(result.output, new RegExp(`error: not everything was done: sweep ${hashOf(stuck)}\n$`));
      assert.deepEqual(
        branches.map((branch) => [
          statusOf(world, branch),
          world.objects.has(`${BUCKET}/kept/catalog--br/${hashOf(branch)}`),
        ]),
        branches.map((branch) => (branch === stuck ? ["UPDATE_COMPLETE", true] : ["DELETE_COMPLETE", false])),
      );
    },
  );

  whole("waits for a run that is deploying the branch, and leaves what that has noted anew", async () => {
    const busy = (): World => {
      const world = worldOf({ "feature/gone": 0 });
      Object.assign(world.stacks[0] ?? {}, {
        status: "UPDATE_IN_PROGRESS",
        next: ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"],
      });
      return world;
    };
    const finished = busy();
    const result = await cleanUpBranches(finished);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /is in UPDATE_IN_PROGRESS: waiting \(0 of 120\)/);
    assert.equal(statusOf(finished, "feature/gone"), "DELETE_COMPLETE");

    // Register notes the branch while the clean-up waits, and while it deletes the stack.
    await pool([1, 2], async (reads) => {
      const world = busy();
      const key = `${BUCKET}/kept/catalog--br/${hashOf("feature/gone")}`;
      const before = entry("feature/gone", 1);
      let read = 0;
      world.objects = new (class extends Map<string, Buffer> {
        override get(name: string): Buffer | undefined {
          return name === key && read++ < reads ? before : super.get(name);
        }
      })([[key, entry("feature/gone")]]);
      const again = await cleanUpBranches(world);
      assert.equal(again.code, 0, again.output);
      assert.match(again.output, /the branch was deployed or removed in between: this clean-up leaves it/);
      assert.equal(statusOf(world, "feature/gone"), reads === 1 ? "UPDATE_COMPLETE" : "DELETE_COMPLETE");
      assert.ok(world.objects.has(key));
    });
  });

  it("keeps the note of every stack that it can't look at, and says what to bring up", async () => {
    const world = worldOf({ "feature/gone": 9 });
    Object.assign(world.roles[BRANCH_ROLE] ?? {}, { up: false });
    const result = await cleanUpBranches(world);
    assert.equal(result.code, 1);
    assert.match(result.output, /can't be looked at without its environment: run 'pulumi up --stack test'/);
    assert.equal(world.objects.size, 1);
  });

  it("touches nothing for an entry that Register has not written", async () => {
    const other = (text: string): Buffer => Buffer.from(text);
    const entries: Buffer[] = [
      entry("feature/other"),
      other("{}"),
      other("no JSON"),
      other('{"ref":"refs/heads/main","deployedAt":0}'),
      other(`{"ref":"refs/heads/feature/one","deployedAt":"$(id)"}`),
    ];
    await pool(entries, async (contents) => {
      const world = worldOf({ "feature/one": 9 });
      world.objects.set(`${BUCKET}/kept/catalog--br/${hashOf("feature/one")}`, contents);
      const result = await cleanUpBranches(world);
      assert.equal(result.code, 1, contents.toString());
      assert.equal(statusOf(world, "feature/one"), "UPDATE_COMPLETE");
      assert.equal(world.objects.size, 1);
    });
  });

  whole(
    "never forgets a stack that is still there, whichever call fails, and the next clean-up removes both",
    async () => {
      const good = worldOf({ "feature/gone": 0 });
      const reference = await cleanUpBranches(good);
      assert.equal(reference.code, 0, reference.output);
      const calls = sampled([...Array(good.awsCalls).keys()], (k) => k % 8 === 3);
      await pool(calls, async (k) => {
        const world = worldOf({ "feature/gone": 0 });
        world.failAt = { call: k + 1, after: false };
        const broken = await cleanUpBranches(world);
        assert.notEqual(broken.code, 0, `call ${k + 1}: ${broken.output}`);
        assert.ok(world.objects.has(`${BUCKET}/kept/catalog--br/${hashOf("feature/gone")}`), `call ${k + 1}`);
        world.failAt = null;
        const again = await cleanUpBranches(world);
        assert.equal(again.code, 0, `call ${k + 1}: ${again.output}`);
        assert.deepEqual([statusOf(world, "feature/gone"), world.objects.size], ["DELETE_COMPLETE", 0]);
      });
    },
  );
});
