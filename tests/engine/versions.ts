/**
 * The stacks of an earlier version as they were when they were up: their files, their exported states, and what was in the
 * doubled accounts. `tests/engine/versions/NAME` holds one; `npm run test:engine -- --keep NAME` writes the present one.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Thing } from "./aws/cloud";
import { imported } from "./stack";
import { emptyWorld, STACKS } from "./worlds";
import type { World } from "./world";

const FOLDER = join(__dirname, "versions");

const pack = (value: unknown): Buffer => gzipSync(JSON.stringify(value), { level: 9 });
const unpack = <T>(version: string, file: string): T =>
  JSON.parse(gunzipSync(readFileSync(join(FOLDER, version, file))).toString()) as T;

/** Versions whose stacks are kept. */
export const versions = (): string[] => readdirSync(FOLDER).sort();

/** A state without what is of the machine that it was made on, and of the hour. */
const portable = (written: string): Deployment =>
  JSON.parse(written, (key, value: unknown) =>
    ["sourcePosition", "stackTrace", "created", "modified"].includes(key) ? undefined : value,
  ) as Deployment;

/** Keeps the stacks of a world under the name of the version that brought them up. */
export function keep(world: World, version: string): void {
  const folder = join(FOLDER, version);
  mkdirSync(folder, { recursive: true });
  const states = STACKS.map((stack) => {
    const state = execFileSync("pulumi", ["stack", "export", "--stack", stack], {
      cwd: world.project,
      env: { ...process.env, ...world.environment },
      maxBuffer: 64 * 1024 * 1024,
    });
    copyFileSync(join(world.project, `Pulumi.${stack}.yaml`), join(folder, `Pulumi.${stack}.yaml`));
    return [stack, portable(state.toString())] as const;
  });
  writeFileSync(join(folder, "stacks.json.gz"), pack(Object.fromEntries(states)));
  writeFileSync(join(folder, "things.json.gz"), pack(world.cloud.things()));
}

/** A world in which a version's stacks are up, as the people have it who are about to take the next. */
export async function worldOf(version: string): Promise<World> {
  const world = emptyWorld();
  for (const thing of unpack<Thing[]>(version, "things.json.gz")) world.cloud.put(thing);
  const states = unpack<Record<string, Deployment>>(version, "stacks.json.gz");
  for (const stack of STACKS) {
    const file = `Pulumi.${stack}.yaml`;
    copyFileSync(join(FOLDER, version, file), join(world.project, file));
    const state = states[stack];
    if (!state) throw new Error(`version ${version} has no state of ${stack}`);
    await imported(world, stack, state);
  }
  return world;
}
