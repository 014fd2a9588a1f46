import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bringUp, type Options } from "../../../commands/up/bringUp";
import { readDelivery, select } from "../../../commands/delivery";
import { EngineFailure, type State } from "../../../commands/engine/engine";
import { Refusal } from "../../../commands/refusal";
import {
  fake,
  PIPELINE,
  projectFolder,
  resource,
  ROLE,
  stateOf,
  step,
  type Surroundings,
  told,
  type Work,
} from "../fake";

/** Nothing is asked and no plan shown. */
const OPTIONS = { yes: true, refresh: false };
const ASKING = { yes: false, refresh: false };
const STATES: Readonly<Record<string, State>> = {
  tooling: stateOf("tooling", [resource("tooling", PIPELINE, "catalog")], { outputs: { contract: {} } }),
  test: stateOf("test", [resource("test", ROLE, "plan")]),
  prod: stateOf("prod", [resource("prod", ROLE, "plan")]),
};

async function up(surroundings: Surroundings, names: readonly string[] = [], options: Options = OPTIONS) {
  const { session, ...rest } = fake(surroundings);
  const code = await bringUp(session, select(readDelivery(projectFolder()), names), options);
  return { code, ...rest };
}

const fails =
  (stack: string, message: string): Work =>
  (_, each, { onEvent }) => {
    if (each !== stack) return;
    onEvent(told("error", message));
    throw new EngineFailure("exit code 1");
  };

/** CodePipeline's answer while a run of catalog waits for an approval. */
const WAITING = {
  GetPipelineState: () => ({
    stageStates: [
      {
        stageName: "Approve_prod",
        latestExecution: { status: "InProgress", pipelineExecutionId: "run-1" },
        actionStates: [
          {
            latestExecution: {
              ...{ status: "InProgress", token: "t" },
              lastStatusChange: new Date("2026-03-04T05:06:07Z"),
            },
          },
        ],
      },
    ],
  }),
};
const LOSS =
  "pipeline catalog: run run-1 waits for an approval in Approve_prod since 2026-03-04T05:06Z; this ends it, and it has to be released again";
const changesPipeline: Work = (action, stack, { onEvent }) => {
  if (action === "preview") onEvent(step("update", stack, PIPELINE, "catalog", ["stages"]));
};

