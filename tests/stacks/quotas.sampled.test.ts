import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { allResources } from "../../rehearsal/record/record";
import { counts, QUOTAS, quotaProblems, quotaWarnings } from "../../stacks/quotas";
import type { ToolingSettings } from "../../stacks/settings/model";
import { oneStack } from "../programs";
import { CONNECTION, environments, pipeline, settingsOf, tooling, type Values } from "./settingsSample";
import { CASES, isSampled, upOf } from "./together.cases";
import { sampled } from "../whole/sample";
import { map, text } from "../../packages/iam/src/json";

const LIMITS_PAGE = readFileSync(join(__dirname, "../../docs/limits.md"), "utf8");

const many = (count: number, changes: (i: number) => Values = () => ({}), of: Values = {}) =>
  tooling({
    environments: environments("env-a", "env-b"),
    pipelines: Array.from({ length: count }, (_, i) => {
      const name = `s-${String(i).padStart(3, "0")}`;
      return pipeline({ name, source: { codecommit: name }, ...changes(i) });
    }),
    ...of,
  });
const read = (values: Values) => settingsOf(values) as ToolingSettings;

const TYPES: Readonly<Record<string, keyof typeof QUOTAS>> = {
  "aws:iam/role:Role": "roles",
  "aws:iam/policy:Policy": "policies",
  "aws:codebuild/project:Project": "projects",
  "aws:codepipeline/pipeline:Pipeline": "pipelines",
  "aws:cloudwatch/eventRule:EventRule": "rules",
  "aws:codestarnotifications/notificationRule:NotificationRule": "notifications",
};

describe("what AWS counts in an account", () => {
  for (const [title, { files, project }] of sampled(Object.entries(CASES), ([each]) => isSampled(each))) {
    it(`is foretold exactly: ${title}`, async () => {
      const made = new Map<string, number>();
      const add = (account: string | undefined, quota: string) =>
        made.set(`${account} ${quota}`, (made.get(`${account} ${quota}`) ?? 0) + 1);
      for (const { type, account, stack, inputs } of allResources(await upOf(title))) {
        const quota = TYPES[type];
        const preview = /-preview$/.test(text(inputs, "name") ?? "") && stack !== "tooling";
        if (quota !== undefined && !preview) add(account, quota);
        if (quota === "rules" && /"wildcard"/.test(text(inputs, "eventPattern") ?? ""))
          add(account, "wildcards");
      }
      const settings = settingsOf(files["tooling"] ?? {}, "tooling", project) as ToolingSettings;
      const foretold = counts(settings).map(({ account, quota, count }) => [`${account} ${quota}`, count]);
      assert.deepEqual(Object.fromEntries(foretold), Object.fromEntries(made));
    });
  }

  const branches = { include: ["fix", "feature/*"], environment: "env-a" };
  it("stops a preview where no account can have it, and not one before", () => {
    assert.deepEqual(quotaProblems(read(many(15, () => ({ branches })))), []);
    assert.deepEqual(quotaProblems(read(many(16, () => ({ branches })))), [
      "account 111111111111 would have 32 EventBridge rules with wildcards of these stacks, and AWS takes 30: move some of the pipelines to a project with another tooling account",
    ]);
    const source = { connection: CONNECTION, repository: "acme/shop" };
    assert.deepEqual(quotaProblems(read(many(16, () => ({ branches, source })))), []);
    assert.deepEqual(
      quotaProblems(read(many(16, () => ({ branches: { ...branches, include: ["fix"] } })))),
      [],
    );
  });

  it("is only warned of where the account may ask for more", () => {
    assert.deepEqual(quotaWarnings(read(many(125))), []);
    assert.deepEqual(quotaWarnings(read(many(126))), [
      "account 111111111111 would have 1008 IAM roles of these stacks, and AWS takes 1000 unless the account has asked for more: ask Service Quotas for it (IAM, Roles per account), or move some of the pipelines to a project with another tooling account",
    ]);
    assert.deepEqual(quotaWarnings(read(many(51, () => ({}), { "aws:region": "eu-south-1" }))), [
      "account 111111111111 would have 102 EventBridge rules of these stacks, and AWS takes 100 unless the account has asked for more: ask Service Quotas for it (EventBridge, Number of rules), or move some of the pipelines to a project with another tooling account",
    ]);
  });

  it("is told in a preview: warnings first, then what stops it, before anything is made", async () => {
    const told: string[] = [];
    const { warn } = pulumi.log;
    Object.assign(pulumi.log, { warn: (message: string) => told.push(message) });
    const values = many(51, (i) => (i < 16 ? { branches } : {}), { "aws:region": "eu-south-1" });
    const run = await oneStack("tooling", values, []).finally(() => Object.assign(pulumi.log, { warn }));
    assert.deepEqual(told, quotaWarnings(read(values)));
    assert.equal(told.length, 1);
    assert.match(
      run.failures.join("\n"),
      /\n {2}account 111111111111 would have 32 EventBridge rules with wildcards/,
    );
    assert.ok(!run.resources.some(({ custom }) => custom));
  });

  it("is in the table of docs/limits.md, with the same numbers", () => {
    const rows = [...LIMITS_PAGE.matchAll(/^\| ([\w ]+?) +\| (\d+)(?: \((\d+) in .*?\))? +\| (.*?) +\|$/gm)];
    const said = rows.map(([, what, limit, elsewhere, name]) => [
      what,
      Number(limit),
      Number(elsewhere ?? limit),
      name,
    ]);
    const table = Object.values(QUOTAS).map(({ what, limit, ...others }) => [
      what,
      limit("eu-west-1"),
      limit("eu-south-1"),
      map(others)["name"] ?? "it can't be raised",
    ]);
    for (const row of table)
      assert.ok(
        said.some((each) => JSON.stringify(each) === JSON.stringify(row)),
        JSON.stringify(row),
      );
  });
});
