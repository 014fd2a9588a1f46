import assert from "node:assert/strict";
import { readDelivery, select } from "../../../commands/delivery";
import type { EngineEvent, State } from "../../../commands/engine/engine";
import { Refusal } from "../../../commands/refusal";
import { bringUp, type Options } from "../../../commands/up/bringUp";
import { previewAll } from "../../../commands/up/previewAll";
import type { Rights } from "../../../commands/up/rights";
import {
  fake,
  PIPELINE,
  projectFolder,
  ROLE,
  resource,
  stateOf,
  type Surroundings,
  told,
  type Work,
} from "../fake";

const STATES: Readonly<Record<string, State>> = {
  tooling: stateOf("tooling", [resource("tooling", PIPELINE, "catalog")], { outputs: { contract: {} } }),
  test: stateOf("test", [resource("test", ROLE, "plan")]),
  prod: stateOf("prod", [resource("prod", ROLE, "plan")]),
};
const NONE: Rights = { lines: ["No rights grow or shrink."], grow: false };
const PROGRAM = () => Promise.resolve("program");

/** A step that is to leave the resource like this. */
const planned = (
  op: string,
  stack: string,
  type: string,
  name: string,
  inputs: object = {},
  more: object = {},
) => {
  const urn = `urn:pulumi:${stack}::delivery::${type}::${name}`;
  const state = { urn, type, inputs };
  return {
    resourcePreEvent: {
      metadata: {
        op,
        urn,
        type,
        ...(op !== "delete" && { new: state }),
        ...(op !== "create" && { old: state }),
        ...more,
      },
    },
  } as unknown as EngineEvent;
};
type Steps = Readonly<Record<string, readonly EngineEvent[]>>;
/** An engine that announces these, by stack. */
const announces =
  (steps: Steps): Work =>
  (_, stack, { onEvent }) =>
    (steps[stack] ?? []).forEach(onEvent);

const ROLES: Steps = {
  tooling: [
    planned("create", "tooling", ROLE, "one"),
    planned("update", "tooling", ROLE, "two", { path: "/" }),
  ],
  prod: [planned("delete", "prod", ROLE, "three")],
};

async function up(
  surroundings: Surroundings,
  options: Options["unattended"],
  more: Partial<Options> = {},
  names: string[] = [],
) {
  const { session, ...rest } = fake({ states: STATES, ...surroundings });
  const all = { yes: false, refresh: false, rights: () => Promise.resolve(NONE), ...more };
  const delivery = select(readDelivery(projectFolder()), names);
  const code = await bringUp(session, delivery, { ...all, ...(options && { unattended: options }) });
  return { code, ...rest };
}

/** What a preview with such an engine ends with. */
async function digestBy(
  surroundings: Surroundings,
  names: string[] = [],
  program = PROGRAM,
): Promise<string> {
  const { session, said } = fake({ states: STATES, ...surroundings });
  const options = { refresh: false, "expect-no-changes": false, program };
  assert.equal(await previewAll(session, readDelivery(projectFolder()), names, options), 0);
  const [, digest] = /^Steps: ([0-9a-f]{64}|none)$/.exec(said.at(-1) ?? "") ?? [];
  assert.ok(digest, said.join("\n"));
  return digest;
}
const digestOf = (steps: Steps) => digestBy({ work: announces(steps) });
const agreed = (digest: string, wait = 0, program = PROGRAM) => ({ steps: { digest, program }, wait });

const ups = (asked: readonly string[]) => asked.filter((each) => /^up \w+$/.test(each));
const OTHERS =
  /^Nothing was changed in AWS: these steps \((none|[0-9a-f]{64})\) are others than those that were agreed to \([0-9a-f]{64}\); preview and agree again$/;

/** CodePipeline's answer while a run of catalog is in Deploy, for so many looks. */
function running(looks: number) {
  let left = looks;
  const latestExecution = { status: "InProgress", pipelineExecutionId: "run-1" };
  return {
    GetPipelineState: () => ({
      stageStates: left-- > 0 ? [{ stageName: "Deploy-prod", latestExecution }] : [],
    }),
  };
}
const PIPELINE_CHANGES: Steps = {
  tooling: [planned("update", "tooling", PIPELINE, "catalog", { stages: [] })],
};
const ENDS =
  "pipeline catalog: run run-1 is in Deploy-prod; this stops it, and it does not start again by itself";

