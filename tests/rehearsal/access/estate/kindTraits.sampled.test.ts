import assert from "node:assert/strict";
import { WORKLOADS } from "../../../../components/workloads/list";
import { judgeAccess } from "../../../../rehearsal/access/matrix/judge";
import { kindsOf } from "../../../../rehearsal/access/estate/kindTraits";
import { walk } from "../../../../rehearsal/access/calls/walk";
import type { World } from "../../../../rehearsal/access/estate/world";
import { worldOf } from "../worlds";
import { whole } from "../../../whole/sample";

const CODEDEPLOY = { codedeploy: "codedeploy.amazonaws.com" };
const TASKS = { task: "ecs-tasks.amazonaws.com", "task-execution": "ecs-tasks.amazonaws.com" };
const FUNCTIONS = {
  codeAlone: undefined,
  packaged: false,
  fetchedBy: "execution",
  platform: false,
  bounded: true,
};

describe("access/kindTraits", () => {
  it("says what each kind of workload is made of, and none of its statements", () => {
    assert.deepEqual(Object.fromEntries(kindsOf()), {
      "lambda-container": { code: "image", ...FUNCTIONS, roles: CODEDEPLOY },
      "lambda-zip": { code: "files", ...FUNCTIONS, roles: CODEDEPLOY },
      "ecs-service": {
        ...{ code: "image", codeAlone: undefined, packaged: false, fetchedBy: "task-execution" },
        ...{ platform: true, bounded: false, roles: TASKS },
      },
      "lambda-zip-code": {
        ...{ code: "files", codeAlone: "function", packaged: false, fetchedBy: "nobody" },
        ...{ platform: false, bounded: false, roles: {} },
      },
      "lambda-container-code": {
        ...{ code: "image", codeAlone: "function", packaged: false, fetchedBy: "deploy" },
        ...{ platform: false, bounded: false, roles: {} },
      },
      "ecs-service-code": {
        ...{ code: "image", codeAlone: "service", packaged: false, fetchedBy: "owner" },
        ...{ platform: false, bounded: false, roles: {} },
      },
      serverless: { code: "files", ...FUNCTIONS, packaged: true, roles: {} },
    });
  });

  it("takes a further kind of the same parts as it comes", () => {
    const further = kindsOf({ further: { ...WORKLOADS["lambda-zip"], kind: "further", roles: {} } });
    assert.deepEqual([...further], [["further", { code: "files", ...FUNCTIONS, roles: {} }]]);
  });
});

/** A world whose kinds are called otherwise, but for the one that settings need not name. */
function renamed({ folder, kinds, ...world }: World): World {
  const other = (kind: string) => (kind === "lambda-container" ? kind : `further-${kind}`);
  const config = (written: string) =>
    [...kinds.keys()].reduce((text, kind) => text.replaceAll(`"${kind}"`, `"${other(kind)}"`), written);
  return {
    ...world,
    folder: {
      ...folder,
      stacks: folder.stacks.map((stack) => ({
        ...stack,
        config: Object.fromEntries(Object.entries(stack.config).map(([key, value]) => [key, config(value)])),
      })),
    },
    kinds: new Map([...kinds].map(([kind, traits]) => [other(kind), traits])),
  };
}

describe("The access check of kinds that it has never heard of", () => {
  whole("is that of the same parts by other names: walk, charter and what is unused", async () => {
    const world = await worldOf("every kind of workload over one store");
    const further = renamed(world);
    assert.notDeepEqual(further.folder, world.folder);
    const { findings, calls } = walk(further);
    assert.deepEqual(findings, []);
    const charter = await judgeAccess(further, { calls });
    assert.deepEqual([charter.findings, charter.unused], [[], []]);
    assert.ok(calls.length > 5_000 && charter.rows.length > 500);
  });

  it("refuses one whose parts are not known", async () => {
    const world = await worldOf("functions in zips, in two accounts");
    await assert.rejects(judgeAccess({ ...world, kinds: new Map() }, { calls: [] }), {
      message: "what workload lambda-zip is made of is not known",
    });
  });
});
