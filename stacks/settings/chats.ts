/** One channel of Slack or Microsoft Teams that pipelines tell of approvals and failed runs. */
import { words } from "./names";
import { isMap } from "./problems";
import { object, text, told } from "./schemas";

export const chatName = words("name");

const slack = object({
  workspaceId: text(
    /^[0-9A-Z]+$/,
    "allowed is the id of a workspace such as T07EA123LEP: the console of Amazon Q Developer in chat applications shows it",
    255,
  )
    .describe("Slack workspace in which a person has authorised Amazon Q Developer")
    .register(told, { allowed: "`T…`" }),
  channelId: text(
    /^[A-Za-z0-9]+$/,
    "allowed is the id of a channel such as C07EZ1ABC23: the end of the link that Slack copies",
    255,
  )
    .describe("Slack channel")
    .register(told, { allowed: "`C…` or `G…`" }),
});

const uuid = (what: string) =>
  text(
    /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/,
    `allowed is the id of a ${what}, as the channel's link in Microsoft Teams has it`,
  );
const teams = object({
  tenantId: uuid("tenant").describe("Tenant of Microsoft Teams").register(told, { allowed: "UUID" }),
  teamId: uuid("team")
    .describe("Team in which a person has authorised Amazon Q Developer")
    .register(told, { allowed: "UUID" }),
  channelId: text(
    /^[\w=+/.,-]*%3[aA][\w=+/.,-]*%40[\w=+/.,-]*$/,
    "allowed is the id of a channel as its link has it, 19%3a…%40thread.tacv2",
    255,
  )
    .describe("Channel of that team, as its link has it")
    .register(told, { allowed: "`19%3a…%40thread.tacv2`" }),
});

export const chat = object({
  name: chatName
    .describe("The chat's name, for `pipelines[].chats`")
    .register(told, { allowed: "lower-case words joined by hyphens" }),
  slack: slack
    .exactOptional()
    .describe("Slack: { workspaceId, channelId }")
    .register(told, { unset: "one of the two" }),
  teams: teams
    .exactOptional()
    .describe("Microsoft Teams: { tenantId, teamId, channelId }")
    .register(told, { unset: "one of the two" }),
}).refine(({ slack: one, teams: other }) => (one === undefined) !== (other === undefined), {
  error: "allowed is one of slack, teams: name one",
  when: ({ value }) => isMap(value),
});
