import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./aws/faults";
import { type Ended, pulumi, type Started, start } from "./commandLine";
import {
  assertCompleted,
  assertNothingChanges,
  createdIn,
  emptyWorld,
  removeWorlds,
  up,
  upWorld,
} from "./worlds";
import type { World } from "./world";

const UP = ["up", "--stack", "prod", "--yes", "--skip-preview"];
/** One resource after the other: nothing else is on its way when something happens. */
const IN_TURN = [...UP, "--parallel=1"];
/** A role with a fixed name; its policy waits for it. */
const ROLE = "aws:iam/role:Role";
const NAME = "catalog--prod-plan";
const PHYSICAL = `delivery-${NAME}`;

const LOCKED =
  "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock " +
  "file with `pulumi cancel`.";

const fault = (when: Fault["when"], then: Fault["then"]): Fault => ({
  op: "create",
  urn: `${ROLE}::${NAME}`,
  when,
  then,
});

/** The diagnostics of a resource, a line each. */
function diagnostics({ output }: Ended, resource: string): string[] {
  const [, after = ""] = output.split("Diagnostics:\n");
  const blocks = after.split(/\n\n(?=\S| {2}\S)/);
  return (
    blocks
      .find((each) => each.includes(`(${resource}):\n`))
      ?.split("\n")
      .slice(1)
      .map((line) => line.trim()) ?? []
  );
}

/** Tooling up, prod's stack there, and an up of it on its way that holds at the role. */
async function held(world: World, when: Fault["when"]): Promise<Started> {
  await up(world, "tooling");
  assert.equal((await pulumi(world, "stack", "init", "prod")).code, 0);
  world.inject(fault(when, "hold"));
  const started = start(world, IN_TURN);
  await world.until(({ op }) => op === "fault");
  return started;
}

async function succeeds(world: World, ...args: string[]): Promise<Ended> {
  const ended = await pulumi(world, ...args);
  assert.equal(ended.code, 0, ended.output);
  return ended;
}

describe("an up that something happens to", () => {
  afterEach(removeWorlds);

  it("lets no other up of its stack begin while it is slow, and completes then", async () => {
    const world = emptyWorld();
    const slow = await held(world, "before");
    const second = await pulumi(world, ...UP);
    assert.equal(second.code, 1);
    assert.equal(second.output.split("\n")[0], LOCKED);
    world.inject();
    assert.equal((await slow.ended).code, 0);
    await assertCompleted(world, "prod", createdIn(await upWorld(), "prod"));
  });

  it("ends in order when it is interrupted while AWS hangs; the next one completes it", async () => {
    const world = emptyWorld();
    const hanging = await held(world, "after");
    hanging.process.kill("SIGINT");
    world.inject();
    assert.notEqual((await hanging.ended).code, 0);
    await succeeds(world, ...UP);
    await assertCompleted(world, "prod", createdIn(await upWorld(), "prod"));
  });

  it("killed in the middle leaves a lock and what AWS had made; cancel, refresh and import fix that without duplicates", async () => {
    const world = emptyWorld();
    const killed = await held(world, "after");
    killed.process.kill("SIGKILL");
    assert.equal((await killed.ended).code, null);
    world.inject();
    assert.equal((await pulumi(world, ...UP)).output.split("\n")[0], LOCKED);
    const cancelled = await succeeds(world, "cancel", "--stack", "prod", "--yes");
    assert.equal(cancelled.output.trim(), "The currently running update for 'prod' has been canceled!");

    const again = await pulumi(world, ...UP);
    assert.deepEqual(diagnostics(again, NAME), [`error: EntityAlreadyExists: ${PHYSICAL} already exists`]);
    const [warning, pending] = diagnostics(again, "delivery-prod");
    assert.equal(
      warning,
      "warning: Attempting to deploy or update resources with 1 pending operations from previous deployment.",
    );
    const urn = `urn:pulumi:prod::delivery::delivery:index:CrossAccountRoles$${ROLE}::${NAME}`;
    assert.equal(pending, `* ${urn}, interrupted while creating`);

    await succeeds(world, "refresh", "--stack", "prod", "--yes", "--skip-preview", "--clear-pending-creates");
    importRole(world);
    const options = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false"];
    await succeeds(world, "import", "--stack", "prod", "--file", "import.json", ...options);
    await succeeds(world, ...UP);
    const made = world
      .writes()
      .filter(({ op, urn }) => op === "create" && urn.startsWith("urn:pulumi:prod::"));
    assert.deepEqual(made.map(({ urn }) => urn).sort(), createdIn(await upWorld(), "prod").sort());
    await assertNothingChanges(world, ["prod"]);
  });

  it("whose provider is killed before AWS has done it is completed by the next", async () => {
    const world = emptyWorld();
    await up(world, "tooling");
    assert.equal((await pulumi(world, "stack", "init", "prod")).code, 0);
    world.inject(fault("before", "die"));
    assert.equal((await pulumi(world, ...IN_TURN)).code, 1);
    world.inject();
    await succeeds(world, ...UP);
    await assertCompleted(world, "prod", createdIn(await upWorld(), "prod"));
  });

  it("with a wrong passphrase ends before anything is read or made", async () => {
    const world = await upWorld();
    const before = world.now;
    for (const args of [["preview", "--stack", "prod"], UP]) {
      const { code, output } = await start(world, args, { PULUMI_CONFIG_PASSPHRASE: "wrong" }).ended;
      assert.equal(code, 1);
      assert.equal(
        output.trim(),
        "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
      );
    }
    assert.equal(world.now, before);
  });
});

/** Without its provider and parent named, it would be looked for with whatever credentials are there. */
function importRole(world: World): void {
  const urn = (type: string, name: string) => `urn:pulumi:prod::delivery::${type}::${name}`;
  const nameTable = {
    account: urn("pulumi:providers:aws", "account"),
    workload: urn("delivery:index:CrossAccountRoles", "catalog--prod"),
  };
  const role = { type: ROLE, name: NAME, id: PHYSICAL, provider: "account", parent: "workload" };
  writeFileSync(join(world.project, "import.json"), JSON.stringify({ nameTable, resources: [role] }));
}
