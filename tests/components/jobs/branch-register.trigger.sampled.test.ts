import assert from "node:assert/strict";
import { branchWorld, entryOf, hashOf, register, registerBranch } from "./branches";
import { handing } from "./codepipeline";
import { pool } from "./inputs";
import { BUCKET, COMMIT_ID, EXECUTION_ID, type World } from "./world";
import { whole } from "../../whole/sample";

/** What has started a run, and what the source action says of it: every shape that is reported, and those that none is. */

const CONNECTION =
  "arn:aws:codeconnections:eu-west-1:111111111111:connection/0a1b2c3d-0000-4000-8000-000000000000";
const OTHER_COMMIT = "0".repeat(40);
interface Run {
  readonly type?: string;
  readonly detail?: string;
  readonly source?: Readonly<Record<string, unknown>>;
}

/** A world whose run was started so; branch `fix` has an environment, at COMMIT_ID. */
function started(
  { type = "WebhookV2", detail = CONNECTION, source = {} }: Run,
  changes: Partial<World> = {},
): World {
  const trigger = { ...(type !== "" && { triggerType: type }), triggerDetail: detail };
  const [, , , read] = handing({ COMMIT_ID });
  const output = { outputVariables: { CommitId: COMMIT_ID, ...source } };
  const world = branchWorld("-", {
    executions: {
      [EXECUTION_ID]: { type: "STANDARD", status: "InProgress", variables: { BRANCH: "-" }, trigger },
    },
    actions: read ? [{ ...read, output }] : [],
    ...changes,
  });
  register(world, "fix", 1);
  const key = `${BUCKET}/kept/catalog--br/${hashOf("fix")}`;
  const entry = JSON.parse(world.objects.get(key)?.toString() ?? "{}") as object;
  world.objects.set(key, Buffer.from(JSON.stringify({ ...entry, commit: COMMIT_ID })));
  return world;
}
const connected = (world: World) => registerBranch(world, { SOURCE: "connection" });
const days = (world: World): number =>
  Math.round((Date.now() / 1000 - (entryOf(world, "fix")?.deployedAt ?? 0)) / 86_400);

const TITLE = "it's \"}]; $(touch pwned) #{Build.X}";
const PULL = { PullRequestId: "12", PullRequestTitle: TITLE };

