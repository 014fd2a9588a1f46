import { plain } from "./mockRows";
import type { PulumiType, Service } from "./types";

/** https://docs.aws.amazon.com/general/latest/gr/chatbot.html */
const REGIONS = ["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"];

/** A guardrail takes away from what people and the channel's role may do; the role is judged as every role is. */
const channel = (kind: string): PulumiType =>
  plain(
    ({ input, globalArn }) => {
      const arn = globalArn("chatbot", `chat-configuration/${kind}/${input("configurationName")}`);
      return { id: arn, outputs: { chatConfigurationArn: arn } };
    },
    { regions: REGIONS },
  );

export const chatbot: Service = {
  file: "chatbot",
  pulumi: {
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": channel("slack-channel"),
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": channel("microsoft-teams-channel"),
  },
};
