import assert from "node:assert/strict";
import { join } from "node:path";
import { DOCUMENTS, FOLDER_OF_DOCUMENTS, settingsOf } from "../documents";
import {
  assertCreatedOnce,
  assertNothingChanges,
  emptyWorld,
  removeWorlds,
  sampled,
  takeDown,
  upAll,
} from "./worlds";

describe("the documents of docs/coming-from.md", () => {
  afterEach(removeWorlds);

  // Without --all the first, with branches and profiles, and the last, with two environments in one account.
  for (const name of sampled(DOCUMENTS, 2)) {
    it(`${name} comes up once, by its profiles, changes nothing then, and goes again`, async () => {
      const world = emptyWorld(undefined, join(FOLDER_OF_DOCUMENTS, name));
      const { project, stacks } = settingsOf(name);
      const environments = stacks.map(({ stack }) => stack).filter((stack) => stack !== "tooling");
      const all = ["tooling", ...environments];
      const profiles = stacks.flatMap(({ config }) => {
        const profile = config["aws:profile"];
        return profile === undefined ? [] : [[profile, config[`${project}:account`] ?? ""] as const];
      });
      // Where a document has profiles, all its stacks have one; nobody's own account is taken then.
      if (profiles.length > 0) world.logIn({ default: "999999999999", ...Object.fromEntries(profiles) });
      await upAll(world, all);
      assertCreatedOnce(world);
      await assertNothingChanges(world, all);
      world.fill();
      for (const stack of [...environments, "tooling"]) await takeDown(world, stack);
      const [tooling] = stacks.filter(({ stack }) => stack === "tooling");
      assert.deepEqual(world.inventory(), [
        `${tooling?.config[`${project}:account`]} aws:kms/key:Key artifacts`,
      ]);
    });
  }
});
