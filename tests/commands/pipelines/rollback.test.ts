import assert from "node:assert/strict";
import {
  ConflictException,
  PipelineExecutionOutdatedException,
  UnableToRollbackStageException,
} from "@aws-sdk/client-codepipeline";
import { rollback, type RollbackOptions } from "../../../commands/pipelines/rollback";
import { Cloud, commit, delivery, DENIED, digest, id, isScreen, sit, type Sitting, STACKS } from "./cloud";

const released = (letter: string) =>
  [
    ["Source", "Source", "Succeeded", { variables: { CommitId: commit(letter) } }],
    ["Build", "Build", "Succeeded", { variables: { CODE_DIGEST: digest(letter) } }],
    ["Deploy-live", "Deploy", "Succeeded"],
    ["Deploy-live", "Promote", "Succeeded"],
  ] as const;

/** Live ran a, b, c, d and runs e; CodePipeline can go back to c and d. */
function cloud(): Cloud {
  const made = new Cloud();
  ["a", "b", "c", "d", "e"].forEach((letter, at) =>
    made.run(letter, 9000 - at * 1000, { subject: `Release ${letter}` }, released(letter)),
  );
  made.succeeded["Deploy-live"] = ["c", "d", "e"];
  for (const call of ["RollbackStage", "StartPipelineExecution"])
    made.before[call] = () => void made.run("f", 0, { status: "InProgress" }, []);
  return made;
}
async function back(
  of: Cloud,
  options: Partial<RollbackOptions> = {},
  sitting: Sitting = {},
  words = ["shop", "live"],
) {
  const { desk, said, questions } = sit(of, sitting);
  const code = await rollback(desk, delivery(), words, { wait: false, yes: false, ...options });
  return { code, said, questions };
}

