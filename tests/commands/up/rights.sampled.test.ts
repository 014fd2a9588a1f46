import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../fake";
import { folderWith } from "../../folders";
import { readState, type State } from "../../../commands/engine/engine";
import { fromFile, fromStates, programOf, rightsSince } from "../../../commands/up/rights";
import { resourcesOf, written } from "../../../rehearsal/resources/document";
import { recordOf } from "../../../rehearsal/growth/before";
import { map } from "../../../packages/iam/src/json";
import { ROOT, unbroken } from "../../rehearsal/sample";
import { withPolicy } from "../../rehearsal/access/matrix/changes";
import { whole } from "../../whole/sample";
import type { Rehearsed } from "../../../rehearsal/record/record";

/** What Pulumi would remember of stacks that are up. */
const states = (record: Rehearsed): Map<string, State> =>
  new Map(
    record.map(({ stack, resources }) => {
      const idOf = (urn: string) => resources.find((each) => each.urn === urn)?.id ?? "";
      const exported = resources.flatMap((each) => {
        const { provider, ...own } = each;
        const by = provider === undefined ? {} : { provider: `${provider}::${idOf(provider)}` };
        const repository = {
          type: "aws:ecr/repository:Repository",
          urn: `${own.urn}::made`,
          parent: own.urn,
          outputs: map(own.outputs["repository"]),
        };
        return each.remote ? [own, { ...repository, ...by }] : [{ ...own, ...by }];
      });
      return [stack, readState({ resources: exported })] as const;
    }),
  );

const narrower = (): Promise<Rehearsed> =>
  withPolicy("aws:iam/rolePolicy:RolePolicy", "catalog--test-execution", "ManageTables", (statement) => ({
    ...statement,
    Action: "dynamodb:CreateTable",
  }));

describe("the rights that an up would let grow", () => {
  whole("are said beside what is up, and beside a file", async () => {
    assert.deepEqual(await rightsSince(ROOT, fromStates(states((await unbroken()).runs))), {
      lines: ["No rights grow or shrink."],
      grow: false,
    });
    const before = await narrower();
    const file = join(folderWith({ "before.json": written(resourcesOf("delivery", before)) }), "before.json");
    const both = [fromStates(states(before)), fromFile(file, "--before before.json")];
    for (const each of both) {
      const { lines: said, grow } = await rightsSince(ROOT, each);
      assert.deepEqual([grow, said.length, said[0]], [true, 2, "Rights that grow:"]);
      assert.match(said[1] ?? "", /^ {2}role delivery-catalog--test-execution may now dynamodb:/);
    }
  });

  whole("have the program behind them, of which everything counts that the stacks register", async () => {
    const folder = projectFolder();
    const before = await programOf(folder);
    assert.match(before, /^[0-9a-f]{64}$/);
    assert.equal(await programOf(folder), before);
    const file = join(folder, "Pulumi.tooling.yaml");
    const settings = readFileSync(file, "utf8");
    writeFileSync(file, settings.replace(/^( +)kind: tooling$/m, "$&\n$1logRetentionInDays: 14"));
    assert.notEqual(readFileSync(file, "utf8"), settings);
    assert.notEqual(await programOf(folder), before);
  });

  whole("are all new where nothing is up, and told to be unknown where they are", async () => {
    assert.deepEqual(await rightsSince(ROOT, fromStates(new Map())), {
      lines: ["Nothing is up yet: all rights are new; npm run access -- matrix lists them."],
      grow: true,
    });
    const document = resourcesOf("delivery", (await unbroken()).runs);
    const [tooling, ...others] = document.stacks;
    const more = {
      ...tooling?.resources.at(-1),
      type: "aws:new/thing:Thing",
      name: "thing",
      component: false,
    };
    const stacks = [{ ...tooling, resources: [...(tooling?.resources ?? []), more] }, ...others];
    const { lines, grow } = await rightsSince(ROOT, recordOf({ ...document, stacks } as typeof document));
    const [said, ...rest] = lines;
    assert.deepEqual([rest, grow], [[], true]);
    assert.match(said ?? "", /^Whether rights grow is not known: .*aws:new\/thing:Thing/);
  });
});
