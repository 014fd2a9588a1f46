import assert from "node:assert/strict";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { DEPLOYMENT, EXECUTION, MOST, SHIFT, SHIFTED } from "./functions";
import { are, may, REPOSITORY, SITE } from "./site";

describe("lambdaContainer", () => {
  it("is an image that CloudFormation's role fetches, and needs no platform", () => {
    const { kind, packaging, fetchedBy, platform } = lambdaContainer;
    assert.deepEqual(
      { kind, packaging, fetchedBy, platform },
      { kind: "lambda-container", packaging: "image", fetchedBy: "execution", platform: false },
    );
  });

  it("gives its template the image by digest; a roll-back shifts at once", () => {
    assert.deepEqual(lambdaContainer.parameters(SITE), { ImageUri: "<image>", ...SHIFTED });
    assert.deepEqual(lambdaContainer.rollbackParameters, {
      DeploymentConfig: "CodeDeployDefault.LambdaAllAtOnce",
    });
  });

  it("CloudFormation makes what is named, tagged or bounded as the workload's, and nothing else", () =>
    are(
      lambdaContainer.execution(SITE),
      ...EXECUTION,
      ...DEPLOYMENT,
      may("PullImage", "ecr", "BatchGetImage GetDownloadUrlForLayer", [REPOSITORY]),
    ));

  it("no role of a workload reaches data but from the workload's own functions", () =>
    are(lambdaContainer.boundary(SITE), ...MOST));

  it("has one role more, with which CodeDeploy shifts the workload's aliases and watches alarms", async () => {
    const { codedeploy, ...others } = lambdaContainer.roles;
    assert.deepEqual(others, {});
    assert.equal(codedeploy.service, "codedeploy.amazonaws.com");
    await are(codedeploy.statements(SITE), ...SHIFT);
  });

  it("cannot be deployed without a repository", () => {
    assert.throws(() => lambdaContainer.execution({ ...SITE, repositoryArn: undefined }), {
      message: "cat--test has images, but no repository of them is given",
    });
  });
});
