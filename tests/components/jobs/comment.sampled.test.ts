import assert from "node:assert/strict";
import { buildArn, comment, pullRequestWorld, said } from "./commenting";
import { BUILD, DESTINATION, SOURCE, written } from "./pullRequests";
import { whole } from "../../whole/sample";

const previewed = (...lines: string[]): string[] => [
  "[Container] 2026/01/01 Running command\n",
  "test\n",
  `previews of ${SOURCE}:\n`,
  ...lines.map((line) => `${line}\n`),
  "end of previews\n",
  "[Container] 2026/01/01 Phase complete\n",
];
const LINK = "Its log: https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:preview\n";
const body = (lines: readonly string[], status = "succeeded"): string =>
  [`### Previews of ${SOURCE}`, "", ...lines, "", `The job ended with ${status}.`, LINK].join("\n");
const READS = [
  "aws - codebuild batch-get-builds",
  "aws - codecommit get-pull-request",
  "aws - logs get-log-events",
  "aws - codecommit get-comments-for-pull-request",
];
const POST = "aws - codecommit post-comment-for-pull-request";
const REPLACE = "aws - codecommit update-comment";

describe("job comment", () => {
  it("posts what the preview's log says, in exactly these calls", async () => {
    const world = pullRequestWorld(previewed("== test", "    + aws:iam:Role  catalog  create"));
    const result = await comment(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [...READS, POST]);
    assert.deepEqual(said(world), [body(["    == test", "        + aws:iam:Role  catalog  create"])]);
    assert.deepEqual(result.exported, {});
  });

  it("keeps the empty lines between what stacks say", async () => {
    const world = pullRequestWorld(previewed("== test", "", "== prod"));
    assert.equal((await comment(world)).code, 0);
    assert.deepEqual(said(world), [body(["    == test", "    ", "    == prod"])]);
  });

  whole("replaces the comment that it has made, and leaves those of others", async () => {
    const title = "### Previews of an earlier commit";
    const comments = [written(title), written(title, "intern"), written("### Nice")];
    const world = pullRequestWorld(previewed("== test"), { comments });
    const result = await comment(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [...READS, REPLACE]);
    assert.deepEqual(said(world), [body(["    == test"]), title, "### Nice"]);
  });

  it("posts another where AWS takes the builds for different authors", async () => {
    const title = "### Previews of an earlier commit";
    const world = pullRequestWorld(previewed("== test"), { comments: [written(title)], oneAuthor: false });
    const result = await comment(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [...READS, REPLACE, POST]);
    assert.deepEqual(said(world), [title, body(["    == test"])]);
  });

  whole(
    "takes neither a comment that is deleted nor one that somebody with a similar role has made",
    async () => {
      const title = "### Previews of an earlier commit";
      const role = "delivery-pull-requests-comment";
      const comments = [
        written(title, role, { deleted: true }),
        written(title, `x-${role}`),
        written(title, "x", { authorArn: `arn:aws:iam::111111111111:user/${role}` }),
      ];
      const world = pullRequestWorld(previewed("== test"), { comments });
      assert.deepEqual((await comment(world)).calls, [...READS, POST]);
    },
  );

  it("says that a preview did not run to its end, and how its job ended", async () => {
    const world = pullRequestWorld(["npm error\n"], { build: { buildStatus: "TIMED_OUT" } });
    assert.equal((await comment(world)).code, 0);
    assert.deepEqual(said(world), [body(["The preview did not run to its end."], "timed_out")]);
  });

  it("says nothing of a commit that is not the pull request's any more, or of one that is closed", async () => {
    for (const change of [{ source: DESTINATION }, { status: "CLOSED" }]) {
      const world = pullRequestWorld(previewed("== test"), change);
      const result = await comment(world);
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(result.calls, READS.slice(0, 2));
      assert.deepEqual(said(world), []);
    }
  });

  describe("of a log that the pull request's own code has written", () => {
    it("shows all as text, and what is no printable character as a space", async () => {
      const lines = [
        "# Approved",
        "</details><script>",
        "\u001b[31mred\u001b[0m \u202egnp\u0000",
        "```",
        "@lead",
      ];
      const world = pullRequestWorld(previewed(...lines));
      assert.equal((await comment(world)).code, 0);
      const shown = ["    # Approved", "    </details><script>", "    red  gnp ", "    ```", "    @lead"];
      assert.deepEqual(said(world), [body(shown)]);
    });

    whole("says no more than a comment takes", async () => {
      for (const lines of [
        ["x".repeat(100_000)],
        Array.from({ length: 9000 }, () => "x"),
        Array<string>(300).fill("y".repeat(70)),
      ]) {
        const world = pullRequestWorld(previewed(...lines));
        const result = await comment(world);
        assert.equal(result.code, 0, result.output);
        const [content = ""] = said(world);
        assert.ok(content.length <= 10_000, String(content.length));
        assert.ok(content.endsWith(LINK) && (lines.length === 1 || content.includes("\n    (cut here)\n")));
      }
    });

    whole("takes the last that begins like a preview of this commit", async () => {
      const forged = [`previews of ${SOURCE}:\n`, "nothing changes\n", "end of previews\n"];
      const world = pullRequestWorld([...forged, ...previewed("== test")]);
      assert.equal((await comment(world)).code, 0);
      assert.deepEqual(said(world), [body(["    == test"])]);
    });

    it("links nowhere but where AWS says, in a form that is a link and nothing else", async () => {
      const world = pullRequestWorld(previewed("== test"), { build: { logs: { deepLink: "https://a b" } } });
      assert.equal((await comment(world)).code, 0);
      assert.deepEqual(said(world), [body(["    == test"]).replace(`${LINK}`, "")]);
    });
  });

  describe("ends, and says nothing on the pull request", () => {
    const ends = (
      title: string,
      message: string,
      changes: Parameters<typeof pullRequestWorld>[1],
      variables: Readonly<Record<string, string>> = {},
    ): void =>
      void it(title, async () => {
        const world = pullRequestWorld(previewed("== test"), changes);
        const result = await comment(world, variables);
        assert.equal(result.code, 1);
        assert.equal(result.output.trimEnd().split("\n").at(-1), `error: ${message}`);
        assert.deepEqual(said(world), []);
      });
    const OTHER = buildArn(BUILD.replace("-preview", "-comment"));
    ends(
      "where the build is of another project",
      `variable BUILD_ARN must be the ARN of a build of delivery-pull-requests-preview, but is ${OTHER}`,
      {},
      { BUILD_ARN: OTHER },
    );
    ends(
      "where the build is of no pull request",
      `build ${BUILD} has no pull request and commit: received \\$\\(id\\) and ${SOURCE}; a rule starts it with both`,
      { variables: { PULL_REQUEST: "$(id)" } },
    );
    ends(
      "where the pull request is of another repository",
      "pull request 12 is of payroll, not of platform: nothing is said there",
      { repository: "payroll" },
    );
  });
});
