import assert from "node:assert/strict";
import { readDelivery } from "../../../commands/delivery";
import { EngineFailure } from "../../../commands/engine/engine";
import { type Options, previewAll } from "../../../commands/up/previewAll";
import {
  fake,
  PIPELINE,
  projectFolder,
  removeFolders,
  ROLE,
  stateOf,
  step,
  summed,
  type Surroundings,
  told,
  type Work,
} from "../fake";

const STATES = {
  tooling: stateOf("tooling", [], { outputs: { contract: {} } }),
  test: stateOf("test", []),
  prod: stateOf("prod", []),
};
const changes: Work = (_, stack, { onEvent }) => {
  if (stack === "tooling") {
    onEvent(step("update", stack, PIPELINE, "catalog", ["stages", "tags"]));
    onEvent(step("create", stack, ROLE, "catalog-new"));
    onEvent(step("same", stack, ROLE, "catalog-build"));
  }
  onEvent(summed(stack === "tooling" ? { create: 1, update: 1, same: 80 } : { same: 14 }));
};

async function preview(surroundings: Surroundings, options: Partial<Options> = {}, names: string[] = []) {
  const { session, ...rest } = fake(surroundings);
  const all = { refresh: false, "expect-no-changes": false, ...options };
  const code = await previewAll(session, readDelivery(projectFolder()), names, all);
  return { code, ...rest };
}

describe("preview", () => {
  afterEach(removeFolders);

  it("previews all stacks side by side and shows one summary", async () => {
    const { code, asked, said } = await preview({ states: STATES, work: changes });
    assert.deepEqual(asked.slice(0, 3), ["preview tooling", "preview test", "preview prod"]);
    assert.deepEqual(said, [
      "stack    create  update  replace  delete  same",
      "tooling  1       1       0        0       80",
      "test     0       0       0        0       14",
      "prod     0       0       0        0       14",
      "",
      "tooling: 2 changes",
      "  ~ aws:codepipeline:Pipeline catalog: stages, tags",
      "  + aws:iam:Role catalog-new",
    ]);
    assert.equal(code, 0);
  });

  it("exits with 2 when there are changes and none were expected, else with 0", async () => {
    const options = { "expect-no-changes": true };
    assert.equal((await preview({ states: STATES, work: changes }, options)).code, 2);
    assert.equal((await preview({ states: STATES, work: changes }, options, ["test"])).code, 0);
  });

  it("exits with 1 when a stack cannot be previewed, though others have changes", async () => {
    const work: Work = (action, stack, run) => {
      if (stack !== "prod") return changes(action, stack, run);
      run.onEvent(told("error", "prefix is too long"));
      throw new EngineFailure("exit code 1");
    };
    const { code, said } = await preview({ states: STATES, work }, { "expect-no-changes": true });
    assert.equal(code, 1);
    assert.deepEqual(
      [said[3], said.at(-1)],
      ["prod     ?       ?       ?        ?       ?     failed", "prod: prefix is too long"],
    );
  });

  it("makes stacks that are not there, and says which wait for tooling", async () => {
    const { code, asked, said } = await preview({});
    assert.deepEqual(asked, ["create tooling", "preview tooling", "preview tooling ended"]);
    const reason =
      "not previewed, since tooling is not up yet, and it reads from there: npm run up brings up both";
    assert.deepEqual(said.slice(2), [`test: ${reason}`, `prod: ${reason}`]);
    assert.equal(code, 0);
  });

  it("compares with what AWS has when it is asked to", async () => {
    const { asked } = await preview({ states: STATES }, { refresh: true }, ["tooling"]);
    assert.deepEqual(asked, ["preview tooling --refresh", "preview tooling ended"]);
  });
});
