import assert from "node:assert/strict";
import {
  ApprovalAlreadyCompletedException,
  InvalidApprovalTokenException,
  PipelineNotFoundException,
} from "@aws-sdk/client-codepipeline";
import { answer } from "../../../commands/pipelines/approval";
import { Cloud, commit, delivery, DENIED, digest, id, isScreen, sit, type Sitting } from "./cloud";

const built = (letter: string) =>
  [
    ["Source", "Source", "Succeeded", { variables: { CommitId: commit(letter) } }],
    ["Build", "Build", "Succeeded", { variables: { CODE_DIGEST: digest(letter) } }],
  ] as const;
const deployed = (environment: string) =>
  [
    [`Deploy-${environment}`, "Deploy", "Succeeded"],
    [`Deploy-${environment}`, "Promote", "Succeeded"],
  ] as const;
const SUMMARY = `live: commit ${commit("c")}, code ${digest("c")}: 1 replaced (Table), 1 permissions (Role), 2 changed`;
const planned = [
  ["Approve-live", "Plan", "Succeeded", { variables: { SUMMARY } }],
  ["Approve-live", "Approval", "InProgress"],
] as const;

/** Run `a` is live; `b` reached qa; `c` asks for live. */
function asking(): Cloud {
  const cloud = new Cloud()
    .run("a", 9000, { subject: "First release" }, [...built("a"), ...deployed("qa"), ...deployed("live")])
    .run("b", 500, { subject: "Adds a filter", status: "Superseded" }, [...built("b"), ...deployed("qa")])
    .run("c", 60, { subject: "Sorts", status: "InProgress" }, [...built("c"), ...deployed("qa"), ...planned]);
  cloud.logs["c-Plan"] = [
    "[Container] runs",
    "creates change set d-1 (UPDATE) for stack sh--live",
    "1 replaced (Table), 1 permissions (Role), 2 changed",
    "REPLACE Table (AWS::DynamoDB::Table) Properties.KeySchema",
    "MODIFY PERMISSION Role (AWS::IAM::Role) Properties.Policies: [] -> [\u001b[31m{...}]",
    "GROWS Role: may now dynamodb:Scan on *",
    "GROWS is not a change",
    "ADD is not a change",
  ];
  cloud.approval = { token: "token-c", run: id("c") };
  return cloud;
}
const LIVE = ["shop", "live"];
async function told(cloud: Cloud, sitting: Sitting, verdict: "approve" | "reject" = "approve", options = {}) {
  const { desk, said, questions } = sit(cloud, sitting);
  const code = await answer(desk, delivery(), verdict, LIVE, options);
  return { code, said, questions };
}
const refused = (cloud: Cloud, message: string | RegExp, sitting: Sitting = { says: [true] }, options = {}) =>
  assert.rejects(
    told(cloud, sitting, "approve", options),
    typeof message === "string" ? { message } : message,
  );

