import assert from "node:assert/strict";
import { CHAT_REGIONS, chatRegion, REGIONS, regionOf } from "../../../components/regions";
import {
  environments,
  pipeline,
  problemsOf,
  refuses,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";

const slack = { workspaceId: "T07EA123LEP", channelId: "C07EZ1ABC23" };
const teams = {
  tenantId: "11111111-2222-3333-4444-555555555555",
  teamId: "66666666-7777-8888-9999-000000000000",
  channelId: "19%3A0123456789abcdef%40thread.tacv2",
};
const chats = [
  { name: "releases", slack },
  { name: "on-call", teams },
];
const using = (...names: unknown[]) => [pipeline({ chats: names })];
const inTooling = (changes: Values) => problemsOf(tooling(changes));
const inRegion = (region: string) =>
  tooling({ "aws:region": region, chats: [{ name: "releases", slack }], pipelines: using("releases") });

/** As AWS's page lists them; the table in the program is written from it too. */
const WITH_NOTIFICATIONS = [
  ...["ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"],
  ...["ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "me-south-1"],
  ...["sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"],
];

describe("chats", () => {
  it("are read as they are written, and pipelines have none unless they name some", () => {
    const settings = settingsOf(tooling({ chats, pipelines: using("releases", "on-call") }));
    assert.ok(settings.kind === "tooling");
    assert.deepEqual(settings.chats, chats);
    assert.deepEqual(settings.pipelines[0]?.chats, ["releases", "on-call"]);
    const none = settingsOf(tooling());
    assert.ok(none.kind === "tooling");
    assert.deepEqual([none.chats, none.pipelines[0]?.chats], [[], []]);
  });

  refuses({
    "one that is of no kind, or of both": [
      () =>
        inTooling({
          chats: [{ name: "releases" }, { name: "on-call", slack, teams }],
          pipelines: using("releases", "on-call"),
        }),
      [
        'chats[0]: received {"name":"releases"}; allowed is one of slack, teams: name one',
        'chats[1]: received {"name":"on-call","slack":{"workspaceId":"T07EA123LEP","channelId":"C07EZ1ABC23"},"teams":{"tenantI…; allowed is one of slack, teams: name one',
      ],
    ],
    "ids of another form, all at once": [
      () =>
        inTooling({
          chats: [
            { name: "Releases", slack: { workspaceId: "acme", channelId: "#releases" } },
            { name: "on-call", teams: { tenantId: "acme", teamId: 1, channelId: "General" } },
          ],
          pipelines: using("on-call"),
        }),
      [
        'chats[0].name: received "Releases"; allowed are lower-case words (letters and digits, a letter first) joined by single hyphens: choose another name',
        'chats[0].slack.workspaceId: received "acme"; allowed is the id of a workspace such as T07EA123LEP: the console of Amazon Q Developer in chat applications shows it',
        'chats[0].slack.channelId: received "#releases"; allowed is the id of a channel such as C07EZ1ABC23: the end of the link that Slack copies',
        'chats[1].teams.tenantId: received "acme"; allowed is the id of a tenant, as the channel\'s link in Microsoft Teams has it',
        "chats[1].teams.teamId: received 1; allowed is the id of a team, as the channel's link in Microsoft Teams has it",
        'chats[1].teams.channelId: received "General"; allowed is the id of a channel as its link has it, 19%3a…%40thread.tacv2',
      ],
    ],
    "a name that no chat has, with the nearest": [
      () => inTooling({ chats, pipelines: using("release", "on-call", "x", "releases") }),
      [
        'pipelines[0].chats[0]: received "release"; did you mean "releases"? allowed are "releases","on-call"',
        'pipelines[0].chats[2]: received "x"; allowed are "releases","on-call"',
      ],
    ],
    "a name where there is no chat": [
      () => inTooling({ pipelines: using("releases") }),
      [`pipelines[0].chats[0]: received "releases"; there is none: add it to 'chats' of tooling`],
    ],
    "a chat that nothing is told to": [
      () => inTooling({ chats, pipelines: using("releases") }),
      [
        `chats[1].name: received "on-call"; no pipeline has it: add it to the 'chats' of one, or remove it here`,
      ],
    ],
    "two of a name, and two of a channel": [
      () =>
        inTooling({
          chats: [
            { name: "releases", slack },
            { name: "releases", teams },
            { name: "others", slack: { ...slack, workspaceId: "T1" } },
          ],
          pipelines: using("releases", "others"),
        }),
      [
        'chats[1].name: received "releases"; chats[0] has this name: choose another',
        'chats[2].slack.channelId: received "C07EZ1ABC23"; chats[0] is this channel, and AWS configures one once: name that chat in both pipelines',
      ],
    ],
    "more of one pipeline than a notification rule has targets": [
      () => {
        const many = Array.from({ length: 11 }, (_, i) => ({
          name: `c-${i}`,
          slack: { ...slack, channelId: `C${i}` },
        }));
        return inTooling({ chats: many, pipelines: using(...many.map(({ name }) => name)) });
      },
      [
        'pipelines[0].chats: received ["c-0","c-1","c-2","c-3","c-4","c-5","c-6","c-7","c-8","c-9","c-10"]; allowed is a list of names of chats, 0 to 10',
      ],
    ],
    "a name that is too long for AWS with the project's": [
      () => {
        const name = "c".repeat(100);
        const chat = [{ name, slack }];
        return problemsOf(tooling({ chats: chat, pipelines: using(name) }), "tooling", "p".repeat(30));
      },
      [
        `chats[0].name: received "${"c".repeat(98)}…; its chat ${"p".repeat(30)}-${"c".repeat(100)} has 131 characters, and Amazon Q Developer in chat applications allows 128: choose a name of at most 97 characters`,
      ],
    ],
    "them in a partition that has no Amazon Q Developer in chat applications": [
      () => problemsOf(inRegion("us-gov-west-1")),
      [
        "chats: received [\"releases\"]; Amazon Q Developer in chat applications is in no Region of partition aws-us-gov: remove 'chats' and use mails, or a rule of your own (docs/chat.md)",
      ],
    ],
    "them in a Region without notification rules": [
      () => problemsOf(inRegion("eu-south-1")),
      [
        'chats: received ["releases"]; notification rules were not in eu-south-1 on 2026-11-20: remove \'chats\' and use mails, or a rule of your own (docs/chat.md), or, if AWS has added it since, add "notifications" to the line of eu-south-1 in components/regions.ts',
      ],
    ],
    "them in an environment's stack": [
      () =>
        problemsOf(
          {
            ...environments("test")[0],
            "aws:region": "eu-west-1",
            kind: "environment",
            name: undefined,
            chats,
          },
          "test",
        ).filter((each) => each.startsWith("chats")),
      [
        'chats: received [{"name":"releases","slack":{"workspaceId":"T07EA123LEP","channelId":"C07EZ1ABC23"}},{"name":"on-ca…; this key belongs to tooling\'s stack: remove it here',
      ],
    ],
  });

  it("are taken in every Region that has pipelines and notification rules, and in no other", () => {
    const taken = Object.keys(REGIONS).filter((name) => {
      const { partition, services = [] } = regionOf(name) ?? {};
      if (!services.includes("codepipeline") || !["aws", "aws-cn", "aws-us-gov"].includes(partition ?? ""))
        return false;
      const values = inRegion(name);
      const source = services.includes("codecommit") ? undefined : { github: "acme/shop" };
      const pipelines = [pipeline({ chats: ["releases"], ...(source && { source }) })];
      try {
        settingsOf({ ...values, pipelines });
        return true;
      } catch (error) {
        assert.match(String(error), /(^Error: |\n)chats: received \["releases"\]; [^\n]*$/);
        return false;
      }
    });
    assert.deepEqual(taken.sort(), WITH_NOTIFICATIONS);
  });

  it("are made where the API is, as near as it is", () => {
    for (const region of CHAT_REGIONS) assert.equal(chatRegion(region), region);
    const made = ["eu-central-1", "af-south-1", "me-south-1", "il-central-1", "ap-south-1", "us-east-1"];
    assert.deepEqual([...made, "us-west-1", "ca-central-1", "sa-east-1"].map(chatRegion), [
      ...["eu-west-1", "eu-west-1", "eu-west-1", "eu-west-1", "ap-southeast-1", "us-east-2"],
      ...["us-east-2", "us-east-2", "us-east-2"],
    ]);
  });
});
