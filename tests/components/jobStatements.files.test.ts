import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { buildStatements, type JobScope, promoteStatements } from "../../components/jobStatements";
import { allow, type Statement } from "../../components/policies";
import { jobScope, resolved } from "../programs";

const text = (value: string) => pulumi.output(value);

describe("statements of the jobs of files", () => {
  it("Build pushes no image, and Promote's marks are among what is kept", async () => {
    const files: JobScope = { ...jobScope(), images: undefined };
    const build = (scope: JobScope) =>
      resolved(buildStatements(scope, text("arn:tests"), text("arn:coverage")));
    const ofImages = ["LogInToEcr", "PushImages", "ReadScan"];
    assert.deepEqual(
      await build(files),
      ((await build(jobScope())) as Statement[]).filter(({ Sid }) => !ofImages.includes(Sid)),
    );
    assert.deepEqual(await resolved(promoteStatements(files)), [
      ...((await resolved(promoteStatements(jobScope()))) as Statement[]).slice(0, -1),
      allow("ReadMarks", ["s3:GetObject"], ["arn:bucket/kept/catalog/*"]),
      allow("RemoveOldReleases", ["s3:DeleteObject"], ["arn:bucket/releases/catalog/*"]),
    ]);
  });
});
