import assert from "node:assert/strict";
import { Ledger } from "../../../commands/engine/ledger";
import { nextSteps } from "../../../commands/up/nextSteps";
import { delivery, STACKS, TOOLING } from "../sample";
import { step } from "../fake";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const CONSOLE =
  "  shop in the console: https://eu-central-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/view?region=eu-central-1";

const after = (events: readonly (readonly [op: string, type: string, name: string])[], tooling = TOOLING) => {
  const ledger = new Ledger();
  for (const [op, type, name] of events) ledger.add(step(op, "build", type, name));
  const outcome = { stack: "build", state: "done", ledger, problems: [] } as const;
  return nextSteps(delivery({ ...STACKS, build: tooling }).tooling, [outcome]);
};

describe("what is still to be done once all is up", () => {
  it("is the first push, the mails to confirm, and where to look", () => {
    assert.deepEqual(
      after([
        ["create", PIPELINE, "shop"],
        ["create", SUBSCRIPTION, "shop-approvals-live--ops@example.com"],
        ["same", SUBSCRIPTION, "shop-approvals-live--old@example.com"],
        ["delete", SUBSCRIPTION, "shop-approvals-live--gone@example.com"],
      ]),
      [
        "Next:",
        "  release shop for the first time: git push https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop HEAD:main",
        "  confirm the mail from AWS Notifications, or none will follow: ops@example.com",
        CONSOLE,
        "  npm run status shows what runs where",
      ],
    );
  });

  it("is a push to the repository where the source is a connection's", () => {
    const source = { github: "acme/shop", branch: "trunk" };
    const tooling = { ...TOOLING, pipelines: [{ name: "shop", prefix: "sh", source }] };
    assert.equal(
      after([["create", PIPELINE, "shop"]], tooling)[1],
      "  release shop for the first time: push to branch trunk of acme/shop",
    );
  });

  it("is to let Amazon Q Developer into channels that it was just told of", () => {
    const SLACK = "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration";
    const TEAMS = "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration";
    assert.deepEqual(
      after([
        ["create", SLACK, "chats--releases"],
        ["replace", TEAMS, "chats--on-call-team"],
        ["same", SLACK, "chats--old"],
        ["delete", TEAMS, "chats--gone"],
      ]).slice(1, 3),
      [
        "  let Amazon Q Developer into chat releases: /invite @Amazon Q in its channel (docs/chat.md)",
        "  let Amazon Q Developer into chat on-call-team: add Amazon Q Developer to its team (docs/chat.md)",
      ],
    );
  });

  it("is only where to look for a pipeline that was there", () => {
    assert.deepEqual(after([["update", PIPELINE, "shop"]]), [
      "Next:",
      CONSOLE,
      "  npm run status shows what runs where",
    ]);
  });
});
