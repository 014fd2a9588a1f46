import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { artifactAges } from "../../../rehearsal/rules/artifactAges";
import { pipeline } from "../pipeline";
import { breaks, first, inputs } from "../sample";
import { list, map } from "../../../packages/iam/src/json";

const lifecycle = (record: Rehearsed): Resource =>
  first(record, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", ({ inputs: { rules } }) =>
    list(rules).some((rule) => String(map(map(rule)["filter"])["prefix"]).endsWith("/Release/")),
  );
/** Other days for the prefixes that end so. */
const days = (end: string, count: number) => (resource: Resource) =>
  inputs({
    rules: list(resource.inputs["rules"])
      .map(map)
      .map((rule) =>
        String(map(rule["filter"])["prefix"]).endsWith(end) ? { ...rule, expiration: { days: count } } : rule,
      ),
  })(resource);
const found = (record: Rehearsed, change: (resource: Resource) => Resource, message: string) => ({
  changes: [[lifecycle(record), change] as const],
  found: [[pipeline(record), message] as const],
});

describe("rules/artifactAges", () => {
  breaks(artifactAges, "a release that is gone before a year is over", (record) =>
    found(
      record,
      days("/Release/", 364),
      "keeps artifact Release 364 days, but a roll-back needs it for 365",
    ),
  );
  breaks(artifactAges, "a shorter rule for all that a pipeline hands on", (record) =>
    found(
      record,
      (resource) =>
        inputs({
          rules: [
            ...list(resource.inputs["rules"]),
            { id: "all", status: "Enabled", filter: { prefix: "cat" }, expiration: { days: 44 } },
          ],
        })(resource),
      "keeps artifact Release 44 days, but a roll-back needs it for 365",
    ),
  );
});
