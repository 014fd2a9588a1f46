import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { run, stepsOf, TEXT as PREVIEW, textOf, type Workflow } from "./workflow";

const TEXT = textOf("access-growth.yml");
const WORKFLOW = parse(TEXT) as Workflow;
const { compare, comment } = WORKFLOW.jobs;

/** The comparison, where `node` says and ends with something. */
const compared = (accepted: string, node: string) =>
  run("Compare", { ACCEPTED: accepted }, { node }, { "base/a": "", "head/a": "" }, WORKFLOW);
const ENVIRONMENT = { GITHUB_REPOSITORY: "org/repo", NUMBER: "7", COMMIT: "abc", GH_TOKEN: "token" };
const commented = (result: string, growth: Readonly<Record<string, string>>, id = "") =>
  run(
    "Comment",
    { ...ENVIRONMENT, RESULT: result },
    { gh: `case "$*" in *jq*) echo "${id}" ;; esac` },
    growth,
    WORKFLOW,
  );
const body = (at: string): string => readFileSync(join(at, "body.md"), "utf8");
const COMMENTS = "repos/org/repo/issues/7/comments";

describe("the workflow of rights that grow", () => {
  it("runs for pull requests and their labels, with nothing of the base branch's rights and no secret", () => {
    assert.deepEqual(WORKFLOW.on, {
      pull_request: { types: ["opened", "synchronize", "reopened", "labeled", "unlabeled"] },
    });
    assert.ok(!/pull_request_target|workflow_run|\bsecrets\b|id-token/.test(TEXT));
    assert.deepEqual(WORKFLOW.permissions, {});
    assert.deepEqual(
      [Object.keys(WORKFLOW.jobs), compare?.permissions, comment?.permissions],
      [["compare", "comment"], { contents: "read" }, { "pull-requests": "write" }],
    );
    assert.ok(!JSON.stringify(compare).includes("github.token"));
    assert.ok([compare, comment].every((job) => (job?.["timeout-minutes"] ?? 99) <= 15));
  });

  it("uses the actions that previews use, at the same commits, and keeps no credentials", () => {
    const used = (text: string) =>
      [...text.matchAll(/uses: (\S+ # v\S+)$/gm)].map(([, action = ""]) => action);
    assert.equal(used(TEXT).length, stepsOf(WORKFLOW).filter(({ uses }) => uses).length);
    assert.deepEqual(
      used(TEXT).filter((each) => !used(PREVIEW).includes(each)),
      [],
    );
    const checkouts = stepsOf(WORKFLOW).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.deepEqual(
      checkouts.map((step) => step.with),
      [
        { path: "head", "persist-credentials": false },
        { ref: "${{ github.event.pull_request.base.sha }}", path: "base", "persist-credentials": false },
      ],
    );
    const scripts = stepsOf(WORKFLOW).flatMap((step) => step.run ?? []);
    assert.equal(scripts.length, 4);
    assert.ok(scripts.every((script) => !script.includes("${{")));
  });

  it("runs nothing of the pull request where the comment is written", () => {
    assert.deepEqual(
      comment?.steps.map((step) => step.uses?.replace(/@.*/, "") ?? typeof step.run),
      ["actions/download-artifact", "string"],
    );
    assert.match(comment?.if ?? "", /head\.repo\.full_name == github\.repository && .*dependabot/);
  });

  it("compares what the base registers with the pull request, and ends as the comparison does", () => {
    const failing = compared("false", 'case "$*" in *growth*) echo grows; exit 1 ;; esac');
    assert.deepEqual(failing.calls, [
      `node -r ts-node/register rehearsal/resources/main.ts --json ${failing.at}/before.json`,
      `node -r ts-node/register rehearsal/growth/main.ts --before ${failing.at}/before.json`,
    ]);
    assert.deepEqual(
      [failing.code, readFileSync(join(failing.at, "growth/growth.txt"), "utf8")],
      [1, "grows\n"],
    );
    const accepted = compared("true", "");
    assert.deepEqual(
      [accepted.code, accepted.calls[1]],
      [0, `node -r ts-node/register rehearsal/growth/main.ts --before ${accepted.at}/before.json --accept`],
    );
  });

  it("writes one comment, as plain text, and says what to do where it has failed", () => {
    const first = commented("failure", { "growth/growth.txt": "role a may now <b> & c\n" });
    const wanted =
      "Write what is wanted into access-growth.yaml, with a reason, or give the pull request the label access-growth.\n";
    assert.equal(
      body(first.at),
      `<!-- rights that grow -->\n### Rights that grow with abc\n\n<pre>\nrole a may now &lt;b&gt; &amp; c\n\n</pre>\n${wanted}`,
    );
    assert.equal(first.calls.at(-1), `gh api --method POST ${COMMENTS} -F body=@body.md --silent`);
    const next = commented("success", { "growth/growth.txt": "No rights grow or shrink.\n" }, "12");
    assert.ok(!body(next.at).includes(wanted));
    assert.equal(
      next.calls.at(-1),
      "gh api --method PATCH repos/org/repo/issues/comments/12 -F body=@body.md --silent",
    );
    assert.match(body(commented("failure", {}).at), /did not run to its end/);
  });
});
