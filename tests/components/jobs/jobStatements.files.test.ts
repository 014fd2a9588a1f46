import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  buildStatements,
  type JobScope,
  promoteStatements,
  scanStatements,
} from "../../../components/jobs/jobStatements";
import { allow, type Statement } from "../../../components/policies";
import { jobScope, resolved } from "../../programs";

const text = (value: string) => pulumi.output(value);

describe("statements of the jobs of files", () => {
  it("Build pushes no image, Promote removes releases in place of images, and nobody looks at a scan", async () => {
    const files: JobScope = { ...jobScope(), images: undefined };
    const build = (scope: JobScope) =>
      resolved(buildStatements(scope, text("arn:tests"), text("arn:coverage")));
    const ofImages = ["LogInToEcr", "PushImages"];
    assert.deepEqual(
      await build(files),
      ((await build(jobScope())) as Statement[]).filter(({ Sid }) => !ofImages.includes(Sid)),
    );
    assert.deepEqual(await resolved(promoteStatements(files)), [
      ...((await resolved(promoteStatements(jobScope()))) as Statement[]).slice(0, -1),
      allow("RemoveOldReleases", ["s3:DeleteObject"], ["arn:bucket/releases/catalog/*"]),
    ]);
    assert.deepEqual(scanStatements(files), []);
  });
});
