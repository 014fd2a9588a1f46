import assert from "node:assert/strict";
import { tryThreats } from "../../../../rehearsal/access/threats/run";
import { parseScenarios, scenarios } from "../../../../rehearsal/access/threats/scenarios";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { document } from "../../sample";
import { changed, same } from "../models";
import { sample, worldOf, withSample } from "./sampleWorld";
import { list, map } from "../../../../packages/iam/src/json";

withSample();

/** A scenario of this test's own, with the sample's settings. */
const only = (rest: string) =>
  tryThreats(
    sample.world,
    parseScenarios(`threats:\n  - id: own\n    title: Own\n    because: So.${rest}`, "own.yaml"),
  );

const bucket = "arn:aws:s3:::artifacts-60c5d33";

describe("access/threats/run", () => {
  it("refuses every scenario with the sample's settings at the step that must be refused, and not before", () => {
    const wrong = sample.results.filter(({ applicable, refused }) => applicable && !refused);
    assert.deepEqual(
      wrong.map(({ id, refusedBy }) => [id, refusedBy]),
      [],
    );
  });

  it("counts a scenario only if one changed statement makes it succeed", () => {
    const wrong = sample.results.filter(
      ({ applicable, succeedsWithChange }) => applicable && !succeedsWithChange,
    );
    assert.deepEqual(
      wrong.map(({ id, change }) => [id, change]),
      [],
    );
  });

  it("applies more than sixty to the sample, and says of the others what they lack", () => {
    const lacking = sample.results.filter(({ applicable }) => !applicable);
    assert.ok(sample.results.length - lacking.length > 60);
    const counts = new Map<string, number>();
    for (const { notApplicable = "" } of lacking)
      counts.set(notApplicable, (counts.get(notApplicable) ?? 0) + 1);
    assert.deepEqual(Object.fromEntries(counts), {
      "an environment in another Region than tooling's and account": 1,
      "an environment in another Region than tooling's, of a workload whose code is files": 1,
      "an environment in another Region than tooling's and account, of a workload in an image": 1,
      "an environment in another Region than tooling's, of a workload in an image": 2,
      "two environments in one account and two Regions, none of them tooling's": 3,
      "two environments in one account and two Regions, none of them tooling's, of a workload in an image": 1,
      "an environment with a runner": 12,
      "an environment with a runner, in an account apart from tooling": 1,
      "another pipeline": 7,
      "artifacts that settings reserve for some roles": 3,
      "branches of functions": 9,
      "branches of tasks": 14,
      "branches that have stacks": 21,
      "branches that have stacks in another Region than tooling's": 1,
      "branches that have stacks in another Region than tooling's and account": 2,
      "branches whose images are copied to another Region": 1,
      "branches whose images are copied to another Region, and run in an account apart from tooling": 1,
      "branches whose code is files": 1,
      "a workload of tasks on a container platform": 16,
      "a workload whose CloudFormation has rights by its team's own documents": 2,
      "a workload whose code is files": 1,
      "an approval that is ended once a newer run waits behind it": 2,
      "chats, and an environment with an approval": 1,
      "code alone in an image, for a function that another stack owns": 1,
      "code alone, for a function that another stack owns": 5,
      "code alone, for a service of ECS on Fargate that another stack owns": 1,
      "code alone, for a service of ECS on instances that another stack owns": 2,
      "code alone, for a service of ECS that another stack owns": 9,
      "code alone, for a service of ECS that another stack owns, in an account apart from tooling": 1,
      "functions behind a REST API": 5,
      "functions behind an API of a definition": 2,
      "functions behind a REST API of a definition": 1,
      "functions that are called at times": 3,
      "functions that are in a network": 4,
      "functions that everybody may call at a URL": 4,
      "functions that have URLs": 1,
      "functions that have URLs, none of them open to everybody": 1,
      "functions that have rights by their team's own documents": 3,
      "functions that rules call": 3,
      "functions that state machines call": 4,
      "functions that use buckets": 7,
      "functions that use parameters": 3,
      "functions that use queues": 5,
      "functions that rotate secrets": 7,
      "functions that use secrets": 4,
      "functions that use streams": 1,
      "functions that use topics": 8,
      "kept releases that are copied to another Region": 4,
      "pull requests in CodeCommit whose previews read state": 9,
      "a pipeline that brings the stacks up": 10,
      "readers of an environment": 1,
      "tasks that have rights by their team's own documents": 1,
      "tasks that use buckets": 2,
      "tasks that use parameters": 1,
      "tasks that use queues": 1,
      "tasks that use secrets": 2,
      "tasks that use topics": 1,
      "two environments in one account": 1,
      "two environments in one account, of a workload whose code is files": 1,
      "two environments in two accounts, the attacker's apart from tooling, of a workload whose code is files": 1,
    });
    assert.ok(
      lacking.every(
        ({ refused, succeedsWithChange, steps }) => !refused && !succeedsWithChange && steps.length === 0,
      ),
    );
  });

  it("has ids that are told apart, and no two on the same action with the same change", () => {
    const unique = (values: readonly string[]) => assert.equal(new Set(values).size, values.length);
    unique(scenarios().map(({ id }) => id));
    unique(scenarios().map(({ title }) => title));
    const told = sample.results.filter(({ applicable }) => applicable);
    unique(told.map(({ story }) => story));
    unique(
      told.map(
        ({ steps, change }) => `${steps.find(({ mustBeRefused }) => mustBeRefused)?.action} ${change}`,
      ),
    );
    scenarios().forEach(({ id }) => assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/));
  });

  it("tells each in two sentences or more, with one step that must be refused", () => {
    for (const { id, story, steps } of sample.results.filter(({ applicable }) => applicable)) {
      const sentences = story.match(/[.?:;](?= |$|\))/g) ?? [];
      assert.ok(sentences.length >= 2 && story.length < 700, `${id}: ${story.length} characters`);
      assert.doesNotMatch(story, / {2}|undefined|\$\{/, id);
      assert.equal(steps.filter(({ mustBeRefused }) => mustBeRefused).length, 1, id);
    }
  });

  it("takes nothing for absent that no step speaks of", () => {
    const assumed = sample.results.flatMap(({ steps }) =>
      steps.flatMap(({ answer }) => answer.assumedAbsent),
    );
    assert.deepEqual(assumed, []);
  });

  it("tells who tries what, and what refuses it", () => {
    const [result] = sample.results.filter(({ id }) => id === "plan-executes-unapproved");
    assert.deepEqual(
      result?.steps.map(({ who, action, mustBeRefused, answer }) => [
        who,
        action,
        mustBeRefused,
        answer.verdict,
      ]),
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
      result?.refusedBy,
      "identity: not allowed by inline policy of role delivery-catalog--prod-plan",
    );
    assert.equal(
      result.change,
      "inline policy of role delivery-catalog--prod-plan: ReadAndDeleteChangeSets with all actions on change sets",
    );
    const [http] = sample.results.filter(({ id }) => id === "plain-http");
    assert.equal(http?.refusedBy, `explicit deny by bucket policy of ${bucket}, RequireTls`);
  });

  it("reports one that would succeed, with the statement that lets it through", async () => {
    const record = changed(sample.world.record, (resource) =>
      resource.type === "aws:s3/bucketPolicy:BucketPolicy" && resource.name === "artifacts"
        ? document((content) => ({
            ...content,
            Statement: list(content["Statement"])
              .map(map)
              .map((each) =>
                each["Sid"] === "ReadCatalog"
                  ? { ...each, Resource: [`${bucket}/releases/catalog/*`] }
                  : each,
              ),
          }))(resource)
        : same(resource),
    );
    const results = tryThreats(await worldOf(record));
    const found = results.filter(({ applicable, refused }) => applicable && !refused);
    assert.deepEqual(
      found.map(({ id, refusedBy }) => [id, refusedBy]),
      [
        [
          "administrator-reads-next-release",
          "nothing: allowed by what delivery-catalog--test-plan was given, statement 1; " +
            `bucket policy of ${bucket}, ReadCatalog`,
        ],
      ],
    );
  });

  it("counts none whose way there is closed already: it is not the threat that it tells of", () => {
    const [result] = only(`
    steps: { by: verify, calls: kms:GenerateDataKey, on: key }
    mustBeRefused: { by: verify, calls: s3:DeleteObject, on: kept-file }
    succeedsWith: { statement: ReadArtifacts of verify, with: { Action: [s3:*], Resource: "*" }, words: for all }`);
    assert.deepEqual([result?.refused, result?.succeedsWithChange], [false, false]);
  });

  it("does not let one count whose change is not what refuses it", () => {
    const [result] = only(`
    mustBeRefused: { by: verify, calls: s3:DeleteObject, on: kept-file }
    succeedsWith: { statement: RequireTls of bucket, removed: true }`);
    assert.deepEqual([result?.refused, result?.succeedsWithChange], [true, false]);
  });

  it("refuses names that are not known, a key that no step speaks of, and a statement that is not there", () => {
    const change = "succeedsWith: { statement: RequireTls of bucket, removed: true }";
    const refuses = (rest: string, message: string) =>
      assert.throws(
        () => only(rest),
        (error) => error instanceof NotKnown && error.message.startsWith(`threat scenario own: ${message}`),
      );
    const step = (fields: string, more = change) => `
    mustBeRefused: { ${fields} }
    ${more}`;
    refuses(
      step("by: verify, calls: s3:GetObject, on: kept-files"),
      "there is no kind of resource kept-files",
    );
    refuses(
      step("by: verify of main, calls: s3:GetObject, on: key"),
      "there is no main where verify of main could be",
    );
    refuses(
      step('by: verify, calls: s3:GetObject, on: "artifact {first.pipeline}"'),
      "{first.pipeline} is not known here",
    );
    refuses(
      step('by: verify, calls: s3:GetObject, on: "artifact {label2}"'),
      "artifact {label2} needs label2",
    );
    refuses(step("by: verify, calls: s3:GetObject"), "s3:GetObject is on nothing");
    refuses(step("by: mallory, calls: s3:GetObject, on: key"), "there is no kind of resource mallory");
    refuses(
      step("by: verify, calls: kms:Decrypt, on: key, when: { aws:nothing: x }"),
      "condition key aws:nothing does not exist",
    );
    refuses(
      step(
        "by: build, calls: s3:DeleteObjectVersion, on: kept-file",
        "succeedsWith: { statement: RequireSomething of bucket, removed: true }",
      ),
      `${bucket} has not one statement RequireSomething to change`,
    );
    refuses(
      `
    steps: nobody takes anything
    mustBeRefused: { by: verify, calls: s3:GetObject, on: kept-file }
    ${change}`,
      'there is no step "nobody takes anything" in names.yaml',
    );
  });
});
