import assert from "node:assert/strict";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { serverless } from "../../../components/workloads/serverless";
import type { Workload } from "../../../components/workloads/workload";
import { ofKind } from "../../programs";
import { type Environment, jobs, type Made, variablesOf } from "./pipelineJobs";

describe("PipelineJobs, by the kind of workload,", () => {
  it("are told of files in place of images where the workload is these", async () => {
    const made = await jobs({ workload: lambdaZip, images: undefined });
    const common = { PIPELINE: "catalog", ARTIFACT_BUCKET: "bucket", PACKAGING: "zip" };
    assert.deepEqual(variablesOf(made, "build"), {
      ...common,
      DIRECTORY: "services/shop",
      ENVIRONMENTS: "test prod",
      ARTIFACT_PREFIX: "catalog",
      TEMPLATE: "aws/template.yaml",
      STACK_PREFIX: "cat--",
      REQUIRED_PARAMETERS:
        "CodeBucket CodeKey CodeSha256 Release CodeDeployRoleArn PermissionsBoundaryArn RolePath",
      ROLLBACK_PARAMETER_NAMES: "DeploymentConfig",
      SECRETS: "/acme/catalog/build/",
    });
    assert.deepEqual(variablesOf(made, "verify"), common);
    assert.deepEqual(variablesOf(made, "promote"), {
      ...common,
      ENVIRONMENTS: "test prod",
      KEEP_RELEASES: "5",
      EXPIRATION_IN_DAYS: "90",
    });
  });

  it("have Docker in Build alone, and there only if the workload needs it", async () => {
    const privileged = (made: Made) =>
      ofKind(made, "codebuild/project:Project").flatMap(({ name, inputs }) =>
        (inputs["environment"] as Environment).privilegedMode ? [name] : [],
      );
    const kinds: [Workload, string[]][] = [
      [lambdaContainer, ["shop-build"]],
      [ecsService, ["shop-build"]],
      [lambdaZip, []],
      [serverless, []],
    ];
    for (const [workload, expected] of kinds)
      assert.deepEqual(privileged(await jobs({ workload })), expected, workload.kind);
  });
});
