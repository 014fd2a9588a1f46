import assert from "node:assert/strict";
import { growthOf, lineOf } from "../../../rehearsal/growth/growth";
import { liftedGuards } from "../../../rehearsal/growth/guards";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { list, map } from "../../../packages/iam/src/json";
import { broughtUp } from "../../programs";
import { all, approval } from "../../stacks/together.case";
import { pipeline, tooling } from "../../stacks/settingsSample";
import { whole } from "../../whole/sample";
import { unbroken } from "../sample";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const BUCKET = "aws:s3/bucket:Bucket";

/** A record with other resources in place of its own. */
const changed = (record: Rehearsed, change: (resource: Resource) => Resource): Rehearsed =>
  record.map((run) => ({ ...run, resources: run.resources.map(change) }));

/** A record in which the stages of this pipeline are others. */
const staged = (record: Rehearsed, change: (stages: readonly unknown[]) => readonly unknown[]): Rehearsed =>
  changed(record, (resource) =>
    resource.type === PIPELINE
      ? { ...resource, inputs: { ...resource.inputs, stages: change(list(resource.inputs["stages"])) } }
      : resource,
  );

const WITHOUT = "pipeline catalog may now release to prod without an approval, before only with one";

describe("What held people up and no longer does", () => {
  let record: Rehearsed;
  before(async () => {
    record = (await unbroken()).runs;
  });

  it("is an approval that is gone while its environment is still released to, and none that comes", () => {
    const gone = staged(record, (stages) => stages.filter((each) => map(each)["name"] !== "Approve-prod"));
    assert.deepEqual(liftedGuards(record, gone), [WITHOUT]);
    assert.deepEqual([liftedGuards(record, record), liftedGuards(gone, record)], [[], []]);
    const neither = staged(record, (stages) =>
      stages.filter((each) => !/-prod$/.test(String(map(each)["name"]))),
    );
    assert.deepEqual(liftedGuards(record, neither), []);
  });

  it("is an approval that only its action is gone of, while Plan stays", () => {
    const planOnly = staged(record, (stages) =>
      stages.map((stage) => ({
        ...map(stage),
        actions: list(map(stage)["actions"]).filter((each) => map(each)["category"] !== "Approval"),
      })),
    );
    assert.deepEqual(liftedGuards(record, planOnly), [WITHOUT]);
  });

  whole("is told of each environment of a wave by itself, and with the rights that grow", async () => {
    const stacks = (asked: readonly string[]) => {
      const names = ["qa", "prod", "dr"].map((name, at) => ({
        ...{ name, account: `${at + 2}`.repeat(12) },
        ...(asked.includes(name) && { approval }),
      }));
      return broughtUp(
        all(tooling({ environments: names, pipelines: [pipeline({ environments: ["qa", ["prod", "dr"]] })] }))
          .files,
      );
    };
    const [both, one] = [await stacks(["prod", "dr"]), await stacks(["dr"])];
    assert.deepEqual(liftedGuards(both, one), [WITHOUT]);
    assert.deepEqual(liftedGuards(one, both), []);
    const said = await growthOf(both, one);
    assert.deepEqual(
      said
        .filter(({ words }) => words.includes("without an approval"))
        .map(({ grows, words }) => [grows, words]),
      [
        [
          true,
          "pipeline <pipeline> may now release to <environment> without an approval, before only with one",
        ],
      ],
    );
  });

  it("is protection, a line for each stack, wherever the resource stands by now", async () => {
    const protectedBuckets = record
      .flatMap(({ resources }) => resources)
      .filter(({ type, protect }) => type === BUCKET && protect);
    assert.ok(protectedBuckets.length > 1);
    const lifted = changed(record, (resource) =>
      protectedBuckets.includes(resource)
        ? { ...resource, protect: false, urn: `${resource.urn}-moved` }
        : resource,
    );
    const names = protectedBuckets.map(({ name }) => `Bucket ${name}`).sort();
    const sentence = `stack tooling may now delete what was protected: ${names.join(", ")}`;
    assert.deepEqual(liftedGuards(record, lifted), [sentence]);
    assert.deepEqual(
      (await growthOf(record, lifted)).map((each) => [each.grows, lineOf(each)]),
      [[true, sentence]],
    );
    assert.deepEqual(liftedGuards(lifted, record), []);
  });

  it("is that what a resource holds goes with it, or that AWS itself would delete it", () => {
    const other = (type: string, inputs: object) =>
      changed(record, (resource) =>
        resource.type === type ? { ...resource, inputs: { ...resource.inputs, ...inputs } } : resource,
      );
    const buckets = record.flatMap(({ resources }) =>
      resources.flatMap(({ type, name }) => (type === BUCKET ? [`Bucket ${name}`] : [])),
    );
    for (const key of ["forceDestroy", "forceDelete", "deleteReports"])
      assert.deepEqual(
        liftedGuards(other(BUCKET, { [key]: false }), other(BUCKET, { [key]: true })),
        [`stack tooling may now delete these with what they hold: ${buckets.sort().join(", ")}`],
        key,
      );
    const keys = (enableDeletionProtection: boolean) =>
      changed(other("aws:kms/key:Key", { enableDeletionProtection }), (each) => ({
        ...each,
        protect: false,
      }));
    assert.deepEqual(liftedGuards(keys(true), keys(false)), [
      "stack tooling may now delete what was protected: Key artifacts",
    ]);
  });

  whole("is all of it at once, by the setting deletable", async () => {
    const stacks = (deletable: boolean) => broughtUp(all(tooling({ deletable })).files);
    const said = liftedGuards(await stacks(false), await stacks(true));
    assert.deepEqual(
      said.map((each) => each.split(":")[0]),
      [
        "stack tooling may now delete what was protected",
        "stack tooling may now delete these with what they hold",
      ],
    );
    for (const each of said) assert.match(each, /Bucket artifacts/);
    assert.match(said[1] ?? "", /ReportGroup catalog-tests, .*Repository catalog$/);
  });
});
