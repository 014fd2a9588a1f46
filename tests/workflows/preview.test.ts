import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../rehearsal/sample";
import { type Job, STEPS, TEXT, WORKFLOW } from "./workflow";

const { jobs } = WORKFLOW;
const each = <T>(pick: (job: Job) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, pick(job)]));

describe("the workflow of previews", () => {
  it("runs for pull requests, with nothing of the base branch's rights", () => {
    assert.equal(WORKFLOW.on, "pull_request");
    assert.ok(!/pull_request_target|workflow_run/.test(TEXT));
  });

  it("has in each job the permissions that it needs, and none by default", () => {
    assert.deepEqual(WORKFLOW.permissions, {});
    assert.deepEqual(
      each(({ permissions }) => permissions),
      {
        "no-preview": undefined,
        stacks: { contents: "read" },
        preview: { contents: "read", "id-token": "write" },
        comment: { contents: "read", "pull-requests": "write" },
      },
    );
  });

  it("gives forks and Dependabot a notice, and everybody else previews", () => {
    const [fork, own] = ["!=", "=="].map(
      (is) => `github.event.pull_request.head.repo.full_name ${is} github.repository`,
    );
    const login = "github.event.pull_request.user.login";
    assert.deepEqual(
      each((job) => job.if),
      {
        "no-preview": `${fork} || ${login} == 'dependabot[bot]'`,
        stacks: `${own} && ${login} != 'dependabot[bot]'`,
        // Skipped with the job that they need; one that asks for !cancelled() has to ask for its output too.
        preview: "needs.stacks.outputs.wanted == 'true'",
        comment: "${{ !cancelled() && needs.stacks.outputs.wanted == 'true' }}",
      },
    );
    assert.deepEqual(
      each(({ needs }) => needs),
      { "no-preview": undefined, stacks: undefined, preview: "stacks", comment: ["stacks", "preview"] },
    );
    assert.deepEqual(
      jobs["no-preview"]?.steps.map((step) => Object.keys(step)),
      [["run"]],
    );
  });

  it("previews what the first job read, all of it even if one fails", () => {
    assert.deepEqual(jobs["preview"]?.strategy, {
      "fail-fast": false,
      matrix: { include: "${{ fromJSON(needs.stacks.outputs.matrix) }}" },
    });
  });

  it("pins every action by its commit, and says which version that is", () => {
    const used = [...TEXT.matchAll(/uses: (\S+)@(\S+)(.*)$/gm)];
    assert.equal(used.length, STEPS.filter(({ uses }) => uses !== undefined).length);
    for (const [line, , commit = "", version = ""] of used) {
      assert.match(commit, /^[0-9a-f]{40}$/, line);
      assert.match(version, /^ # v\d+\.\d+\.\d+$/, line);
    }
    const commits = new Map<string, Set<string>>();
    for (const [, action = "", commit = ""] of used)
      commits.set(action, (commits.get(action) ?? new Set()).add(commit));
    assert.deepEqual([...commits].map(([action, { size }]) => `${action} ${size}`).sort(), [
      "actions/checkout 1",
      "actions/download-artifact 1",
      "actions/setup-node 1",
      "actions/upload-artifact 1",
      "pulumi/actions 1",
    ]);
  });

  it("has no secret but the run's own token, which only the comment is given", () => {
    assert.ok(!/\bsecrets\b/.test(TEXT));
    const given = Object.entries(jobs).filter(([, job]) => JSON.stringify(job).includes("github.token"));
    assert.deepEqual(
      given.map(([name]) => name),
      ["comment"],
    );
    const checkouts = STEPS.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.deepEqual(
      checkouts.map((step) => step.with?.["persist-credentials"]),
      checkouts.map(() => false),
    );
    assert.ok(checkouts.length > 0);
  });

  it("gives scripts values by their environment, never as text of the script", () => {
    const scripts = STEPS.flatMap(({ run }) => run ?? []);
    assert.ok(scripts.length >= 4);
    for (const script of scripts) assert.ok(!script.includes("${{"), script);
  });

  it("lets no code of the pull request run where the comment is written", () => {
    assert.deepEqual(
      jobs["comment"]?.steps.map(({ uses, run }) => uses?.replace(/@.*/, "") ?? typeof run),
      ["actions/checkout", "actions/download-artifact", "string"],
    );
    const [{ with: from } = {}] = jobs["comment"]?.steps ?? [];
    assert.equal(from?.["ref"], "${{ github.event.pull_request.base.sha }}");
    assert.ok(!JSON.stringify(jobs["comment"]).includes("outputs.names"));
  });

  it("ends every job in time, and one run when the next begins", () => {
    const minutes = Object.values(each((job) => job["timeout-minutes"]));
    assert.ok(minutes.length === 4 && minutes.every((time = 0) => time > 0 && time <= 30), String(minutes));
    assert.deepEqual(WORKFLOW.concurrency, {
      group: "preview-${{ github.event.pull_request.number }}",
      "cancel-in-progress": true,
    });
  });

  it("has the versions of Pulumi and Node that the project is for", () => {
    const { dependencies, engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
      engines: { node: string };
    };
    const asked = (key: string) => STEPS.flatMap((step) => step.with?.[key] ?? []);
    assert.deepEqual(asked("pulumi-version"), [dependencies["@pulumi/pulumi"]]);
    const lowest = Number(/\d+/.exec(engines.node)?.[0]);
    assert.deepEqual(
      asked("node-version").map((version) => Number(version) >= lowest),
      [true, true],
    );
  });
});
