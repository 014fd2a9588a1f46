import * as chatbot from "@pulumi/aws/chatbot";
import * as codestarnotifications from "@pulumi/aws/codestarnotifications";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { chatName, chatRoleName, chatRuleName, partition, type Scope } from "../names";
import { trustService } from "../policies";
import { chatRegion } from "../regions";

/** A channel of Slack or of Microsoft Teams; a person has authorised Amazon Q Developer there. */
export interface Chat {
  readonly name: string;
  readonly slack?: { readonly workspaceId: string; readonly channelId: string };
  readonly teams?: { readonly tenantId: string; readonly teamId: string; readonly channelId: string };
}

/** A pipeline that chats are told of. */
export interface ToldPipeline {
  readonly name: string;
  readonly arn: pulumi.Input<string>;
  /** Where its clean-up job tells of failed runs. */
  readonly topicArn: pulumi.Input<string>;
  /** Whether it asks for approval anywhere. */
  readonly asks: boolean;
  /** Names of the chats. */
  readonly chats: readonly string[];
}

export interface ChatsArgs {
  readonly scope: Scope;
  readonly chats: readonly Chat[];
  readonly pipelines: readonly ToldPipeline[];
  /** ARN of the organization's permissions boundary. Default: none. */
  readonly permissionsBoundary?: string | undefined;
}

type Configured = chatbot.SlackChannelConfiguration | chatbot.TeamsChannelConfiguration;

/**
 * Channels that are told of approvals and of failed runs, and can answer to neither: whoever writes there has no right. CodePipeline tells
 * of approvals by a notification rule, since what it publishes to a topic is not shown; failures come from the topic, with the job's own
 * words.
 */
export class Chats extends pulumi.ComponentResource {
  constructor(name: string, args: ChatsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:Chats", name, {}, opts);
    const { scope, pipelines, permissionsBoundary } = args;
    // Required, though nothing that is sent here needs it: messages come with the service's own role.
    const role = new iam.Role(
      name,
      {
        name: chatRoleName(scope),
        path: scope.path,
        description: "Channels that are told of releases; it may do nothing",
        assumeRolePolicy: trustService("chatbot.amazonaws.com"),
        ...(permissionsBoundary && { permissionsBoundary }),
      },
      { parent: this },
    );
    const configured = new Map<string, { readonly type: string; readonly chat: Configured }>();
    for (const { name: own, slack, teams } of args.chats) {
      const common = {
        configurationName: chatName(scope, own),
        iamRoleArn: role.arn,
        // Without one, AWS lets whatever the roles of people and of the channel let.
        guardrailPolicyArns: [`arn:${partition(scope.region)}:iam::aws:policy/AWSDenyAll`],
        userAuthorizationRequired: true,
        snsTopicArns: pipelines.filter(({ chats }) => chats.includes(own)).map(({ topicArn }) => topicArn),
        region: chatRegion(scope.region),
      };
      if (slack) {
        const chat = new chatbot.SlackChannelConfiguration(
          `${name}--${own}`,
          { ...common, slackTeamId: slack.workspaceId, slackChannelId: slack.channelId },
          { parent: this },
        );
        configured.set(own, { type: "AWSChatbotSlack", chat });
      }
      if (teams) {
        const chat = new chatbot.TeamsChannelConfiguration(
          `${name}--${own}`,
          { ...common, ...teams },
          { parent: this },
        );
        configured.set(own, { type: "AWSChatbotMicrosoftTeams", chat });
      }
    }
    for (const pipeline of pipelines.filter(({ asks, chats }) => asks && chats.length > 0)) {
      new codestarnotifications.NotificationRule(
        `${name}--${pipeline.name}`,
        {
          name: chatRuleName(pipeline.name),
          resource: pipeline.arn,
          detailType: "FULL",
          eventTypeIds: ["codepipeline-pipeline-manual-approval-needed"],
          targets: pipeline.chats.map((each) => {
            const target = configured.get(each);
            if (target === undefined)
              throw new Error(`pipeline ${pipeline.name} tells chat ${each}, which is none`);
            return { type: target.type, address: target.chat.chatConfigurationArn };
          }),
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