describe("rollback", () => {
  it("lists as many releases as are kept, asks two questions, and rolls the stage back to the run of that commit", async () => {
    const of = cloud();
    const { code, said, questions } = await back(of, {}, { says: [commit("d"), true] });
    isScreen("rollback", said);
    assert.deepEqual(
      [code, questions],
      [0, ["Back to which release?", "Bring live back to dddddddd Release d?"]],
    );
    assert.deepEqual(of.inputs("RollbackStage"), [
      { pipelineName: "shop", stageName: "Deploy-live", targetPipelineExecutionId: id("d") },
    ]);
    assert.ok(!of.calls.includes("StartPipelineExecution"));
  });

  it("starts a run of that commit where CodePipeline cannot, and says that it goes through every environment", async () => {
    const of = cloud();
    of.succeeded["Deploy-live"] = [];
    const { said } = await back(of, { to: commit("c") }, { says: [true] });
    isScreen("rollback-by-run", said);
    assert.deepEqual(of.inputs("StartPipelineExecution"), [
      {
        name: "shop",
        sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: commit("c") }],
      },
    ]);
    assert.ok(!of.calls.includes("RollbackStage"));
  });

  it("takes no roll-back for a run to go back to", async () => {
    const of = cloud();
    of.run("1", 100, { rollbackTo: "d", commit: commit("d") }, [
      ["Deploy-live", "Deploy", "Succeeded"],
      ["Deploy-live", "Promote", "Succeeded"],
    ]);
    of.run("2", 50, { subject: "Newest" }, released("2"));
    of.succeeded["Deploy-live"] = ["1", "2"];
    await back(of, { to: commit("d").slice(0, 7), yes: true });
    assert.deepEqual([of.inputs("RollbackStage"), of.inputs("StartPipelineExecution").length], [[], 1]);
  });

  it("follows it like a release", async () => {
    const of = cloud();
    const waits = [
      () =>
        of.goesOn("f", 5, { status: "Succeeded", rollbackTo: "d" }, [["Deploy-live", "Deploy", "Succeeded"]]),
    ];
    const { code, said } = await back(of, { to: commit("d"), yes: true, wait: true }, { waits });
    assert.deepEqual(
      [code, said.slice(-2)],
      [0, ["  Deploy-live/Deploy: Succeeded, 1 min 0 s", "run ffffffff has succeeded"]],
    );
  });

  it("says which environments of a wave go along", async () => {
    const stacks = {
      ...STACKS,
      build: {
        ...STACKS.build,
        pipelines: [{ ...STACKS.build.pipelines[0], environments: [["qa", "live"]] }],
      },
    };
    const of = cloud();
    for (const step of of.steps)
      if (step.stageName === "Deploy-live") {
        step.stageName = "Deploy-wave.1";
        step.actionName = `${step.actionName}-live`;
      }
    of.succeeded["Deploy-wave.1"] = ["d", "e"];
    const { desk, said } = sit(of);
    await rollback(desk, delivery(stacks), ["shop", "live"], {
      to: commit("d"),
      wait: false,
      yes: true,
    });
    assert.ok(said.includes("  all environments of its wave go back: qa, live"), said.join("\n"));
    assert.equal(of.inputs("RollbackStage")[0]?.["stageName"], "Deploy-wave.1");
  });

  it("starts nothing where somebody says no, or where nobody can be asked", async () => {
    const of = cloud();
    const { code, said } = await back(of, {}, { says: [commit("d"), false] });
    assert.deepEqual([code, said.at(-1)], [1, "nothing was started"]);
    await assert.rejects(back(of), {
      message: "Back to which release? There is no terminal to ask: give --to COMMIT (dddddddd, cccccccc)",
    });
    await assert.rejects(back(of, { to: commit("d") }), {
      message: "Bring live back to dddddddd Release d? There is no terminal to ask: give --yes",
    });
    assert.ok(!of.calls.some((call) => call === "RollbackStage" || call === "StartPipelineExecution"));
  });

  it("refuses a commit that never ran there with the nearest, half of one, the one that runs, and a stage that is busy", async () => {
    const refused = (message: string, to: string, of = cloud()) =>
      assert.rejects(back(of, { to, yes: true }), { message });
    await refused(
      "live has not run commit 9999999, as far as is known here: it ran dddddddd, cccccccc; npm run release -- PIPELINE --commit releases any commit",
      "9999999",
    );
    await refused(
      'live has not run commit dddddde, as far as is known here: did you mean "dddddddd"? it ran dddddddd, cccccccc; ' +
        "npm run release -- PIPELINE --commit releases any commit",
      "dddddde",
    );
    await refused("--to ddd: write a commit's id, 7 hexadecimal digits of it at least", "ddd");
    for (const runs of [commit("e"), commit("e").slice(0, 7)])
      await refused(`live runs commit ${runs} already`, runs);
    const twice = cloud().run("2", 5500, { commit: `${commit("d").slice(0, 39)}0` }, released("2"));
    await refused("--to ddddddd begins several commits: write more of it", "ddddddd", twice);
    const busy = cloud().run("2", 3, { status: "InProgress" }, [["Deploy-live", "Deploy", "InProgress"]]);
    await refused(
      `stage Deploy-live is busy with run ${id("2")}: wait for its end, or stop it`,
      commit("d"),
      busy,
    );
    const elsewhere = cloud().run("2", 3, { status: "InProgress" }, [["Deploy-qa", "Deploy", "InProgress"]]);
    assert.equal((await back(elsewhere, { to: commit("d"), yes: true })).code, 0);
    const only = new Cloud().run("a", 60, {}, released("a"));
    await refused(
      "there is no earlier release of shop in live, as far as is known here: npm run release -- shop --commit SHA",
      commit("b"),
      only,
    );
  });

  it("says what CodePipeline refuses, and which policy is missing", async () => {
    const why = { message: "the stage is busy", $metadata: {} };
    for (const [error, message] of [
      [
        new ConflictException(why),
        "CodePipeline does not roll stage Deploy-live back just now (the stage is busy): npm run status -- shop",
      ],
      [
        new UnableToRollbackStageException(why),
        "CodePipeline does not roll stage Deploy-live back just now (the stage is busy): npm run status -- shop",
      ],
      [
        new PipelineExecutionOutdatedException(why),
        "the pipeline was changed just now: npm run rollback -- shop live says what is possible",
      ],
      [
        DENIED,
        "you may not roll back pipeline shop: attach the policy operatorPolicyArn of shop to your role " +
          "(pulumi stack output pipelines --stack build shows its ARN), or give --profile NAME",
      ],
    ] as const) {
      const of = cloud();
      of.refused["RollbackStage"] = error;
      await assert.rejects(back(of, { to: commit("d"), yes: true }), { message });
    }
  });
});