describe("job branch-register: what has started the run", () => {
  whole("is a push, of the branch that the source action says, or the event", async () => {
    for (const type of ["WebhookV2", "Webhook"]) {
      const pushed = started({ type, source: { BranchName: "feature/one" } });
      const result = await connected(pushed);
      assert.equal(result.code, 0, result.output);
      assert.equal(entryOf(pushed, "feature/one")?.ref, "refs/heads/feature/one");
      assert.equal(entryOf(pushed, "feature/one")?.commit, COMMIT_ID);
    }
    for (const type of ["CloudWatchEvent", "StartPipelineExecution"]) {
      const world = started({ type, source: { BranchName: "main" } });
      world.executions[EXECUTION_ID] = {
        ...world.executions[EXECUTION_ID]!,
        variables: { BRANCH: "feature/one" },
      };
      const result = await registerBranch(world);
      assert.equal(result.code, 0, result.output);
      assert.equal(entryOf(world, "feature/one")?.ref, "refs/heads/feature/one");
    }
  });

  whole(
    "is the end of a pull request, in every shape: its branch counts as expired, and nothing is built",
    async () => {
      const shapes: Record<string, unknown>[] = [
        { SourceBranchName: "fix", DestinationBranchName: "main", ...PULL },
        { SourceBranchName: "fix", PullRequestId: "12" },
        { BranchName: "fix", PullRequestId: "12" },
        { BranchName: "main", SourceBranchName: "fix", DestinationBranchName: "main", ...PULL },
      ];
      await pool(shapes, async (source) => {
        const world = started({ source });
        const result = await connected(world);
        assert.equal(result.code, 1);
        assert.match(
          result.output,
          /^error: pull request 12 has ended: the clean-up, .* removes catalog--br-[0-9a-f]{8}\n$/,
        );
        assert.equal(entryOf(world, "fix")?.deployedAt, 0, JSON.stringify(source));
        assert.deepEqual(result.exported, {});
      });
    },
  );

  whole(
    "is a pull request that ends nothing here: of a fork, of no branch, into another, without an environment",
    async () => {
      const shapes: [Record<string, unknown>, RegExp][] = [
        [
          { SourceBranchName: "fix", CommitId: OTHER_COMMIT, ...PULL },
          /error: pull request 12 has ended at commit 0{40}, and catalog--br-\w{8} is of another, c0ffee1+: it may be a fork's/,
        ],
        [
          { BranchName: "main", ...PULL },
          /error: pull request 12 has ended, and CodePipeline doesn't say of which branch/,
        ],
        [{ ...PULL }, /error: pull request 12 has ended, and CodePipeline doesn't say of which branch/],
        [
          { SourceBranchName: "fix", DestinationBranchName: "fix-2", ...PULL },
          /error: pull request 12 is not into main: nothing is built or removed/,
        ],
        [
          { SourceBranchName: "feature/new", ...PULL },
          /error: pull request 12 has ended: its branch has no environment here/,
        ],
        // Of a pull request by one sign alone: never taken for a push.
        [{ SourceBranchName: "fix" }, /a pull request has a number, but CodePipeline says ''/],
        [
          { BranchName: "fix", DestinationBranchName: "main" },
          /a pull request has a number, but CodePipeline says ''/,
        ],
        [
          { BranchName: "fix", PullRequestTitle: TITLE },
          /a pull request has a number, but CodePipeline says ''/,
        ],
        [
          { BranchName: "fix", PullRequestId: "1; touch pwned" },
          /has a number, but CodePipeline says 1\\;\\ touch\\ pwned/,
        ],
        [{ BranchName: "fix", PullRequestId: "12\n" }, /has a number, but CodePipeline says /],
        [{ BranchName: "fix", PullRequestId: 12 }, /error: pull request 12 has ended: the clean-up/],
      ];
      await pool(shapes, async ([source, message]) => {
        const world = started({ source });
        const result = await connected(world);
        assert.equal(result.code, 1);
        assert.match(result.output, message, JSON.stringify(source));
        assert.equal(result.output.split("\n").length, 2);
        assert.deepEqual([...world.objects.keys()], [`${BUCKET}/kept/catalog--br/${hashOf("fix")}`]);
        if (!/the clean-up/.test(message.source)) assert.equal(days(world), 1, JSON.stringify(source));
        assert.deepEqual(result.exported, {});
      });
    },
  );

  whole(
    "is a pull request where the trigger's own detail says so, whatever the source action leaves out",
    async () => {
      for (const detail of ['{"event":"PULL_REQUEST"}', "pullRequest 12", "Merge Request"]) {
        const world = started({ detail, source: { BranchName: "fix", CommitId: OTHER_COMMIT } });
        const result = await connected(world);
        assert.equal(result.code, 1);
        assert.match(result.output, /error: this run is of a pull request/);
        assert.equal(days(world), 1);
      }
    },
  );

  whole("is anything else: the run ends, nothing is built, noted or removed", async () => {
    const all = [
      "StartPipelineExecution",
      "PollForSourceChanges",
      "PutActionRevision",
      "ManualRollback",
      "AutomatedRollback",
    ];
    const unknown = ["CloudWatchEvent", "", "$(touch pwned)", "x".repeat(10_000), "a\u0000b"];
    const cases = [
      ...[...all, ...unknown].map((type) => ["connection", type] as const),
      ...["WebhookV2", "Webhook", ...all.slice(1), "", "NextYearsTrigger"].map(
        (type) => ["codecommit", type] as const,
      ),
    ];
    await pool(cases, async ([SOURCE, type]) => {
      const world = started({ type, source: { BranchName: "fix" } });
      world.executions[EXECUTION_ID] = { ...world.executions[EXECUTION_ID]!, variables: { BRANCH: "fix" } };
      const result = await registerBranch(world, { SOURCE });
      assert.equal(result.code, 1);
      assert.match(
        result.output,
        SOURCE === "connection" && type === "StartPipelineExecution"
          ? /^error: a run that is started by hand is of no branch, .* push to the branch\n$/
          : /^error: this run was started by .*, which is neither a push nor the end of a pull request: nothing is built; push/,
      );
      assert.ok(result.output.length < 500);
      assert.equal(days(world), 1);
      assert.deepEqual(result.exported, {});
    });
    for (const SOURCE of ["connection", "codecommit"]) {
      const made = await registerBranch(started({ type: "CreatePipeline", source: { BranchName: "main" } }), {
        SOURCE,
      });
      assert.match(
        made.output,
        /^error: this run is of no branch: CodePipeline starts one itself when it makes the pipeline;/,
      );
    }
  });
});
