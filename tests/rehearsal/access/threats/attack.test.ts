import assert from "node:assert/strict";
import { attack } from "../../../../rehearsal/access/threats/attack";
import { as, nameOf } from "../../../../rehearsal/access/threats/cast";
import { removed, replaced } from "../../../../rehearsal/access/threats/change";
import { BRANCH_JOBS } from "../../../../rehearsal/access/threats/branchJobs";
import { BRANCH_ROLES } from "../../../../rehearsal/access/threats/branchRoles";
import { BRANCH_SESSIONS } from "../../../../rehearsal/access/threats/branchSessions";
import { BRANCH_TAKING } from "../../../../rehearsal/access/threats/branchTaking";
import { BRANCH_TEMPLATES } from "../../../../rehearsal/access/threats/branchTemplates";
import { CODE_FILES } from "../../../../rehearsal/access/threats/codeFiles";
import { CONTAINERS } from "../../../../rehearsal/access/threats/containers";
import { PASSING_ON } from "../../../../rehearsal/access/threats/passingOn";
import { TASK_ATTACKS } from "../../../../rehearsal/access/threats/tasks";
import { ATTACKS } from "../../../../rehearsal/access/threats/list";
import { type Attack, call, stopped } from "../../../../rehearsal/access/threats/scene";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { document } from "../../sample";
import { changed, same } from "../models";
import { sample, worldOf } from "./sampleWorld";
import { list, map } from "../../../../packages/iam/src/json";

/** An attack of this test's own, on the sample. */
const only = (scene: Attack["scene"]) => attack(sample.world, [{ id: "own", title: "Own", scene }]);

