import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDelivery } from "../../../commands/delivery";
import { EngineFailure } from "../../../commands/engine/engine";
import { type Options, previewAll } from "../../../commands/up/previewAll";
import {
  fake,
  PIPELINE,
  projectFolder,
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

  it("says beside what is up which rights would grow, after all else", async () => {
    const rights = (states: ReadonlyMap<string, unknown>) =>
      Promise.resolve({ lines: [`beside ${[...states.keys()].join(", ")}`], grow: false });
    const { said } = await preview({ states: STATES, work: changes }, { rights });
    assert.deepEqual(said.slice(-2), ["", "beside tooling, test, prod"]);
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
    assert.equal(said[0], "Made, without anything in AWS, to be previewed: tooling");
    assert.deepEqual(said.slice(3), [`test: ${reason}`, `prod: ${reason}`]);
    assert.equal(code, 0);
  });

  describe("of what tooling was brought up without", () => {
    const promise = (environments: Record<string, { account: string; pipelines: string[] }>) => ({
      contract: {
        environments: Object.fromEntries(
          Object.entries(environments).map(([name, { account, pipelines }]) => [
            name,
            { account, pipelines: pipelines.map((each) => ({ name: each })) },
          ]),
        ),
      },
    });
    const test = { account: "222222222222", pipelines: ["catalog"] };
    const prod = { account: "333333333333", pipelines: ["catalog"] };
    const withContract = (environments: Parameters<typeof promise>[0]) =>
      preview({ states: { ...STATES, tooling: stateOf("tooling", [], { outputs: promise(environments) }) } });

    it("is no error for an environment, which is not previewed yet", async () => {
      const { code, asked, said } = await withContract({ test });
      assert.deepEqual([code, asked.includes("preview prod")], [0, false]);
      assert.equal(
        said.at(-1),
        "prod: not previewed, since tooling was brought up without environment prod: npm run up brings up both",
      );
      const moved = await withContract({ test, prod: { ...prod, account: "444444444444" } });
      assert.deepEqual([moved.code, moved.asked.includes("preview prod")], [0, false]);
      assert.equal(
        moved.said.at(-1),
        "prod: not previewed, since tooling was brought up with account 444444444444 for it: npm run up brings up both",
      );
    });

    it("is the program's own to refuse, where tooling's settings list another account", async () => {
      const folder = projectFolder();
      const file = join(folder, "Pulumi.tooling.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace('"333333333333"', '"444444444444"'));
      const outputs = promise({ test });
      const { session, asked } = fake({
        states: { ...STATES, tooling: stateOf("tooling", [], { outputs }) },
      });
      await previewAll(session, readDelivery(folder), [], { refresh: false, "expect-no-changes": false });
      assert.ok(asked.includes("preview prod"));
    });

    it("is told for a pipeline, and the rest is previewed", async () => {
      const { code, asked, said } = await withContract({ test, prod: { ...prod, pipelines: [] } });
      assert.deepEqual([code, asked.includes("preview prod")], [0, true]);
      assert.equal(
        said.at(-1),
        "prod: previewed without catalog, since tooling was brought up without: what that adds here shows once tooling is up",
      );
    });

    it("is nothing where tooling has it all", async () => {
      const { said } = await withContract({ test, prod });
      assert.equal(said.length, 4);
    });
  });

  it("compares with what AWS has when it is asked to", async () => {
    const { asked } = await preview({ states: STATES }, { refresh: true }, ["tooling"]);
    assert.deepEqual(asked, ["preview tooling --refresh", "preview tooling ended"]);
  });
});