describe("up", () => {
  it("brings tooling up to its end first, then all environments side by side", async () => {
    const { code, asked, said } = await up({ states: STATES });
    assert.deepEqual(asked, [
      ...["up tooling", "up tooling ended"],
      ...["up test", "up prod", "up test ended", "up prod ended"],
    ]);
    assert.deepEqual(
      [code, said],
      [
        0,
        [
          "All up: tooling, test, prod",
          "Next:",
          "  catalog in the console: https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/catalog/view?region=eu-west-1",
          "  npm run status shows what runs where",
        ],
      ],
    );
  });

  it("makes the stacks that are not there, and leaves their files as people wrote them", async () => {
    const folder = projectFolder();
    const before = readFileSync(join(folder, "Pulumi.test.yaml"), "utf8");
    const { session, asked } = fake({ states: { tooling: STATES["tooling"] as State } });
    assert.equal(await bringUp(session, readDelivery(folder), OPTIONS), 0);
    assert.deepEqual(asked.slice(0, 2), ["create test", "create prod"]);
    assert.equal(readFileSync(join(folder, "Pulumi.test.yaml"), "utf8"), before);
  });

  it("begins no environment when tooling fails, and goes on from there the next time", async () => {
    const failed = await up({ states: STATES, work: fails("tooling", "AccessDenied") });
    assert.deepEqual(failed.asked, ["up tooling"]);
    assert.deepEqual(failed.said, [
      "tooling: AccessDenied",
      "Not begun: test, prod",
      "Not all are up: fix what is said above; then npm run up goes on where this stopped",
    ]);
    assert.equal(failed.code, 1);
    assert.equal((await up({ states: STATES })).code, 0);
  });

  it("brings the other environments up though one fails, and its exit code is 1", async () => {
    const { code, asked, said } = await up({ states: STATES, work: fails("test", "quota exceeded") });
    assert.deepEqual(asked.slice(2), ["up test", "up prod", "up prod ended"]);
    assert.deepEqual([code, said[0]], [1, "test: quota exceeded"]);
  });

  it("brings up only the stacks that are named", async () => {
    assert.deepEqual((await up({ states: STATES }, ["prod"])).asked, ["up prod", "up prod ended"]);
  });

  it("passes --refresh on to every stack", async () => {
    const { asked } = await up({ states: STATES }, [], { yes: true, refresh: true });
    assert.deepEqual(
      asked.filter((each) => !each.endsWith("ended")),
      ["up tooling --refresh", "up test --refresh", "up prod --refresh"],
    );
  });

  it("names who holds a stack that is locked, and the command that frees it", async () => {
    const locked =
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  file:///state/lock.json: created by alice@host (pid 42) at 2026-01-02T03:04:05Z";
    const work: Work = (_, stack) => {
      if (stack === "tooling") throw new EngineFailure(locked);
    };
    assert.equal(
      (await up({ states: STATES, work })).said[0],
      "tooling: it is locked by alice@host (pid 42) since 2026-01-02T03:04:05Z: " +
        "wait for that to end or, if nothing is running, pulumi cancel --stack tooling --yes",
    );
  });

  it("begins nothing more once it is interrupted, and says that nothing is pending", async () => {
    const { session, interrupt, asked, said } = fake({ states: STATES, work: () => interrupt() });
    assert.equal(await bringUp(session, readDelivery(projectFolder()), OPTIONS), 130);
    assert.deepEqual(asked, ["up tooling", "up tooling ended"]);
    assert.deepEqual(said, [
      "Not begun: test, prod",
      "Interrupted. No operation is pending, no stack is locked; npm run up goes on where this stopped",
    ]);
  });

  it("refuses to begin while operations are pending, and names doctor", async () => {
    const pending = [resource("prod", ROLE, "deploy")];
    const { session, asked } = fake({ states: { ...STATES, prod: stateOf("prod", [], { pending }) } });
    await assert.rejects(
      bringUp(session, readDelivery(projectFolder()), OPTIONS),
      new Refusal(
        "prod: an earlier run was killed and left 1 operation pending; going on could make things twice\n" +
          "npm run doctor prints the commands that fix it",
      ),
    );
    assert.deepEqual(asked, []);
  });

  it("refuses to begin when credentials are another account's", async () => {
    const { session, asked } = fake({ states: STATES, accounts: { 222222222222: "999999999999" } });
    await assert.rejects(
      bringUp(session, readDelivery(projectFolder()), OPTIONS),
      new Refusal(
        "test: its credentials are of account 999999999999, its settings say 222222222222: give it credentials of " +
          "222222222222: set aws:profile or aws:assumeRoles in Pulumi.test.yaml, or export AWS_PROFILE",
      ),
    );
    assert.deepEqual(asked, []);
  });

  it("refuses to begin when nobody is logged in", async () => {
    const whoAmI = () => Promise.reject(new EngineFailure("no credentials"));
    const { session } = fake({ whoAmI });
    await assert.rejects(
      bringUp(session, readDelivery(projectFolder()), OPTIONS),
      new Refusal("not logged in to where Pulumi keeps its state (no credentials): run pulumi login"),
    );
  });

  it("shows the plan of all stacks and asks before it changes anything", async () => {
    const surroundings = { states: STATES, work: changesPipeline };
    const refused = await up({ ...surroundings, answer: false }, [], ASKING);
    assert.deepEqual(
      refused.asked.filter((each) => !each.endsWith("ended")),
      ["preview tooling", "preview test", "preview prod"],
    );
    assert.deepEqual(
      [refused.code, refused.said[0], ...refused.said.slice(-2)],
      [
        ...[1, "Previewing what this would change", "  ~ aws:codepipeline:Pipeline catalog: stages"],
        "Nothing was changed in AWS",
      ],
    );
    const rights = () => Promise.resolve({ lines: ["Rights that grow: none"], grow: false });
    const told = await up({ ...surroundings, answer: false }, [], { ...ASKING, rights });
    assert.deepEqual(told.said.slice(-3), ["", "Rights that grow: none", "Nothing was changed in AWS"]);
    const agreed = await up({ ...surroundings, answer: true }, [], ASKING);
    assert.deepEqual([agreed.code, agreed.asked.includes("up prod ended")], [0, true]);
    await assert.rejects(
      up(surroundings, [], ASKING),
      new Refusal("Bring up tooling, test, prod? There is no terminal to ask: give --yes"),
    );
  });

  it("asks nothing where nothing would change, and brings up all the same", async () => {
    const { code, asked } = await up({ states: STATES }, [], ASKING);
    assert.deepEqual([code, asked.includes("preview prod"), asked.at(-1)], [0, true, "up prod ended"]);
  });

  it("asks before the first up too, where environments cannot be previewed yet", async () => {
    const { code, asked, said } = await up({ answer: false }, [], ASKING);
    assert.deepEqual([code, asked], [1, ["create tooling", "preview tooling", "preview tooling ended"]]);
    assert.match(said.join("\n"), /^test: not previewed, since tooling is not up yet/m);
    const first = await up({ answer: true }, [], ASKING);
    assert.deepEqual(
      first.asked.filter((each) => each.startsWith("create") || /^up [a-z]+$/.test(each)),
      ["create tooling", "create test", "create prod", "up tooling", "up test", "up prod"],
    );
  });

  it("changes nothing where a stack cannot be previewed", async () => {
    const { code, asked, said } = await up(
      { states: STATES, work: fails("prod", "no"), answer: true },
      [],
      ASKING,
    );
    assert.deepEqual([code, asked.some((each) => each.startsWith("up "))], [1, false]);
    assert.deepEqual(said.slice(-2), [
      "prod: no",
      "Nothing was changed in AWS, since not all can be previewed: fix what is said above",
    ]);
  });

  it("says which stacks it has made, empty, where it changes nothing else", async () => {
    const { asked, said } = await up({ work: fails("tooling", "no"), answer: true }, [], ASKING);
    assert.deepEqual(asked[0], "create tooling");
    assert.deepEqual(
      [said.filter((line) => line.startsWith("Made")), said.at(-1)],
      [
        ["Made, without anything in AWS, to be previewed: tooling"],
        "Nothing was changed in AWS, since not all can be previewed: fix what is said above",
      ],
    );
  });

  it("changes nothing once it is interrupted while it previews", async () => {
    const { session, interrupt, asked, said } = fake({
      states: STATES,
      work: () => interrupt(),
      answer: true,
    });
    assert.equal(await bringUp(session, readDelivery(projectFolder()), ASKING), 130);
    assert.deepEqual(
      [asked.some((each) => each.startsWith("up ")), said.at(-1)],
      [false, "Interrupted: nothing was changed in AWS"],
    );
  });

  it("says what an approval that waits would lose, and stops unless somebody agrees", async () => {
    const surroundings = { states: STATES, aws: WAITING, work: changesPipeline };
    const refused = await up({ ...surroundings, answer: false }, [], ASKING);
    assert.deepEqual([refused.code, refused.asked.some((each) => each.startsWith("up "))], [1, false]);
    assert.equal(refused.said.at(-2), LOSS);
    const yes = await up(surroundings, [], OPTIONS);
    assert.deepEqual(
      [yes.code, yes.asked.slice(0, 3), yes.said[1]],
      [0, ["preview tooling", "preview tooling ended", "up tooling"], LOSS],
    );
  });

  it("says which runs go on, since their pipeline stays as it is", async () => {
    const { code, said } = await up({ states: STATES, aws: WAITING });
    assert.equal(code, 0);
    assert.equal(
      said[1],
      "pipeline catalog: run run-1 in Approve_prod goes on, since nothing of the pipeline changes",
    );
  });

  it("ends with 1 where all are up, and pushes start a pipeline only once somebody else has saved it again", async () => {
    const arn = "arn:aws:codeconnections:eu-west-1:111111111111:connection/1";
    const connection = resource("tooling", "aws:codeconnections/connection:Connection", "github", {
      outputs: { arn },
    });
    const source = {
      actionTypeId: { provider: "CodeStarSourceConnection" },
      configuration: { ConnectionArn: arn },
    };
    const aws = {
      GetConnection: () => ({ Connection: { ConnectionStatus: "AVAILABLE" } }),
      GetPipeline: () => ({ pipeline: { stages: [{ actions: [source] }] } }),
      ListTagsForResource: () => ({ tags: [] }),
      ListPipelineExecutions: () => ({ pipelineExecutionSummaries: [] }),
      TagResource: () => {
        throw new Error("AccessDenied");
      },
    };
    const tooling = stateOf("tooling", [resource("tooling", PIPELINE, "catalog"), connection], {
      outputs: { contract: {} },
    });
    const { code, said } = await up({ states: { ...STATES, tooling }, aws });
    assert.deepEqual(
      [code, ...said.slice(0, 2)],
      [
        1,
        "All up: tooling, test, prod",
        "tooling: pushes start pipeline catalog: not yet: it has to be saved again, since its connection is authorised, which failed: AccessDenied",
      ],
    );
  });

  it("goes on where runs may not be read, and says so", async () => {
    const GetPipelineState = () => {
      throw new Error("AccessDenied\n at …");
    };
    const { code, said } = await up({ states: STATES, aws: { GetPipelineState } });
    assert.deepEqual([code, said[0]], [0, "whether runs are under way is not known: AccessDenied"]);
  });
});