describe("approve and reject", () => {
  it("show commit, code, what runs, the commits between and each change; then answer exactly that approval", async () => {
    const cloud = asking();
    const { code, said, questions } = await told(cloud, { says: [true] }, "approve", {
      reason: "tested in qa",
    });
    isScreen("approve", said);
    assert.deepEqual([code, questions], [0, ["Approve this release of shop to live?"]]);
    assert.deepEqual(cloud.inputs("PutApprovalResult"), [
      {
        ...{ pipelineName: "shop", stageName: "Approve-live", actionName: "Approval", token: "token-c" },
        result: { status: "Approved", summary: "tested in qa" },
      },
    ]);
  });

  it("reject with the same look", async () => {
    const cloud = asking();
    const { code, said } = await told(cloud, { says: [true] }, "reject");
    assert.deepEqual([code, said.at(-1)], [0, "rejected: run cccccccc ends, and live stays as it is"]);
    assert.deepEqual(cloud.inputs("PutApprovalResult")[0]?.["result"], { status: "Rejected", summary: "" });
  });

  it("answer nothing where somebody says no, or where nobody can be asked; --run names the one that is meant", async () => {
    const no = asking();
    assert.equal((await told(no, { says: [false] })).code, 1);
    await refused(
      no,
      `Approve this release of shop to live? There is no terminal to ask: give --run ${id("c")}`,
      {},
    );
    await refused(
      no,
      `the approval that waits is of run ${id("c")}, not ${id("b")}: look at it first, without --run`,
      {},
      { run: id("b") },
    );
    await refused(
      no,
      `the approval that waits is of run ${id("c")}, not : look at it first, without --run`,
      {},
      { run: "" },
    );
    assert.ok(!no.calls.includes("PutApprovalResult"));
    const yes = asking();
    assert.deepEqual((await told(yes, {}, "approve", { run: id("c") })).questions, []);
    assert.equal(yes.inputs("PutApprovalResult").length, 1);
  });

  it("refuse one that is not the one that was shown, one that is gone, and one that somebody else has answered", async () => {
    const GONE =
      "no approval of shop waits for live: it was answered, its time is over, or no release has come so far; npm run status -- shop";
    // Of the same run too, whose stage somebody has retried: Plan has said something else by then.
    for (const run of ["d", "c"]) {
      const other = asking();
      let looks = 0;
      other.before["GetPipelineState"] = () => {
        looks += 1;
        if (looks === 2) other.approval = { token: "token-d", run: id(run) };
      };
      await refused(
        other,
        `another approval waits by now, of run ${id(run)}; what was shown is of run ${id("c")}: nothing was answered; look again`,
      );
      assert.ok(!other.calls.includes("PutApprovalResult"));
    }
    const gone = asking();
    gone.approval = undefined;
    await refused(gone, GONE);
    const vanishes = asking();
    vanishes.before["ListActionExecutions"] = () => void (vanishes.approval = undefined);
    await refused(vanishes, GONE);
    for (const error of [
      new InvalidApprovalTokenException({ message: "token", $metadata: {} }),
      new ApprovalAlreadyCompletedException({ message: "done", $metadata: {} }),
    ]) {
      const faster = asking();
      faster.refused["PutApprovalResult"] = error;
      await refused(
        faster,
        "somebody was faster, or its time is over: nothing was answered; npm run status -- shop",
      );
    }
  });

  it("say which policy is missing", async () => {
    const cloud = asking();
    cloud.refused["PutApprovalResult"] = DENIED;
    await refused(
      cloud,
      "you may not answer the approval of shop for live: attach the policy approverPolicyArns.live of shop to your role " +
        "(pulumi stack output pipelines --stack build shows its ARN), or give --profile NAME",
    );
    const blind = asking();
    blind.refused["GetLogEvents"] = DENIED;
    const { said } = await told(blind, { says: [true] });
    assert.ok(said.includes("    (the plan's log may not be read with these rights: each change is in it)"));
  });

  it("tell that a newer run stands behind it, unless that has ended", async () => {
    for (const [status, stale] of [
      ["InProgress", ["  stale?   run eeeeeeee is newer: eeeeeeee Newer"]],
      ["Failed", []],
    ] as const) {
      const cloud = asking().run("e", 10, { subject: "Newer", status }, [...built("e"), ...deployed("qa")]);
      const { said } = await told(cloud, { says: [true] });
      assert.deepEqual(
        said.filter((line) => line.startsWith("  stale?")),
        stale,
      );
    }
  });

  it("refuse words that name nothing, an environment without approval, a long reason, and a pipeline that is not up", async () => {
    const { desk } = sit(asking());
    const line = (words: string[], options = {}) => answer(desk, delivery(), "approve", words, options);
    const usage = "npm run approve -- PIPELINE ENVIRONMENT";
    for (const [words, message] of [
      [[], `name the pipeline (shop, web): ${usage}`],
      [["shop"], `name the environment (qa, live): ${usage}`],
      [["shop", "prod"], "pipeline shop releases to no environment prod: its environments are qa, live"],
      [
        ["shop", "lve"],
        'pipeline shop releases to no environment lve: did you mean "live"? its environments are qa, live',
      ],
      [["shop", "qa"], "releases of shop to qa ask for no approval (setting approval)"],
      [["shop", "live", "now"], `unexpected argument now: ${usage}`],
    ] as const)
      await assert.rejects(line([...words]), { message });
    await assert.rejects(line(LIVE, { reason: "x".repeat(513) }), {
      message: "--reason has 513 characters, CodePipeline takes 512: shorten it",
    });
    assert.equal(await line(LIVE, { reason: "x".repeat(512), run: id("c") }), 0);
    const none = asking();
    none.refused["GetPipelineState"] = new PipelineNotFoundException({ message: "none", $metadata: {} });
    await refused(none, "pipeline shop is not up yet: npm run up");
  });
});