describe("an up that asks nobody", () => {
  describe("with steps that were agreed to", () => {
    it("carries them out, tooling first, and asks nothing", async () => {
      const work = announces(ROLES);
      const { code, asked, said } = await up({ work }, agreed(await digestOf(ROLES)));
      assert.deepEqual([code, ups(asked)], [0, ["up tooling", "up test", "up prod"]]);
      assert.ok(said.includes("tooling: 2 changes"), said.join("\n"));
    });

    const [create, update] = ROLES["tooling"] ?? [];
    assert.ok(create && update);
    const differences: Readonly<Record<string, Steps>> = {
      "another resource": { ...ROLES, tooling: [planned("create", "tooling", ROLE, "other"), update] },
      "another operation": { ...ROLES, tooling: [planned("replace", "tooling", ROLE, "one"), update] },
      "another input of the same step": {
        ...ROLES,
        tooling: [create, planned("update", "tooling", ROLE, "two", { path: "/other/" })],
      },
      "one step more": { ...ROLES, test: [planned("create", "test", ROLE, "four")] },
      "one step less": { ...ROLES, prod: [] },
      "the same step in another stack": {
        tooling: ROLES["tooling"] ?? [],
        test: [planned("delete", "prod", ROLE, "three")],
      },
      "protection that is lifted": {
        ...ROLES,
        test: [planned("same", "test", ROLE, "plan", {}, { old: { protect: true }, new: { inputs: {} } })],
      },
      "a resource that is no longer to be protected": {
        ...ROLES,
        tooling: [
          create,
          planned("update", "tooling", ROLE, "two", {}, { new: { inputs: { path: "/" }, protect: true } }),
        ],
      },
    };
    for (const [what, steps] of Object.entries(differences))
      it(`changes nothing where there is ${what}`, async () => {
        const { code, asked, said } = await up({ work: announces(steps) }, agreed(await digestOf(ROLES)));
        assert.deepEqual([code, ups(asked)], [1, []]);
        assert.match(said.at(-1) ?? "", OTHERS);
      });

    it("changes nothing where the program is another, since a preview does not know everything", async () => {
      const options = agreed(await digestOf(ROLES), 0, () => Promise.resolve("another"));
      const { code, asked, said } = await up({ work: announces(ROLES) }, options);
      assert.deepEqual([code, ups(asked)], [1, []]);
      assert.match(said.at(-1) ?? "", OTHERS);
    });

    it("changes nothing where they were agreed to for other stacks", async () => {
      const work = announces({ prod: ROLES["prod"] ?? [] });
      const all = await digestBy({ work });
      assert.notEqual(await digestBy({ work }, ["prod"]), all);
      assert.deepEqual(ups((await up({ work }, agreed(all), {}, ["prod"])).asked), []);
      const prod = await up({ work }, agreed(await digestBy({ work }, ["prod"])), {}, ["prod"]);
      assert.deepEqual([prod.code, ups(prod.asked)], [0, ["up prod"]]);
    });

    it("takes them for the same in whatever order the engine announces them, and inputs by name", async () => {
      const one = planned("create", "tooling", ROLE, "one", { a: 1, b: { c: [1, 2], d: 3 } });
      const two = planned("create", "tooling", ROLE, "two");
      const turned = planned("create", "tooling", ROLE, "one", { b: { d: 3, c: [1, 2] }, a: 1 });
      assert.equal(await digestOf({ tooling: [one, two] }), await digestOf({ tooling: [two, turned] }));
      const list = planned("create", "tooling", ROLE, "one", { a: 1, b: { c: [2, 1], d: 3 } });
      assert.notEqual(await digestOf({ tooling: [one] }), await digestOf({ tooling: [list] }));
    });

    it("takes them for the same whatever names Pulumi makes up, also where others hold these, and no name that was written", async () => {
      const topic = (name: string, holder = name, op = "create") => ({
        tooling: [
          planned(op, "tooling", "aws:sns/topic:Topic", "news", { name }),
          planned("update", "tooling", ROLE, "two", { policy: `{"Resource":"arn:aws:sns:::${holder}"}` }),
        ],
      });
      const digest = await digestOf(topic("news-0a1b2c3"));
      assert.equal(await digestOf(topic("news-4d5e6f7")), digest);
      // What takes the place of another gets a new name too.
      for (const op of ["replace", "create-replacement"])
        assert.equal(
          await digestOf(topic("news-4d5e6f7", undefined, op)),
          await digestOf(topic("news-0a1b2c3", undefined, op)),
        );
      for (const [name, holder] of [
        ["news-0a1b2c3", "news-4d5e6f7"],
        ["news-0a1b2c3d", "news-0a1b2c3d"],
        ["olds-0a1b2c3", "olds-0a1b2c3"],
        ["news-written", "news-written"],
      ])
        assert.notEqual(await digestOf(topic(name ?? "", holder)), digest, holder);
      assert.notEqual(await digestOf(topic("olds-0a1b2c3")), await digestOf(topic("olds-4d5e6f7")));
      // What is there already keeps its name.
      const there = (name: string) => ({
        prod: [planned("update", "prod", "aws:sns/topic:Topic", "news", { name })],
      });
      assert.notEqual(await digestOf(there("news-0a1b2c3")), await digestOf(there("news-4d5e6f7")));
    });

    it("leaves an environment alone whose steps are others once tooling is up, and the next round brings it up", async () => {
      let toolingIsUp = false;
      const after = [planned("create", "prod", ROLE, "promised")];
      const work: Work = async (action, stack, run) => {
        await announces(toolingIsUp ? { prod: after } : ROLES)(action, stack, run);
        if (action === "up" && stack === "tooling") toolingIsUp = true;
      };
      const { code, asked, said } = await up({ work }, agreed(await digestOf(ROLES)));
      assert.deepEqual([code, ups(asked)], [1, ["up tooling", "up test"]]);
      const line =
        "prod: its steps are others than those that were agreed to, now that tooling, test came up: preview and agree again";
      for (const each of [line, "Not begun: prod"]) assert.ok(said.includes(each), said.join("\n"));
      const next = await up({ work }, agreed(await digestOf({ prod: after })));
      assert.deepEqual([next.code, ups(next.asked)], [0, ["up tooling", "up test", "up prod"]]);
    });

    it("begins no environment that could not be previewed when somebody agreed", async () => {
      const states = { tooling: stateOf("tooling", []) };
      const work: Work = () => undefined;
      const digest = await digestBy({ states, work });
      const { code, asked, said } = await up({ states, work }, agreed(digest));
      assert.deepEqual([code, ups(asked)], [1, ["up tooling"]]);
      assert.ok(said.includes("Not begun: test, prod"), said.join("\n"));
    });

    it("are none where nothing changes, and then nothing may", async () => {
      const digest = await digestOf({});
      assert.equal(digest, "none");
      const nothing = await up({ work: announces({}) }, agreed(digest));
      assert.equal(nothing.code, 0);
      const something = await up({ work: announces(ROLES) }, agreed(digest));
      assert.deepEqual([something.code, ups(something.asked)], [1, []]);
      // What one stack tells others is no step, and an up all the same.
      const outputs = (n: number) => ({ outputs: { contract: { n } } });
      const told = (from: number, to: number): EngineEvent =>
        ({
          resOutputsEvent: {
            metadata: {
              op: "same",
              urn: "",
              type: "pulumi:pulumi:Stack",
              old: outputs(from),
              new: outputs(to),
            },
          },
        }) as unknown as EngineEvent;
      assert.equal(await digestOf({ tooling: [told(1, 2), told(1, 1)] }), "none");
      const { session, said } = fake({
        states: STATES,
        work: announces({ tooling: [told(1, 1), told(1, 2)] }),
      });
      const options = { refresh: false, "expect-no-changes": true, program: PROGRAM };
      assert.equal(await previewAll(session, readDelivery(projectFolder()), [], options), 0);
      assert.equal(said.at(-2), "tooling: its outputs alone change, which other stacks read");
      assert.match(said.at(-1) ?? "", /^Steps: [0-9a-f]{64}$/);
      // What waits for tooling may change something.
      const states = { tooling: stateOf("tooling", []) };
      assert.match(await digestBy({ states, work: announces({}) }), /^[0-9a-f]{64}$/);
    });

    it("bring environments up in waves, and begin none after one that does not come up; the next round goes on there", async () => {
      const all: Steps = { ...ROLES, test: [planned("create", "test", ROLE, "four")] };
      let full = true;
      const work: Work = async (action, stack, run) => {
        await announces(all)(action, stack, run);
        if (action !== "up" || stack !== "test" || !full) return;
        run.onEvent(told("error", "quota exceeded"));
        throw new Error("exit code 1");
      };
      const digest = await digestOf(all);
      const first = await up({ work }, agreed(digest));
      assert.deepEqual([first.code, ups(first.asked)], [1, ["up tooling", "up test"]]);
      assert.deepEqual(first.said.slice(-4), [
        "test: quota exceeded",
        "Not begun: prod",
        "prod would come after test, and waits until that is up",
        "Not all are up: fix what is said above; then npm run up goes on where this stopped",
      ]);
      full = false;
      const next = await up({ work }, agreed(digest));
      assert.deepEqual(
        [next.code, next.asked.filter((each) => /^up \w+( ended)?$/.test(each))],
        [0, ["tooling", "test", "prod"].flatMap((stack) => [`up ${stack}`, `up ${stack} ended`])],
      );
    });

    it("leave the pipeline alone that this program is brought up by, where they are to; a person changes it", async () => {
      const self = "delivery:index:Tooling$delivery:index:SelfUpdate$aws:codebuild/project:Project";
      const steps: Steps = { ...ROLES, tooling: [planned("update", "tooling", self, "self-up")] };
      const work = announces(steps);
      const digest = await digestOf(steps);
      const refused = await up({ work }, { ...agreed(digest), notSelf: true });
      assert.deepEqual([refused.code, ups(refused.asked)], [1, []]);
      const lines = [
        "This changes what brings the stacks up, and no job does that to itself:",
        "  tooling: ~ aws:codebuild:Project self-up",
        "All the rest waits for it: somebody brings all of it up with npm run up; then start the pipeline of this program again",
      ];
      assert.deepEqual(refused.said.slice(-4), ["Nothing was changed in AWS.", ...lines]);
      const { session, said } = fake({ states: STATES, work });
      const options = { refresh: false, "expect-no-changes": false, "not-self": true, program: PROGRAM };
      assert.equal(await previewAll(session, readDelivery(projectFolder()), [], options), 1);
      assert.deepEqual(said.slice(-3), lines);
      assert.equal((await up({ work }, agreed(digest))).code, 0, "without the option it is like all else");
      const other = await up({ work: announces(ROLES) }, { ...agreed(await digestOf(ROLES)), notSelf: true });
      assert.equal(other.code, 0, "other steps are carried out");
    });

    it("are not asked about over operations that a crash left pending, since no up would carry them out", async () => {
      const left = stateOf("test", [], { pending: [resource("test", ROLE, "plan")] });
      await assert.rejects(
        digestBy({ states: { ...STATES, test: left }, work: announces(ROLES) }),
        /^Error: test: an earlier run was killed and left 1 operation pending; [^\n]+\nnpm run doctor prints/,
      );
    });

    it("changes nothing where a stack cannot be previewed", async () => {
      const work: Work = (_, stack, { onEvent }) => {
        if (stack !== "test") return;
        onEvent(told("error", "no"));
        throw new Error("no");
      };
      const { code, asked, said } = await up({ work }, agreed("0".repeat(64)));
      assert.deepEqual([code, ups(asked)], [1, []]);
      assert.equal(
        said.at(-1),
        "Nothing was changed in AWS, since not all can be previewed: fix what is said above",
      );
    });
  });

  describe("while runs are under way that it would end", () => {
    it("waits until they have ended, and compares once more", async () => {
      const digest = await digestOf(PIPELINE_CHANGES);
      const { code, asked, calls, said } = await up(
        { work: announces(PIPELINE_CHANGES), aws: running(3) },
        agreed(digest, 1),
      );
      assert.deepEqual([code, ups(asked)], [0, ["up tooling", "up test", "up prod"]]);
      assert.deepEqual(
        calls.filter((each) => each.startsWith("wait")),
        ["wait 15000", "wait 15000", "wait 15000"],
      );
      assert.equal(asked.filter((each) => each === "preview tooling").length, 2);
      assert.ok(said.includes("Waiting for 1 run to end"), said.join("\n"));
    });

    it("changes nothing where the steps are others after that", async () => {
      let previews = 0;
      const work: Work = (action, stack, run) =>
        announces(stack === "tooling" && ++previews > 1 ? { tooling: [] } : PIPELINE_CHANGES)(
          action,
          stack,
          run,
        );
      const { code, asked, said } = await up(
        { work, aws: running(1) },
        agreed(await digestOf(PIPELINE_CHANGES), 1),
      );
      assert.deepEqual([code, ups(asked)], [1, []]);
      assert.match(said.at(-1) ?? "", OTHERS);
    });

    for (const [minutes, waits] of [
      [0, 0],
      [2, 8],
    ] as const)
      it(`changes nothing where they have not ended after ${minutes} minutes`, async () => {
        const digest = await digestOf(PIPELINE_CHANGES);
        const surroundings = { work: announces(PIPELINE_CHANGES), aws: running(99) };
        const { code, asked, calls, said } = await up(surroundings, agreed(digest, minutes));
        assert.deepEqual([code, ups(asked)], [1, []]);
        assert.equal(calls.filter((each) => each.startsWith("wait")).length, waits);
        assert.deepEqual(said.slice(-2), [
          ENDS,
          `Nothing was changed in AWS, since this would end what is under way: give --wait more than ${minutes}, or agree to that with npm run up`,
        ]);
      });

    it("does not wait for those whose pipeline stays as it is", async () => {
      const { code, calls } = await up(
        { work: announces(ROLES), aws: running(99) },
        agreed(await digestOf(ROLES)),
      );
      assert.deepEqual([code, calls.some((each) => each.startsWith("wait"))], [0, false]);
    });

    it("changes nothing where nobody may read whether there are any", async () => {
      const GetPipelineState = () => {
        throw new Error("AccessDenied\n at …");
      };
      await assert.rejects(
        up({ work: announces(ROLES), aws: { GetPipelineState } }, agreed(await digestOf(ROLES))),
        new Refusal(
          "whether runs are under way is not known (AccessDenied): nothing was changed; it takes codepipeline:GetPipelineState of every pipeline",
        ),
      );
    });

    it("ends where somebody interrupts it, and has changed nothing", async () => {
      const digest = await digestOf(PIPELINE_CHANGES);
      const surroundings = { states: STATES, work: announces(PIPELINE_CHANGES), aws: running(99) };
      const { session, asked, said, interrupt } = fake(surroundings);
      const impatient = { ...session, wait: () => Promise.resolve(interrupt()) };
      const options = { yes: false, refresh: false, unattended: agreed(digest, 5) };
      assert.equal(await bringUp(impatient, readDelivery(projectFolder()), options), 130);
      assert.deepEqual([ups(asked), said.at(-1)], [[], "Interrupted: nothing was changed in AWS"]);
    });
  });

  describe("with additions alone", () => {
    const additions = { wait: 0 };
    const ADDS: Steps = {
      tooling: [planned("create", "tooling", ROLE, "one")],
      test: [planned("create", "test", ROLE, "two")],
    };
    const reasons = async (steps: Steps, more: Partial<Options> = {}, states = STATES) => {
      const { code, asked, said } = await up({ work: announces(steps), states }, additions, more);
      const at = said.indexOf("Nothing was changed in AWS, since somebody has to agree to this:");
      assert.deepEqual([code, ups(asked), at >= 0], [2, [], true], said.join("\n"));
      return said.slice(at + 1).map((each) => each.trim());
    };

    it("carries them out where no right grows, and nothing where there is nothing", async () => {
      for (const steps of [ADDS, {}]) {
        const { code, asked } = await up({ work: announces(steps) }, additions);
        assert.deepEqual([code, ups(asked)], [0, ["up tooling", "up test", "up prod"]]);
      }
    });

    it("has somebody agree to whatever is changed, replaced, deleted, imported or no longer protected", async () => {
      for (const [op, mark] of [
        ["update", "~"],
        ["replace", "±"],
        ["delete", "-"],
        ["import", "="],
      ] as const)
        assert.deepEqual(await reasons({ ...ADDS, prod: [planned(op, "prod", ROLE, "x")] }), [
          `prod: ${mark} aws:iam:Role x`,
        ]);
      const lifted = planned("same", "prod", ROLE, "x", {}, { old: { protect: true }, new: { inputs: {} } });
      assert.deepEqual(await reasons({ prod: [lifted] }), ["prod: ~ aws:iam:Role x: protect"]);
    });

    it("has somebody agree to rights that grow, acknowledged or not, and to what is not known of them", async () => {
      const rights = () =>
        Promise.resolve({ lines: ["Rights that grow, acknowledged:", "  role x …; since y"], grow: true });
      assert.deepEqual(await reasons(ADDS, { rights }), [
        "Rights that grow, acknowledged:",
        "role x …; since y",
      ]);
      const { session } = fake({ states: STATES, work: announces(ADDS) });
      const unknown = { yes: false, refresh: false, unattended: additions };
      assert.equal(await bringUp(session, readDelivery(projectFolder()), unknown), 2);
    });

    it("has somebody agree to what cannot be previewed yet", async () => {
      assert.deepEqual(await reasons({}, {}, { tooling: stateOf("tooling", []) }), [
        "test: not previewed yet",
        "prod: not previewed yet",
      ]);
    });
  });

  it("is asked about all the same where only protection would be lifted", async () => {
    const lifted = planned("same", "prod", ROLE, "x", {}, { old: { protect: true }, new: { inputs: {} } });
    await assert.rejects(
      up({ work: announces({ prod: [lifted] }) }, undefined),
      new Refusal("Bring up tooling, test, prod? There is no terminal to ask: give --yes"),
    );
  });
});
