import assert from "node:assert/strict";
import { label, type Rehearsed, type Resource } from "../../rehearsal/record/record";
import { broughtUp, documentOf, names, only, runOf } from "../programs";
import { environment, environments, pipeline, tooling, type Values } from "./settingsSample";

/** Tooling with these settings, and an environment's stack for each that it lists. */
async function up(changes: Values = {}): Promise<Rehearsed> {
  const settings = tooling(changes);
  const listed = settings["environments"] as { name: string; account: string }[];
  const stacks = listed.map(({ name, account }) => [name, environment({ account })] as const);
  return broughtUp({ tooling: settings, ...Object.fromEntries(stacks) });
}
const resourcesOf = (runs: Rehearsed, stack: string) => runOf(runs, stack).resources;

/** What differs between two runs: resources by type and name, and the properties that changed. */
function difference(before: readonly Resource[], after: readonly Resource[]) {
  const byUrn = (resources: readonly Resource[]) => new Map(resources.map((each) => [each.urn, each]));
  const [old, now] = [byUrn(before), byUrn(after)];
  const changed = after.flatMap(({ urn, type, name, inputs }) => {
    const was = old.get(urn)?.inputs;
    if (!was) return [];
    const keys = [...new Set([...Object.keys(inputs), ...Object.keys(was)])];
    const differ = keys.filter((key) => JSON.stringify(inputs[key]) !== JSON.stringify(was[key]));
    return differ.map((key) => `${type} ${name}: ${key}`);
  });
  return {
    added: after.filter(({ urn }) => !old.has(urn)),
    removed: before.filter(({ urn }) => !now.has(urn)),
    changed: changed.sort(),
  };
}

/** What a pipeline has of its own in tooling, with what is published of it. */
const ofPipeline = (pipeline: string, name: string) =>
  new RegExp(`^(published-pipelines/)?${pipeline}\\b`).test(name);

describe("the stacks", () => {
  it("changes, for another environment, what names environments and nothing else", async () => {
    const [test, prod, qa] = environments("test", "prod", "qa");
    const [fewer, more] = [
      await up({ environments: [test, prod] }),
      await up({ environments: [test, qa, prod] }),
    ];
    const [few, many] = [resourcesOf(fewer, "tooling"), resourcesOf(more, "tooling")];
    const changed = [
      "aws:codebuild/project:Project catalog-build: environment",
      "aws:codebuild/project:Project catalog-cleanup: environment",
      "aws:codebuild/project:Project catalog-promote: environment", // whose records it reads before it deletes
      "aws:codepipeline/pipeline:Pipeline catalog: stages",
      "aws:ecr/repositoryPolicy:RepositoryPolicy catalog: policy",
      "aws:iam/rolePolicy:RolePolicy catalog-cleanup: policy",
      "aws:iam/rolePolicy:RolePolicy catalog: policy", // it starts the jobs of its own environments alone
      "aws:kms/key:Key artifacts: policy",
      "aws:s3/bucketPolicy:BucketPolicy artifacts: policy",
    ];
    const adding = difference(few, many);
    assert.deepEqual([adding.removed, adding.changed], [[], changed]);
    assert.equal(adding.added.length, 6);
    assert.deepEqual(
      adding.added.filter(({ name }) => !name.startsWith("catalog--qa")),
      [],
    );
    const removing = difference(many, few);
    assert.deepEqual(
      [names(removing.removed), removing.added, removing.changed],
      [names(adding.added), [], changed],
    );
  });

  it("changes, for another pipeline, what is common to pipelines and nothing else", async () => {
    const fewer = await up();
    const more = await up({
      pipelines: [pipeline(), pipeline({ name: "mail", source: { codecommit: "mail" } })],
    });
    const [one, two] = [resourcesOf(fewer, "tooling"), resourcesOf(more, "tooling")];
    const changed = [
      "aws:kms/key:Key artifacts: policy",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration artifacts: rules",
      "aws:s3/bucketPolicy:BucketPolicy artifacts: policy",
    ];
    const adding = difference(one, two);
    assert.deepEqual([adding.removed, adding.changed], [[], changed]);
    assert.deepEqual(
      adding.added.filter(({ name }) => !ofPipeline("mail", name)),
      [],
    );
    assert.equal(adding.added.length, one.filter(({ name }) => ofPipeline("catalog", name)).length);
    const removing = difference(two, one);
    assert.deepEqual(
      [names(removing.removed), removing.added, removing.changed],
      [names(adding.added), [], changed],
    );
    const statements = (resources: readonly Resource[]) =>
      documentOf(only(resources, "s3/bucketPolicy:BucketPolicy", "artifacts")).Statement;
    assert.deepEqual(statements(two).slice(0, -1), statements(one));
    assert.equal(statements(two).at(-1)?.Sid, "ReadMail");
    const there = difference(resourcesOf(fewer, "test"), resourcesOf(more, "test"));
    assert.deepEqual([there.removed, there.changed], [[], []]);
    assert.equal(there.added.length, 12 + 6);
    assert.deepEqual(
      there.added.map(label).filter((each) => !/^(mail--test|published-workloads\/mail\/)/.test(each)),
      [],
    );
  });
});
