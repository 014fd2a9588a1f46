import assert from "node:assert/strict";
import { tooling as program } from "../../../stacks/tooling";
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
const github = { github: "acme/shop" };
const to = (region: unknown, more: Values = {}) => tooling({ replication: { region }, ...more });

describe("replication", () => {
  it("is to the Region that is written, and to none by default", () => {
    const settings = settingsOf(to("eu-central-1"));
    assert.ok(settings.kind === "tooling");
    assert.deepEqual(settings.replication, { region: "eu-central-1" });
    const none = settingsOf(tooling());
    assert.ok(none.kind === "tooling");
    assert.equal("replication" in none, false);
  });

  it("is to a Region without connections where no source needs one, and the other way round", () => {
    assert.equal(settingsOf(to("ap-south-2")).kind, "tooling");
    assert.equal(settingsOf(to("us-west-1", { pipelines: [pipeline({ source: github })] })).kind, "tooling");
  });

  it("is refused to a program of one's own before it makes anything: its provider knows one Region", () => {
    const settings = settingsOf(to("eu-central-1"));
    assert.ok(settings.kind === "tooling");
    assert.throws(() => program(settings, {}), {
      message:
        "the provider that this component is handed knows one Region: remove environments[].region and replication, or make tooling a stack of its own",
    });
  });

  refuses({
    "tooling's own Region": [
      () => problemsOf(to("eu-west-1")),
      [
        'replication.region: received "eu-west-1"; tooling is in this Region itself: choose another, which can take over',
      ],
    ],
    "a Region of another partition": [
      () => problemsOf(to("cn-north-1")),
      [
        'replication.region: received "cn-north-1"; it is of partition aws-cn, and eu-west-1 of aws, out of which nothing is copied: choose a Region of that',
      ],
    ],
    "the Region of an environment": [
      () =>
        problemsOf(
          to("us-east-1", {
            environments: environments("test", "prod@333333333333").map((each) =>
              each.name === "prod" ? { ...each, region: "us-east-1" } : each,
            ),
            pipelines: [pipeline({ workload: "lambda-zip" })],
          }),
        ),
      [
        'replication.region: received "us-east-1"; environments[1] is there, and tooling keeps a bucket near it: a replica beside that could not take its place yet: choose another Region',
      ],
    ],
    "what is no Region": [
      () => [...problemsOf(to("eu-wst-2")), ...problemsOf(to(1))],
      [
        'replication.region: received "eu-wst-2"; AWS had no such Region on 2026-11-20: did you mean "eu-west-2"? If it is newer, add a line for it to components/regions.ts',
        "replication.region: received 1; allowed is a Region such as eu-west-1",
      ],
    ],
    "a Region without CodePipeline and CodeBuild": [
      () => problemsOf(to("mx-central-1")),
      [
        'replication.region: received "mx-central-1"; CodePipeline and CodeBuild were not there on 2026-11-20: choose another Region, or, if AWS has added them since, add "codepipeline", "codebuild" to the line of mx-central-1 in components/regions.ts',
      ],
    ],
    "a Region without what some source needs, or chats": [
      () => [
        ...problemsOf(to("eu-south-2")),
        ...problemsOf(
          to("ap-south-2", {
            chats: [{ name: "releases", slack }],
            pipelines: [pipeline(), pipeline({ name: "mail", source: github, chats: ["releases"] })],
          }),
        ),
      ],
      [
        'replication.region: received "eu-south-2"; CodeCommit was not there on 2026-11-20, and pipelines[0].source needs it: choose another Region, or, if AWS has added it since, add "codecommit" to the line of eu-south-2 in components/regions.ts',
        'replication.region: received "ap-south-2"; CodePipeline\'s connections were not there on 2026-11-20, and pipelines[1].source needs it: choose another Region, or, if AWS has added it since, add "connections" to the line of ap-south-2 in components/regions.ts',
        'replication.region: received "ap-south-2"; notification rules were not there on 2026-11-20, and chats needs it: choose another Region, or, if AWS has added it since, add "notifications" to the line of ap-south-2 in components/regions.ts',
      ],
    ],
    "together with what else is wrong": [
      () => problemsOf(to("eu-west-1", { image: "?" })).map((each) => each.split(":")[0] ?? ""),
      ["image", "replication.region"],
    ],
  });
});
