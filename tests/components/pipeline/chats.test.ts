import assert from "node:assert/strict";
import { Chats, type ChatsArgs } from "../../../components/pipeline/chats";
import { inputsOf, names, only, registered, SCOPE } from "../../programs";

const slack = { workspaceId: "T1", channelId: "C1" };
const teams = { tenantId: "tenant", teamId: "team", channelId: "19%3a1%40thread.tacv2" };
const pipeline = (name: string, changes: Partial<ChatsArgs["pipelines"][number]> = {}) => ({
  name,
  arn: `arn:of:${name}`,
  topicArn: `arn:topic:${name}`,
  asks: true,
  chats: ["releases"],
  ...changes,
});
const chats = (change: Partial<ChatsArgs> = {}) =>
  registered(
    (opts) =>
      new Chats(
        "chats",
        { scope: SCOPE, chats: [{ name: "releases", slack }], pipelines: [pipeline("shop")], ...change },
        opts,
      ),
  );
const SLACK = "chatbot/slackChannelConfiguration:SlackChannelConfiguration";
const TEAMS = "chatbot/teamsChannelConfiguration:TeamsChannelConfiguration";
const RULE = "codestarnotifications/notificationRule:NotificationRule";
const ROLE = "arn:aws:iam::444444444444:role/team/acme-chat";
const common = {
  iamRoleArn: ROLE,
  guardrailPolicyArns: ["arn:aws:iam::aws:policy/AWSDenyAll"],
  userAuthorizationRequired: true,
  region: "eu-west-1",
};

describe("Chats", () => {
  it("are one role without a policy, a channel each that may do nothing, and a rule for approvals", async () => {
    const made = await chats();
    assert.deepEqual(names(made), [
      `aws:${SLACK} chats--releases`,
      `aws:${RULE} chats--shop`,
      "aws:iam/role:Role chats",
      "delivery:index:Chats chats",
    ]);
    assert.deepEqual(only(made, "iam/role:Role").inputs, {
      name: "acme-chat",
      path: "/team/",
      description: "Channels that are told of releases; it may do nothing",
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AssumedByService",
            Effect: "Allow",
            Principal: { Service: "chatbot.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      },
    });
    assert.deepEqual(only(made, SLACK).inputs, {
      ...common,
      configurationName: "acme-releases",
      slackTeamId: "T1",
      slackChannelId: "C1",
      snsTopicArns: ["arn:topic:shop"],
    });
    assert.deepEqual(only(made, RULE).inputs, {
      name: "shop-approvals",
      resource: "arn:of:shop",
      detailType: "FULL",
      eventTypeIds: ["codepipeline-pipeline-manual-approval-needed"],
      targets: [
        {
          type: "AWSChatbotSlack",
          address: "arn:aws:chatbot::444444444444:chat-configuration/slack-channel/acme-releases",
        },
      ],
    });
  });

  it("tell each channel of the pipelines that name it, and of failures alone where nobody is asked", async () => {
    const made = await chats({
      chats: [
        { name: "releases", slack },
        { name: "on-call", teams },
      ],
      pipelines: [
        pipeline("shop", { chats: ["on-call", "releases"] }),
        pipeline("mail", { asks: false }),
        pipeline("quiet", { chats: [] }),
      ],
    });
    assert.deepEqual(only(made, SLACK).inputs["snsTopicArns"], ["arn:topic:shop", "arn:topic:mail"]);
    assert.deepEqual(only(made, TEAMS).inputs, {
      ...common,
      ...teams,
      configurationName: "acme-on-call",
      snsTopicArns: ["arn:topic:shop"],
    });
    assert.deepEqual(inputsOf(made, RULE)["chats--shop"]?.["targets"], [
      {
        type: "AWSChatbotMicrosoftTeams",
        address: "arn:aws:chatbot::444444444444:chat-configuration/microsoft-teams-channel/acme-on-call",
      },
      {
        type: "AWSChatbotSlack",
        address: "arn:aws:chatbot::444444444444:chat-configuration/slack-channel/acme-releases",
      },
    ]);
    assert.equal(made.filter(({ type }) => type === `aws:${RULE}`).length, 1);
  });

  it("have the organization's boundary, where there is one", async () => {
    const permissionsBoundary = "arn:aws:iam::444444444444:policy/org";
    const made = await chats({ permissionsBoundary });
    assert.equal(only(made, "iam/role:Role").inputs["permissionsBoundary"], permissionsBoundary);
  });
});
