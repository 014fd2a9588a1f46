/** Worlds that tests begin with, and what must be true of every one of them. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { join } from "node:path";
import type { Task } from "./apart";
import { type Operation, type Options, type Ran, run } from "./stack";
import { World } from "./world";

/** The project's own stacks, in the order in which they come up. */
export const STACKS = ["tooling", "test", "prod"] as const;

const open: World[] = [];

/** Worlds go with the test that made them. */
export function removeWorlds(): void {
  for (const world of open.splice(0)) world.remove();
}

const kept = (world: World): World => {
  open.push(world);
  return world;
};

/** The same stacks, up, in accounts of another world. */
export const copyOf = (world: World): World => kept(world.copy());

/** Empty accounts. */
export const emptyWorld = (project?: string, stackFiles?: string): World =>
  kept(World.make(project, stackFiles));

/** Nothing went wrong, and nobody was warned. */
export function assertFine(ran: Ran): void {
  assert.deepEqual({ errors: ran.errors, warnings: ran.warnings }, { errors: [], warnings: [] });
}

/** Brings a stack up; fails if anything goes wrong. */
export async function up(world: World, stack: string, options: Options = {}): Promise<Ran> {
  const ran = await run(world, stack, "up", options);
  assertFine(ran);
  return ran;
}

/** An operation that must fail; in a process of its own, since what its program leaves behind would disturb the next. */
export async function fails(
  world: World,
  stack: string,
  operation: Operation,
  options: Options = {},
): Promise<Ran> {
  const loaded = ["ts-node/register", join(__dirname, "../fixtures/kinds/register.ts")];
  const child = fork(join(__dirname, "apart.ts"), { execArgv: loaded.flatMap((each) => ["-r", each]) });
  const task: Task = { folder: world.folder, project: world.name, stack, operation, options };
  child.send(task);
  const ran = await new Promise<Ran>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Ran));
    child.once("exit", (code) => reject(new Error(`apart.ts ended with ${code}`)));
  });
  assert.notDeepEqual(ran.errors, [], `${operation} of ${stack} did not fail`);
  return ran;
}

/** Tooling first, the environments at once. */
export async function upAll(
  world: World,
  [tooling, ...environments]: readonly string[] = STACKS,
): Promise<void> {
  if (tooling !== undefined) await up(world, tooling);
  await Promise.all(environments.map((stack) => up(world, stack)));
}

/** As docs/every-day.md says it: let it go, bring that up, destroy. */
export async function takeDown(world: World, stack: string): Promise<void> {
  world.set(stack, { deletable: true });
  await up(world, stack);
  assertFine(await run(world, stack, "destroy"));
}

let broughtUp: Promise<World> | undefined;

/** The project's stacks, up; made once in this process, and copied. */
export async function upWorld(): Promise<World> {
  broughtUp ??= (async () => {
    const world = World.make();
    await upAll(world);
    return world;
  })();
  return copyOf(await broughtUp);
}

/** Another up of each stack neither reports nor does anything. */
export async function assertNothingChanges(world: World, stacks: readonly string[] = STACKS): Promise<void> {
  const before = world.now;
  const ran = await Promise.all(stacks.map((stack) => up(world, stack)));
  assert.deepEqual(
    ran.map(({ changes }) => changes),
    stacks.map(() => ({})),
  );
  assert.deepEqual(world.writes(before), []);
  assert.ok(ran.length > 0, "no stack was brought up");
}

/** These things were created exactly once each, and nothing was changed, deleted or refused. */
export function assertCreatedOnce(world: World, things = world.cloud.things()): void {
  const writes = world.writes();
  assert.deepEqual(
    writes.filter(({ op }) => op !== "create"),
    [],
  );
  const urns = writes.map(({ urn }) => urn);
  assert.equal(new Set(urns).size, urns.length, "a resource was created twice");
  assert.deepEqual(urns.sort(), things.map(({ urn }) => urn).sort());
  assert.ok(urns.length > 0, "nothing was created");
}

/** URNs of what was made by a stack's ups, in that order. */
export const createdIn = (world: World, stack: string): string[] =>
  world
    .writes()
    .filter(({ op, urn }) => op === "create" && urn.startsWith(`urn:pulumi:${stack}::`))
    .map(({ urn }) => urn);

/** Set by the tests' launcher. */
const everyCase = process.env["ENGINE_ALL"] === "1";

/** Some of these cases, spread evenly; all of them when that is asked for. */
export function sampled<T>(cases: readonly T[], count: number): readonly T[] {
  const step = (cases.length - 1) / (count - 1);
  const chosen = cases.filter(
    (_, index) => everyCase || Math.floor(index / step) !== Math.floor((index - 1) / step),
  );
  assert.ok(chosen.length > 0, "there is no case");
  return chosen;
}

/** A stack is complete after a fault: each of these was made exactly once, nothing was refused, and nothing changes any more. */
export async function assertCompleted(world: World, stack: string, urns: readonly string[]): Promise<void> {
  const own = world
    .writes()
    .filter(({ urn, op }) => urn.startsWith(`urn:pulumi:${stack}::`) && op !== "fault");
  assert.deepEqual(
    own.map(({ op, urn }) => `${op} ${urn}`).sort(),
    urns.map((urn) => `create ${urn}`).sort(),
  );
  await assertNothingChanges(world, [stack]);
}