describe("access/threats/attack", () => {
  it("stops every attack on the sample at the step that must be denied, and not before", () => {
    const wrong = sample.results.filter(({ applicable, held }) => applicable && !held);
    assert.deepEqual(
      wrong.map(({ id, stoppedBy }) => [id, stoppedBy]),
      [],
    );
  });

  it("counts an attack only if one changed statement makes it succeed", () => {
    const wrong = sample.results.filter(
      ({ applicable, succeedsWithChange }) => applicable && !succeedsWithChange,
    );
    assert.deepEqual(
      wrong.map(({ id, change }) => [id, change]),
      [],
    );
  });

  it("makes at least thirty on the sample, and says of the others what they lack", () => {
    const lacking = sample.results.filter(({ applicable }) => !applicable);
    assert.ok(sample.results.length - lacking.length >= 30);
    assert.deepEqual(
      lacking.map(({ id, notApplicable }) => [id, notApplicable]),
      [
        ["neighbour-reads-release", "two environments in one account"],
        ["administrator-of-tooling-reads-artifacts", "artifacts that settings reserve for some roles"],
        ["reader-reads-what-stacks-were-made-with", "readers of an environment"],
        ["artifacts-replicated", "artifacts that settings reserve for some roles"],
        ["role-called-like-ours-reads-artifacts", "artifacts that settings reserve for some roles"],
        ["build-deletes-anothers-interface", "jobs in a VPC"],
        ["branch-alarm-terminates-instances", "branches that have stacks"],
        ...PASSING_ON.slice(-5).map(({ id }) => [id, "a workload of tasks on a container platform"]),
        [
          "administrator-reads-next-code",
          "two environments in two accounts, the attacker's apart from tooling, of a workload whose code is files",
        ],
        ["neighbour-runs-code", "two environments in one account, of a workload whose code is files"],
        ...CODE_FILES.slice(2).map(({ id }) => [id, "a workload whose code is files"]),
        ["another-pipelines-promote-writes-record", "another pipeline"],
        ["another-pipelines-promote-deletes-image", "another pipeline"],
        ["another-pipelines-promote-deletes-code", "a workload whose code is files"],
        ...[...CONTAINERS, ...TASK_ATTACKS].map(({ id }) => [
          id,
          "a workload of tasks on a container platform",
        ]),
        ["approver-of-one-approves-another", "two environments with approvals"],
        ["another-pipelines-job-overwrites-release", "another pipeline"],
        ["another-pipelines-build-reads-artifacts", "another pipeline"],
        ["another-pipeline-runs-release-job", "another pipeline"],
        ["another-pipelines-clean-up-reads-logs", "another pipeline"],
        ["another-pipelines-operator-reads-logs", "another pipeline"],
        ["another-pipelines-plan-on-this-stack", "another pipeline"],
        ...[BRANCH_JOBS, BRANCH_TAKING, BRANCH_SESSIONS, BRANCH_ROLES, BRANCH_TEMPLATES].flatMap((attacks) =>
          attacks.map(({ id }) => [id, "branches that have stacks"]),
        ),
      ],
    );
    assert.ok(
      lacking.every(
        ({ held, succeedsWithChange, steps }) => !held && !succeedsWithChange && steps.length === 0,
      ),
    );
  });

  it("has ids that are told apart, and no two attacks on the same action with the same change", () => {
    const unique = (values: readonly string[]) => assert.equal(new Set(values).size, values.length);
    unique(ATTACKS.map(({ id }) => id));
    unique(ATTACKS.map(({ title }) => title));
    const told = sample.results.filter(({ applicable }) => applicable);
    unique(told.map(({ story }) => story));
    unique(told.map(({ steps, change }) => `${steps.find(({ stops }) => stops)?.action} ${change}`));
    ATTACKS.forEach(({ id }) => assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/));
  });

  it("tells each in two sentences or more, with one step that must be denied", () => {
    for (const { id, story, steps } of sample.results.filter(({ applicable }) => applicable)) {
      const sentences = story.match(/[.?:;](?= |$|\))/g) ?? [];
      assert.ok(sentences.length >= 2 && story.length < 700, `${id}: ${story.length} characters`);
      assert.doesNotMatch(story, / {2}|undefined|\$\{/, id);
      assert.equal(steps.filter(({ stops }) => stops).length, 1, id);
    }
  });

  it("takes nothing for absent that no step speaks of", () => {
    const assumed = sample.results.flatMap(({ steps }) =>
      steps.flatMap(({ answer }) => answer.assumedAbsent),
    );
    assert.deepEqual(assumed, []);
  });

  it("tells who tries what, and what denies it", () => {
    const [result] = sample.results.filter(({ id }) => id === "plan-executes-unapproved");
    assert.deepEqual(
      result?.steps.map(({ who, action, stops, answer }) => [who, action, stops, answer.verdict]),
      [
        ["role delivery-catalog--prod-plan-job in account 111111111111", "sts:AssumeRole", false, "allowed"],
        [
          "role delivery-catalog--prod-plan in account 333333333333",
          "cloudformation:CreateChangeSet",
          false,
          "allowed",
        ],
        ["role delivery-catalog--prod-plan in account 333333333333", "iam:PassRole", false, "allowed"],
        [
          "role delivery-catalog--prod-plan in account 333333333333",
          "cloudformation:ExecuteChangeSet",
          true,
          "denied",
        ],
      ],
    );
    assert.equal(
      result?.stoppedBy,
      "identity: not allowed by inline policy of role delivery-catalog--prod-plan",
    );
    assert.equal(
      result.change,
      "inline policy of role delivery-catalog--prod-plan: ReadAndDeleteChangeSets with all actions on change sets",
    );
    const bucket = /^arn:aws:s3:::(artifacts-[0-9a-f]{7})$/.exec(sample.facts.bucket)?.[0];
    const [http] = sample.results.filter(({ id }) => id === "plain-http");
    assert.equal(http?.stoppedBy, `explicit deny by bucket policy of ${bucket}, RequireTls`);
  });

  it("reports an attack that would succeed, with the statement that lets it through", async () => {
    const record = changed(sample.world.record, (resource) =>
      resource.type === "aws:s3/bucketPolicy:BucketPolicy" && resource.name === "artifacts"
        ? document((content) => ({
            ...content,
            Statement: list(content["Statement"])
              .map(map)
              .map((each) =>
                each["Sid"] === "ReadCatalog"
                  ? { ...each, Resource: [`${sample.facts.bucket}/releases/catalog/*`] }
                  : each,
              ),
          }))(resource)
        : same(resource),
    );
    const results = await attack(await worldOf(record));
    const found = results.filter(({ applicable, held }) => applicable && !held);
    assert.deepEqual(
      found.map(({ id, stoppedBy }) => [id, stoppedBy]),
      [
        [
          "administrator-reads-next-release",
          "nothing: allowed by what delivery-catalog--test-plan was given, statement 1; " +
            `bucket policy of ${sample.facts.bucket}, ReadCatalog`,
        ],
      ],
    );
  });

  it("holds none whose way there is closed already: it is not the attack that it tells", async () => {
    const [result] = await only(({ main, key }) => ({
      story: "",
      steps: [
        call(as(main.verify.role), "kms:GenerateDataKey", key),
        stopped(as(main.verify.role), "s3:DeleteObject", main.keptFile),
      ],
      change: replaced({ policyOf: main.verify.role }, "ReadArtifacts", "for all", {
        Action: ["s3:*"],
        Resource: "*",
      }),
    }));
    assert.deepEqual([result?.held, result?.succeedsWithChange], [false, false]);
  });

  it("does not let an attack count whose change is not what stops it", async () => {
    const [result] = await only(({ main, bucket }) => ({
      story: "",
      steps: [stopped(as(main.verify.role), "s3:DeleteObject", main.keptFile)],
      change: removed({ guarding: bucket }, "RequireTls"),
    }));
    assert.deepEqual([result?.held, result?.succeedsWithChange], [true, false]);
  });

  it("refuses an attack without an end, one with a key that it does not speak of, and one whose statement is not there", async () => {
    const refuses = (scene: Attack["scene"], message: RegExp) =>
      assert.rejects(
        async () => only(scene),
        (error) => error instanceof NotKnown && message.test(error.message),
      );
    const change = removed({ guarding: sample.facts.bucket }, "RequireTls");
    const { role } = sample.facts.main.verify;
    await refuses(
      () => ({ story: "", steps: [call(as(role), "s3:GetObject", sample.facts.bucket)], change }),
      /^threat scenario own: no step must be denied$/,
    );
    await refuses(
      ({ main }) => ({
        story: "",
        steps: [stopped(as(main.build.role), "s3:PutObject", `${main.artifacts}/Release/x`)],
        change,
      }),
      /^threat scenario own: the request says nothing of s3:x-amz-server-side-encryption/,
    );
    await refuses(
      ({ main, bucket }) => ({
        story: "",
        steps: [stopped(as(role), "s3:GetObject", main.keptFile)],
        change: removed({ guarding: bucket }, "RequireSomething"),
      }),
      /has not one statement RequireSomething to change$/,
    );
    assert.equal(nameOf(role), "delivery-catalog-verify");
  });
});
