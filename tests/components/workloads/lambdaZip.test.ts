import assert from "node:assert/strict";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { DEPLOYMENT, EXECUTION, MOST, READ_CODE, SHIFT, SHIFTED } from "./functions";
import { are, SITE } from "./site";

describe("lambdaZip", () => {
  it("is a zip that CloudFormation's role fetches, and needs no platform", () => {
    const { kind, packaging, fetchedBy, platform } = lambdaZip;
    assert.deepEqual(
      { kind, packaging, fetchedBy, platform },
      { kind: "lambda-zip", packaging: "zip", fetchedBy: "execution", platform: false },
    );
  });

  it("gives its template the zip by its checksum, and the checksum as Lambda wants it; a roll-back shifts at once", () => {
    assert.deepEqual(lambdaZip.parameters(SITE), {
      CodeBucket: "<bucket>",
      CodeKey: "<files>code/<sha256>.zip",
      CodeSha256: "<base64>",
      ...SHIFTED,
    });
    assert.deepEqual(lambdaZip.rollbackParameters, lambdaContainer.rollbackParameters);
  });

  it("CloudFormation makes what it makes of containers, and reads the release's zip in place of images", () =>
    are(lambdaZip.execution(SITE), ...EXECUTION, ...DEPLOYMENT, ...READ_CODE));

  it("needs no repository", () =>
    are(
      lambdaZip.execution({ ...SITE, repositoryArn: undefined }),
      ...EXECUTION,
      ...DEPLOYMENT,
      ...READ_CODE,
    ));

  it("has the boundary and the role of containers", async () => {
    await are(lambdaZip.boundary(SITE), ...MOST);
    const { codedeploy, ...others } = lambdaZip.roles;
    assert.deepEqual(others, {});
    assert.equal(codedeploy.service, "codedeploy.amazonaws.com");
    await are(codedeploy.statements(SITE), ...SHIFT);
  });
});
